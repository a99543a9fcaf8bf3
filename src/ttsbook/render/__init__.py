"""Rendering: a book, a voice and settings in, one audio file and its account out.

    plan ─► speech (cache, else pool ─► worker ─► engine) ─► assemble ─► one file

`run.render_book` is the way in; every other module does one step of it.
"""
