"""Every bad clip through the command line: the right exit code, one clear line, nothing anywhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from bad_clips import BadClip, bad_clips
from command_line import Command

CLIPS = tuple(bad_clips())


def test_there_are_enough_of_them() -> None:
    assert len(CLIPS) >= 20


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.name)
def test_a_bad_clip_gives_its_code_and_one_clear_line(clip: BadClip, ttsbook: Command, folder: Path) -> None:
    clip.make(folder / clip.name)
    run = ttsbook("voices", "add", clip.name, "--name", "guest", "--consent", "made by a test")
    assert run.code == clip.code, run.err
    assert "Traceback" not in run.err
    assert [path.name for path in folder.iterdir()] == [clip.name]
    lines = run.err.splitlines()
    if clip.code == 0:
        assert all(line.startswith("warning: ") for line in lines)
        assert ttsbook("voices", "show", "guest").code == 0
        return
    assert [line for line in lines if line.startswith("error: ")] == lines[:1]
    assert len(lines) <= 2  # the error and a hint
    assert clip.says in run.err
    assert ttsbook("voices", "show", "guest").code == 4
