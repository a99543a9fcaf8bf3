"""What listening has found as one page of HTML: text, findings, a player and a spectrogram for each passage.

The page is self-contained and loads nothing from the network, which a policy in its head forbids.
Knows nothing of where the sound comes from.
"""

from __future__ import annotations

import base64
import html
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from ttsbook.audio.encode import write_audio
from ttsbook.audio.spec import MPEG_RATES, AudioSpec
from ttsbook.audio.spectrogram import HEIGHT, WIDTH, spectrogram_png
from ttsbook.audio.wave import Samples
from ttsbook.qa.verdict import Finding
from ttsbook.render.check_report import CheckReport, Passage

MAX_PLAYERS = 300  # a page of more than some 20 MB is slow to open

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem;
 color: #222; background: #fff }}
section {{ border-top: 1px solid #ccc; padding: 1rem 0 }}
h1 {{ font-size: 1.4rem }} h2 {{ font-size: 1rem; margin: 0 }}
.flagged h2::after {{ content: " · please listen"; color: #a40000 }}
.mended h2::after {{ content: " · redone, now good"; color: #2a6b1f }}
.small {{ color: #555; font-size: .85rem }} li {{ margin: .1rem 0 }}
audio {{ width: 100% }} img {{ width: 100%; height: auto; image-rendering: auto }}
@media (prefers-color-scheme: dark) {{ body {{ color: #ddd; background: #181818 }}
 section {{ border-color: #444 }} .small {{ color: #aaa }} img {{ filter: invert(1) }} }}
</style></head><body>
"""


def page(report: CheckReport, sounds: Iterable[tuple[Samples, int]]) -> Iterator[str]:
    """Yield the page in pieces.

    Args:
        report: what was found.
        sounds: (samples, rate in Hz) of each passage of the report; only the first `MAX_PLAYERS` are taken.
    """
    title = f"Check of {report.title or report.output}"
    yield _HEAD.format(title=html.escape(title))
    yield f"<!-- {html.escape(report.mark)} -->\n<h1>{html.escape(title)}</h1>\n"
    yield (
        f"<p>{report.chunks} passages checked, {report.mended} redone and now good, "
        f"<strong>{report.flagged} to listen to</strong>. Times are those of "
        f"{html.escape(report.output)}. Heard by {html.escape(report.judge)}.</p>\n"
    )
    players = iter(sounds)
    for number, passage in enumerate(report.passages):
        yield from _section(passage, next(players, None) if number < MAX_PLAYERS else None)
    yield "</body></html>\n"


def _section(passage: Passage, sound: tuple[Samples, int] | None) -> Iterator[str]:
    kind = "flagged" if passage.flagged else "mended"
    where = f"{clock(passage.start_seconds)} · {passage.title or f'chapter {passage.chapter}'}"
    within = f"{clock(passage.chapter_seconds)} into the chapter, {passage.seconds:.1f} s"
    yield f'<section class="{kind}"><h2>{html.escape(where)}</h2><p class="small">{within}</p>\n'
    yield f'<p lang="{passage.language}">{html.escape(passage.text)}</p>\n<ul>\n'
    for number, take in enumerate(passage.takes, 1):
        used = ", used" if number == passage.attempt + 1 else ""
        found = "; ".join(map(_describe, take.findings)) or "no findings"
        yield f"<li>attempt {number}{used}: {html.escape(found)}"
        yield f'<br><span class="small">heard: {html.escape(take.heard)}</span></li>\n'
    yield "</ul>\n"
    if sound is not None:
        samples, rate_hz = sound
        picture = base64.b64encode(spectrogram_png(samples, rate_hz)).decode("ascii")
        yield f'<img alt="spectrogram" width="{WIDTH}" height="{HEIGHT}"'
        yield f' src="data:image/png;base64,{picture}">\n'
        speech = base64.b64encode(_mp3(samples, rate_hz)).decode("ascii")
        yield f'<audio controls preload="none" src="data:audio/mpeg;base64,{speech}"></audio>\n'
    yield "</section>\n"


def _describe(finding: Finding) -> str:
    at = f" at {finding.at_seconds:.1f} s" if finding.at_seconds is not None else ""
    return f"{finding.fault}{at}: {finding.text}"


def clock(seconds: float) -> str:
    """Return 1:02:03.4."""
    tenths = round(seconds * 10)
    hours, rest = divmod(tenths, 36_000)
    minutes, rest = divmod(rest, 600)
    head = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{head}:{rest // 10:02d}.{rest % 10}"


def _mp3(samples: Samples, rate_hz: int) -> bytes:
    # The one format that every browser plays.
    rate = min(MPEG_RATES, key=lambda known: abs(known - rate_hz))
    with tempfile.TemporaryDirectory(prefix="ttsbook-") as folder:
        path = Path(folder) / "passage.mp3"
        write_audio(path, [samples], AudioSpec("mp3", rate_hz, rate))
        return path.read_bytes()
