"""Training of the base voice: `python -m ttsbook.train COMMAND`.

    teacher     text → synthetic speech with exact durations and pitch (Kokoro-82M)
    transcribe  recordings → table of what is said in them (Whisper)
    prepare     folders of speech → one archive each: phonemes, durations, pitch, speaker embeddings
    align       archives + checkpoint → archives in which transcribed recordings have durations
    pack        archives → archives of a given size, to be carried to another machine
    recogniser  archives → a network that hears phonemes, as a judge in `fit`
    fit         archives → checkpoint; processor or CUDA, a wall-clock budget, exact resume
    average     checkpoints of runs that began alike → their mean
    export      checkpoint → the files that ship
    evaluate    export + scoring tool → table of figures on text and voices never trained on
    card        export + evaluations → its model card

`python -m ttsbook.train --help` shows the way from recordings to a book in their voice. Exit codes are
those of `ttsbook`. Needs the extra `train`. Nothing that renders books imports this package.
"""
