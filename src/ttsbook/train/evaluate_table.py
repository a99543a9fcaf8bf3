"""Scores of clips → figures of sets, and a table of them for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Row:
    """One judged clip. Errors are counts: `wer_n` of `wer_d` words, `per_n` of `per_d` syllables."""

    set: str
    language: str
    scores: dict[str, float]


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one set and language; None where it was not measured."""

    set: str
    language: str
    clips: int
    seconds: float
    error: float | None  # words (en) or syllables with their tones (zh)
    error_spread: float | None  # standard error of it, by clips drawn again
    distillmos: float | None
    dnsmos: float | None
    likeness: float | None
    picked: float | None  # share of clips whose speaker was the most similar of all candidates


@dataclass(frozen=True, slots=True)
class Speed:
    """How long speech takes to make, per second of it."""

    threads: int
    wall: float  # the real-time factor; suffers from other work on the machine
    work: float  # seconds of processor time over all threads; suffers less


def summarise(rows: Sequence[Row]) -> list[Figures]:
    """Return the figures of every set and language, in order of appearance."""
    groups: dict[tuple[str, str], list[dict[str, float]]] = {}
    for row in rows:
        groups.setdefault((row.set, row.language), []).append(row.scores)
    return [_figures(name, language, scores) for (name, language), scores in groups.items()]


def format_table(figures: Sequence[Figures], speed: Speed) -> str:
    """Return a Markdown table."""
    lines = [
        "| set | language | clips | s per clip | error | DistillMOS | DNSMOS | similarity | picked |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for f in figures:
        error = "" if f.error is None else f"{f.error:.1%} ± {f.error_spread:.1%}"
        cells = (
            f.set,
            f.language,
            str(f.clips),
            f"{f.seconds / f.clips:.1f}",
            error,
            *(_number(value) for value in (f.distillmos, f.dnsmos, f.likeness)),
            "" if f.picked is None else f"{f.picked:.0%}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    lines += [
        "",
        "Error: English words, Mandarin syllables with their tones (± one standard error). Similarity: "
        "cosine with other speech of the same speaker; picked: the right one of the candidates was the most "
        "similar.",
        f"Real-time factor with {speed.threads} threads: {speed.wall:.4f}; "
        f"processor time per second of speech: {speed.work:.4f} s.",
        "",
    ]
    return "\n".join(lines)


def _figures(name: str, language: str, scores: Sequence[dict[str, float]]) -> Figures:
    kind = "per" if language == "zh" else "wer"
    wrong = np.array([(s[f"{kind}_n"], s[f"{kind}_d"]) for s in scores if f"{kind}_d" in s])
    has_text = len(wrong) > 0 and wrong[:, 1].sum() > 0
    return Figures(
        set=name,
        language=language,
        clips=len(scores),
        seconds=round(sum(s["seconds"] for s in scores), 1),
        error=round(float(wrong[:, 0].sum() / wrong[:, 1].sum()), 4) if has_text else None,
        error_spread=_spread(wrong) if has_text else None,
        distillmos=_mean(scores, "distillmos"),
        dnsmos=_mean(scores, "dnsmos_ovrl"),
        likeness=_mean(scores, "sim"),
        picked=_mean(scores, "picked"),
    )


def _mean(scores: Sequence[dict[str, float]], key: str) -> float | None:
    values = [s[key] for s in scores if key in s]
    return round(float(np.mean(values)), 4) if values else None


def _spread(wrong: np.ndarray, draws: int = 500) -> float:
    """Return the standard error of an error rate by the bootstrap over clips; wrong: [n, 2] counts."""
    index = np.random.default_rng(0).integers(0, len(wrong), (draws, len(wrong)))
    sums = wrong[index].sum(1)  # [draws, 2]
    return round(float(np.std(sums[:, 0] / np.maximum(sums[:, 1], 1))), 4)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
