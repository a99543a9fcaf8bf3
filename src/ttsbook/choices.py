"""Names to choose between that the settings offer and several parts obey."""

from __future__ import annotations

LANGUAGES = ("auto", "en", "zh")  # of text that could be either
FORMATS = ("wav", "mp3", "m4b", "flac", "opus")  # of audio files
SUBTITLES = ("srt", "vtt", "lrc")
CUES = ("sentence", "word")  # how finely subtitles are timed
ACCENTS = ("american", "british")  # of English
EMOJI = ("silent", "name")
EXECUTORS = ("local", "ray")  # who runs the workers
