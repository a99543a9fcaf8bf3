"""Listening for people: is what an engine made of a chunk what should be heard?

    speech ──► signal   cut-off ends, long silences, jumps of level
      └──► listener ──► compare   words dropped, repeated, added or not to be recognised; another language

Knows nothing of books, caches, or of what is done about a bad chunk.
"""
