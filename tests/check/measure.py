"""Precision and recall of the check on passages damaged on purpose, as a table in Markdown.

    python tests/check/measure.py            # needs the extra `qa`; some ten minutes of one core

The thresholds were set on other passages of the same books.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from damage import HARD, KINDS, Sample, make_hard_samples, make_samples, read_passages

from ttsbook.qa.judge import Judge, Performance
from ttsbook.qa.verdict import Verdict

# Findings that name the damage; any finding has the chunk spoken again.
NAMED = {
    "dropped": {"dropped"},
    "cut-out": {"dropped", "misheard"},
    "repeated": {"repeated", "added"},
    "language": {"language", "misheard"},
    "clipped": {"clipped"},
    "silence": {"silence"},
    "level": {"level"},
    HARD: {"dropped"},
}


def judge_all(samples: Iterable[Sample]) -> list[tuple[Sample, Verdict]]:
    judge = Judge()
    return [
        (one, judge.judge(Performance(one.samples, one.rate_hz, one.spoken, one.language))) for one in samples
    ]


def figures(judged: list[tuple[Sample, Verdict]]) -> dict[str, dict[str, float]]:
    """Return precision and recall by language."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for sample, verdict in judged:
        what = ("damaged" if sample.kind != "clean" else "clean") + (" found" if verdict.findings else "")
        counts[sample.language][what] += 1
    found = {}
    for language, count in counts.items():
        right, wrong = count["damaged found"], count["clean found"]
        damaged = right + count["damaged"]
        found[language] = {
            "clean": wrong + count["clean"],
            "damaged": damaged,
            "precision": right / max(1, right + wrong),
            "recall": right / max(1, damaged),
            "false alarms": wrong,
        }
    return found


def table(judged: list[tuple[Sample, Verdict]]) -> str:
    lines = ["| damage | English found | named | Mandarin found | named |", "|---|--:|--:|--:|--:|"]
    for kind in ("clean", *KINDS, HARD):
        cells = []
        for language in ("en", "zh"):
            own = [
                verdict for sample, verdict in judged if (sample.kind, sample.language) == (kind, language)
            ]
            hit = sum(bool(verdict.findings) for verdict in own)
            named = sum(
                any(finding.fault in NAMED.get(kind, ()) for finding in verdict.findings) for verdict in own
            )
            cells += [f"{hit} of {len(own)}", "" if kind == "clean" else f"{named}"]
        lines.append(f"| {kind} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    passages = read_passages(Path(sys.argv[1])) if len(sys.argv) > 1 else read_passages()
    judged = judge_all(make_samples(passages))
    hard = judge_all(make_hard_samples(passages))
    print(table(judged + hard))
    print(json.dumps(figures(judged), indent=1))
    for sample, verdict in judged:
        if (sample.kind == "clean") == bool(verdict.findings):
            print(sample.kind, sample.language, sample.spoken, "|", verdict.heard, "|", verdict.findings)
