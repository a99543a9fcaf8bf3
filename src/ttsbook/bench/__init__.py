"""How fast is it here? The same passage through every engine, and where the time goes.

    passage   the text: 12 minutes of public-domain English and Mandarin, or its first minute
    figures   what one run of one engine took, in a process of its own
    stages    the base voice taken apart: read, normalise, model, loudness, encode
    table     figures as text for people

Figures are of the machine and moment they were measured on; compare within one run only.
Knows nothing of terminals.
"""
