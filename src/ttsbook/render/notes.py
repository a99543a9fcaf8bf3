"""What did not go as asked: reported at once, and kept for the report."""

from __future__ import annotations

from ttsbook.render.reporter import Reporter


class Notes:
    """Warnings: reported at once, and kept for the report."""

    def __init__(self, reporter: Reporter) -> None:
        self.reporter = reporter
        self.texts: list[str] = []

    def warn(self, text: str) -> None:
        self.texts.append(text)
        self.reporter.warning(text)
