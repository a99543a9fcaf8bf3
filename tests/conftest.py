"""What holds for all tests: a timing is never a test."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("ttsbook", deadline=None)
settings.load_profile("ttsbook")
