"""What listening has found, kept beside the chunks, so that the same sound is not listened to again.

A verdict belongs to samples, words and judge, not to a chunk's key: an engine that speaks differently each
time is heard each time. A file that is damaged counts as not there.
Knows nothing of how verdicts come about.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path

from ttsbook.audio.wave import to_int16
from ttsbook.files import sha256_bytes, write_cached
from ttsbook.qa.judge import Ear, Performance
from ttsbook.qa.verdict import Verdict
from ttsbook.render.cache import VERDICT_SUFFIX


class VerdictStore:
    """An ear with a memory.

    Args:
        folder: of the chunk cache.
        ear: listens to what is not known yet.
    """

    def __init__(self, folder: Path, ear: Ear) -> None:
        self._folder = folder
        self._ear = ear

    def verdict_of(self, performance: Performance) -> Verdict:
        """Return the verdict, from an earlier run or from listening now.

        Raises:
            OutputError: it cannot be kept.
        """
        path = self._path(performance)
        known = _read(path)
        if known is not None:
            return known
        verdict = self._ear.judge(performance)
        body = json.dumps(verdict.as_dict(), ensure_ascii=False, sort_keys=True).encode("utf-8")
        write_cached(path, sha256_bytes(body).encode("ascii") + b"\n" + body)
        return verdict

    def _path(self, performance: Performance) -> Path:
        words = (performance.rate_hz, performance.spoken, performance.language, performance.speed)
        digest = hashlib.sha256(json.dumps([self._ear.fingerprint, *words]).encode("ascii"))
        digest.update(to_int16(performance.samples).astype("<i2").tobytes())
        key = digest.hexdigest()
        return self._folder / key[:2] / (key[2:] + VERDICT_SUFFIX)


def _read(path: Path) -> Verdict | None:
    try:
        checksum, _, body = path.read_bytes().partition(b"\n")
        if checksum.decode("ascii", "replace") != sha256_bytes(body):
            return None
        verdict = Verdict.from_dict(json.loads(body))
    except (OSError, ValueError):
        return None
    with contextlib.suppress(OSError):  # `ttsbook cache gc` drops what was not used for longest
        os.utime(path)
    return verdict
