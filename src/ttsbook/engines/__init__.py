"""Engines: what turns phonemes into samples in a given voice.

Each engine is one class behind `base.Engine`; `choose` knows them by name and loads one when it is needed.
Knows nothing of books, chapters, files to write, caches or processes.
"""
