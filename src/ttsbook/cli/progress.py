"""How a render looks while it works: a bar on a terminal, a line per chapter, or JSON lines; all on stderr.

Knows nothing of rendering beyond what `ttsbook.render.reporter` tells.
"""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

from ttsbook import paths
from ttsbook.cli.talk import Talk, clock, count, is_terminal, json_for, say, size
from ttsbook.render.plan import Plan
from ttsbook.render.report import ChapterReport, Report
from ttsbook.render.reporter import Progress, Reporter, SilentReporter
from ttsbook.types import Matter

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

STDERR = 2
_MAX_NAMED = 8  # chapters in one line
_STAGES = {
    "plan": "Reading and planning",
    "speak": "Speaking",
    "listen": "Listening",
    "encode": "Writing the audio file",
    "check": "Checking the audio file",
    "epub3": "Writing the read-along book",
}


def make_reporter(kind: str, talk: Talk) -> Reporter:
    """Choose the look: "auto" is a bar on a capable terminal and plain lines elsewhere."""
    if kind == "json":
        return JsonReporter()
    if kind == "none" or talk.level < 0:
        return WarningReporter(talk)
    capable = is_terminal(STDERR) and paths.library_variable("TERM") != "dumb"
    return BarReporter(talk) if kind == "auto" and capable else PlainReporter(talk)


class WarningReporter(SilentReporter):
    """Reports only what does not go as asked, and not even that if the talk is quiet."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk

    def warning(self, text: str) -> None:
        self._talk.warn(text)

    def finished(self, report: Report) -> None:
        if report.check and report.check.flagged:
            tell_check(report, self._talk)


class PlainReporter:
    """One line when the plan is made, one for each chapter, one at the end."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk

    def started(self, plan: Plan) -> None:
        tell_plan(plan, self._talk)

    def chunk_done(self, progress: Progress) -> None:
        self._talk.detail(f"  {progress.done}/{progress.total} {progress.text.strip()}")

    def chapter_done(self, chapter: ChapterReport) -> None:
        cached = (
            f", {chapter.cached} of {count(chapter.chunks, 'chunk')} from the cache" if chapter.cached else ""
        )
        title = f": {chapter.title}" if chapter.title else ""
        self._talk.note(f"chapter {chapter.index}{title} ({clock(chapter.seconds)}{cached})")

    def stage(self, name: str) -> None:
        self._talk.detail(_STAGES.get(name, name))

    def heard(self, done: int, total: int) -> None:
        self._talk.detail(f"  heard {done}/{total}")

    def warning(self, text: str) -> None:
        self._talk.warn(text)

    def finished(self, report: Report) -> None:
        self._talk.note(describe_report(report))
        tell_check(report, self._talk)


class JsonReporter:
    """One JSON object a line for programs; `event` says which."""

    def started(self, plan: Plan) -> None:
        self._say(
            "started",
            source=plan.book.source,
            chapters=len(plan.chapters),
            chunks=plan.n_chunks,
            cached=plan.n_cached,
            estimated_seconds=round(plan.estimated_seconds, 1),
            left_out=[chapter.title for chapter in plan.left_out],
        )

    def chunk_done(self, progress: Progress) -> None:
        self._say(
            "chunk",
            chapter=progress.chapter,
            chapters=progress.n_chapters,
            done=progress.done,
            total=progress.total,
            cached=progress.cached,
            audio_seconds=round(progress.audio_seconds, 3),
            elapsed_seconds=round(progress.elapsed_seconds, 3),
            speed=progress.speed,
            eta_seconds=progress.eta_seconds,
        )

    def chapter_done(self, chapter: ChapterReport) -> None:
        self._say("chapter", index=chapter.index, title=chapter.title, seconds=round(chapter.seconds, 3))

    def stage(self, name: str) -> None:
        self._say("stage", name=name)

    def heard(self, done: int, total: int) -> None:
        self._say("heard", done=done, total=total)

    def warning(self, text: str) -> None:
        self._say("warning", text=text)

    def finished(self, report: Report) -> None:
        flagged = {"flagged": report.check.flagged} if report.check else {}
        self._say(
            "finished", output=report.output, seconds=round(report.seconds, 3), rtf=report.rtf, **flagged
        )

    def _say(self, event: str, **values: object) -> None:
        say(json_for(sys.stderr, {"event": event, **values}))


