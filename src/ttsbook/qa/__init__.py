"""Proof-listening: does a chunk sound as it is written?

    speech ──► signal   cut-off ends, long silences, jumps of level
      └──► listener ──► compare   words dropped, repeated, added or not to be recognised; another language

Knows nothing of books, caches, or of what is done about a bad chunk.
"""
