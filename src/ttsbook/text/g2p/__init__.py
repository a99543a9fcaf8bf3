"""Spoken words to phonemes: English by dictionary and network, Mandarin by segmentation and pinyin.

Knows nothing of books, chunks or digits: what comes in is already the words that a reader would say.
"""