class BarReporter:
    """A bar that moves: chapter, chunks, how many times real time, time left."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def started(self, plan: Plan) -> None:
        tell_plan(plan, self._talk)
        self._start(plan.n_chunks)

    def chunk_done(self, progress: Progress) -> None:
        if self._bar is None or self._task is None:
            return
        speed = f"{progress.speed:.1f}× real time" if progress.speed else ""
        left = f"{clock(progress.eta_seconds)} left" if progress.eta_seconds is not None else ""
        chapter = f"{progress.chapter}/{progress.n_chapters} {_shorten(progress.title)}"
        self._bar.update(self._task, completed=progress.done, chapter=chapter, speed=speed, left=left)

    def chapter_done(self, chapter: ChapterReport) -> None: ...

    def stage(self, name: str) -> None:
        if name == "speak":
            return
        self._stop()
        # Each takes seconds with a long book: a screen that stands still looks like a fault.
        self._talk.note(f"{_STAGES.get(name, name)} …")

    def heard(self, done: int, total: int) -> None:
        if done == 1:
            self._stop()
            self._start(total)
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, chapter="heard")

    def warning(self, text: str) -> None:
        if self._bar is None:
            self._talk.warn(text)
        else:
            with contextlib.suppress(OSError):  # as in `say`
                self._bar.console.print(f"warning: {text}", markup=False, highlight=False)

    def finished(self, report: Report) -> None:
        self._stop()
        self._talk.note(describe_report(report))
        tell_check(report, self._talk)

    def close(self) -> None:
        """Give the terminal back; also after an error."""
        self._stop()

    def _start(self, total: int) -> None:
        self._bar, self._task = _make_bar(total)
        with contextlib.suppress(OSError):  # as in `say`
            self._bar.start()

    def _stop(self) -> None:
        if self._bar is not None:
            with contextlib.suppress(OSError, IndexError):  # IndexError: Ctrl-C found it half started
                self._bar.stop()
            self._bar = None


def close_reporter(reporter: Reporter) -> None:
    """Give the terminal back if the reporter holds it."""
    if isinstance(reporter, BarReporter):
        reporter.close()


def tell_plan(plan: Plan, talk: Talk) -> None:
    """Say what is about to be spoken, and which parts of the book are not."""
    talk.note(describe_plan(plan))
    if left_out := describe_left_out(plan):
        talk.note(left_out)


def describe_plan(plan: Plan) -> str:
    """Say in one line what is about to be spoken."""
    title = ("resuming " if plan.resumes else "") + (plan.book.metadata.title or plan.book.source)
    spoken = sum(chapter.is_spoken for chapter in plan.chapters)
    cached = f", {plan.n_cached} already spoken" if plan.n_cached else ""
    about = clock(plan.estimated_seconds)
    return f"{title}: {count(spoken, 'chapter')}, {count(plan.n_chunks, 'chunk')}{cached}, about {about}"


def describe_left_out(plan: Plan) -> str:
    """Say in one line which front and back matter is not read; "" if it is, or if chapters were chosen."""
    left_out = [chapter for chapter in plan.left_out if chapter.matter is not Matter.BODY]
    if not left_out or len(left_out) < len(plan.left_out):
        return ""
    titles = ", ".join(_shorten(chapter.title) for chapter in left_out[:_MAX_NAMED])
    more = f" and {len(left_out) - _MAX_NAMED} more" if len(left_out) > _MAX_NAMED else ""
    return f"left out as front or back matter: {titles}{more}; --include-matter reads it too"


def describe_report(report: Report) -> str:
    """Say in one line what was made and how fast."""
    if report.up_to_date:
        return f"{report.output} is up to date ({clock(report.seconds)})"
    speed = f", {1 / report.rtf:.1f}× real time" if report.rtf > 0 else ""
    cached = f", {report.cached} of {count(report.chunks, 'chunk')} from the cache" if report.cached else ""
    memory = size(report.total_peak_rss_bytes)
    made = f"{clock(report.seconds)} of audio in {report.elapsed_seconds:.1f} s"
    return f"{made}{speed}, at most {memory} of memory{cached}"


def tell_check(report: Report, talk: Talk) -> None:
    """Say what listening has found, if someone listened."""
    check = report.check
    if check is None:
        return
    found = f"heard {count(check.chunks, 'passage')}, {check.mended} redone and now good"
    if check.flagged:
        talk.warn(f"{found}; {check.flagged} may not sound as written: listen to them in {check.page}")
    else:
        talk.note(f"{found}; {check.page}")


def _shorten(text: str, width: int = 28) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _make_bar(total: int) -> tuple[Bar, TaskID]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    class SteadyConsole(Console):
        """Never hides the cursor: who is killed, or stopped with Ctrl-Z, could not show it again."""

        def show_cursor(self, show: bool = True) -> bool:  # noqa: ARG002
            return False

    bar = Bar(
        # Titles come from the book: without `markup=False` one with brackets would be taken as a style.
        TextColumn("{task.fields[chapter]}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}", markup=False),
        TextColumn("{task.fields[left]}", markup=False),
        console=SteadyConsole(stderr=True),
        transient=True,
    )
    return bar, bar.add_task("speak", total=total, chapter="", speed="", left="")
