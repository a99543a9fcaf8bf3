"""epubcheck, where it is installed (`apt-get install epubcheck`): the judge of every EPUB that is written."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

_PROGRAM = shutil.which("epubcheck")
_JAVA = shutil.which("java")

needs_epubcheck = pytest.mark.skipif(_PROGRAM is None or _JAVA is None, reason="epubcheck is not installed")


def complaints(path: Path) -> list[str]:
    """Return the errors and warnings of epubcheck about a file."""
    assert _PROGRAM is not None
    assert _JAVA is not None
    is_jar = Path(_PROGRAM).read_bytes()[:2] == b"PK"  # Debian lets the kernel start it
    command = [_JAVA, "-Xmx500m", "-jar", _PROGRAM] if is_jar else [_PROGRAM]
    done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).splitlines()
    found = [line for line in lines if line.startswith(("ERROR", "WARNING", "FATAL"))]
    assert found or done.returncode == 0, lines
    return found
