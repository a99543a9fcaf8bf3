"""Audiobooks in a chosen voice: EPUB or text in, one audio file out."""

__version__ = "0.1.0"
