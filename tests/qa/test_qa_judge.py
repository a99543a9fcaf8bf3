"""Who listens: what tells one ear from another."""

from __future__ import annotations

from pathlib import Path

import pytest

from ttsbook.qa.judge import Judge


def test_another_version_of_the_recogniser_is_another_ear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.bin").write_bytes(b"weights")
    monkeypatch.setattr("ttsbook.qa.whisper.importlib.util.find_spec", lambda _: object())
    ears = set()
    for version in ("1.1.0", "1.2.0"):
        monkeypatch.setattr("ttsbook.qa.whisper.metadata.version", lambda _, version=version: version)
        ears.add(Judge(tmp_path).fingerprint)
    assert len(ears) == 2
