"""Training of the base voice: `python -m ttsbook.train COMMAND`.

    teacher    text → synthetic speech with exact durations and pitch (Kokoro-82M)
    transcribe recordings → table of what is said in them (Whisper)
    prepare    folders of speech → one archive with phonemes, durations, pitch, speaker embeddings
    align      archives + checkpoint → archives in which transcribed recordings have durations
    pack       archives → archives of a given size, to be carried to another machine
    fit        archives → checkpoint; processor or CUDA, a wall-clock budget, exact resume
    evaluate   checkpoint + scoring tool → table of figures on text and voices never trained on
    export     checkpoint → the files that ship
    card       exported model + evaluations → its model card
    average    checkpoints of runs that began alike → their mean

Needs the extra `train`. Nothing that renders books imports this package.
"""
