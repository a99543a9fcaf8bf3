"""Read-along books: EPUB 3 with Media Overlays (https://www.w3.org/TR/epub-33/#sec-media-overlays).

    narration ─ mark (spans into XHTML) ─ smil ─ package ─ write ─► EPUB

Knows nothing of engines or samples: what is said when comes as milliseconds in finished audio files.
"""
