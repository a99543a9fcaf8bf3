"""How each book of a call went: for people, for programs, and as one exit code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ttsbook.cli.document import error_entry
from ttsbook.cli.talk import clock, count
from ttsbook.errors import TtsbookError

if TYPE_CHECKING:
    from ttsbook.cli.job import Job
    from ttsbook.render.plan import Plan
    from ttsbook.render.settings import RenderSettings
    from ttsbook.types import VoiceProfile


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one book went: a report, a plan (for a dry run) as plain values, or an error."""

    job: Job
    report: dict[str, Any] | None = None
    plan: dict[str, Any] | None = None
    error: TtsbookError | None = None


def plan_entry(plan: Plan, settings: RenderSettings, voice: VoiceProfile) -> dict[str, Any]:
    """Return what a dry run says, as plain values."""
    return {
        "title": plan.book.metadata.title,
        "voice": voice.name,
        "engine": settings.engine,
        "format": settings.format,
        "estimated_seconds": round(plan.estimated_seconds, 1),
        "chunks": plan.n_chunks,
        "chapters": [
            {
                "index": planned.chapter.index,
                "title": planned.chapter.title,
                "chunks": sum(bool(chunk.key) for chunk in planned.chunks),
            }
            for planned in plan.chapters
        ],
        "left_out": [{"index": chapter.index, "title": chapter.title} for chapter in plan.left_out],
    }


def plan_text(plan: dict[str, Any], job: Job) -> str:
    """Return what a dry run says, for people."""
    lines = [f"{job.source} -> {job.output} ({plan['format']}, voice {plan['voice']})"]
    lines += [f"  {entry['index']:>4}  {entry['title']}  ({entry['chunks']})" for entry in plan["chapters"]]
    lines.append(f"  {count(plan['chunks'], 'chunk')}, about {clock(plan['estimated_seconds'])} of audio")
    return "\n".join(lines)


def outcome_entry(outcome: Outcome) -> dict[str, object]:
    """Return what `--json` and `--report` say about one book."""
    named: dict[str, object] = {"source": outcome.job.source, "output": str(outcome.job.output)}
    if outcome.error is not None:
        return {**named, "error": error_entry(outcome.error)}
    return {**named, "plan": outcome.plan} if outcome.report is None else {**named, "report": outcome.report}


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """Return 0 only if every book is there and sounds right, if that was checked.

    The code of the errors if they agree, else 1.
    """
    codes = {outcome.error.exit_code for outcome in outcomes if outcome.error is not None}
    if any(_is_flagged(outcome.report) for outcome in outcomes if outcome.report is not None):
        codes.add(1)
    if not codes:
        return 0
    return codes.pop() if len(codes) == 1 else 1


def _is_flagged(report: dict[str, Any]) -> bool:
    check = report["check"]
    return check is not None and check["flagged"] > 0
