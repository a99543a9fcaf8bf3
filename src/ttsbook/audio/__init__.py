"""Samples to files and back: clips in, loudness, encoders, tags, chapters, subtitles.

Knows nothing of books, text or voices: float32 mono samples, sample counts and titles are all it sees.
"""
