"""`ttsbook inspect`: what is in a book, what will be left out and why, how long it will take."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ttsbook.cli import options
from ttsbook.cli.document import document
from ttsbook.cli.talk import Talk, clock, count, print_json
from ttsbook.config import Source, load_config

if TYPE_CHECKING:
    from ttsbook.render.plan import Plan, PlannedChapter
    from ttsbook.types import Chapter, Skipped

NOT_CHOSEN = "not chosen"


def inspect(
    book: Annotated[
        str, typer.Argument(metavar="BOOK", help="EPUB, Markdown or text; - for standard input.")
    ],
    chapters: options.Chapters = None,
    include_matter: options.IncludeMatter = None,
    language: options.Language = None,
    lexicon: options.Lexicon = None,
    speed: options.Speed = None,
    unknown: Annotated[
        bool,
        typer.Option(
            "--unknown",
            help="List words whose pronunciation is a guess, as a lexicon to correct.",
            rich_help_panel=options.TEXT,
        ),
    ] = False,
    as_json: options.Json = False,
    config: options.ConfigFile = None,
    no_config: options.NoConfig = False,
    preset: options.Preset = None,
) -> None:
    """Show the chapters of a book and what a render would leave out.

    \b
      ttsbook inspect book.epub
      ttsbook inspect book.epub --json
      ttsbook inspect book.epub --unknown > book.lexicon.toml
    """
    flags = {"include-matter": include_matter, "language": language, "lexicon": lexicon, "speed": speed}
    loaded = load_config(flags, Source(config, not no_config, preset))

    from ttsbook.cli.beside import with_lexicon_beside
    from ttsbook.cli.choice import render_settings
    from ttsbook.cli.pace import known_pace
    from ttsbook.cli.source import plan_without_keys, read_source

    settings = with_lexicon_beside(render_settings(loaded.settings, chapters=chapters), book, Talk())
    plan = plan_without_keys(read_source(book), settings)
    if unknown:
        _print_unknown(plan, settings.lexicon, as_json)
        return
    entries = _describe(plan, known_pace(settings.engine))
    if as_json:
        print_json(document(**entries))
    else:
        print(_as_text(entries))


def _print_unknown(plan: Plan, lexicon: Path | str | None, as_json: bool) -> None:
    from ttsbook.cli.unknown import unknown_entries, unknown_text
    from ttsbook.text.lexicon import read_lexicon
    from ttsbook.text.unknown import find_unknown

    chunks = (planned.chunk for planned in plan.spoken_chunks())
    words = find_unknown(chunks, read_lexicon(lexicon) if lexicon is not None else None)
    if as_json:
        print_json(document(unknown=unknown_entries(words)))
    else:
        print(unknown_text(words))


def _describe(plan: Plan, pace: float | None) -> dict[str, Any]:
    book = plan.book
    chapters = [_chapter_entry(planned.chapter, planned) for planned in plan.chapters]
    chapters += [_chapter_entry(chapter, None) for chapter in plan.left_out]
    chapters.sort(key=lambda entry: int(entry["index"]))
    return {
        "source": book.source,
        "title": book.metadata.title,
        "authors": list(book.metadata.authors),
        "language": book.metadata.language,
        "has_cover": book.cover is not None,
        "chapters": chapters,
        "characters": sum(int(entry["characters"]) for entry in chapters if entry["read"]),
        "chunks": plan.n_chunks,
        "skipped": _skipped(plan),
        "repairs": list(book.repairs),
        "estimated_seconds": round(plan.estimated_seconds, 1),
        "estimated_render_seconds": None if pace is None else round(plan.estimated_seconds * pace, 1),
    }


def _chapter_entry(chapter: Chapter, planned: PlannedChapter | None) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "index": chapter.index,
        "title": chapter.title,
        "depth": chapter.depth,
        "matter": chapter.matter.value,
        "read": planned is not None,
        "why_not": None if planned is not None else NOT_CHOSEN,
        "characters": sum(len(block.text) for block in chapter.blocks),
    }
    if planned is not None:
        entry["language"] = _main_language(planned)
    elif chapter.matter.value != "body":
        entry["why_not"] = f"{chapter.matter.value} matter"
    return entry


def _main_language(planned: PlannedChapter) -> str | None:
    weights: Counter[str] = Counter()
    for piece in planned.chunks:
        weights[piece.chunk.language] += len(piece.chunk.text) if piece.key else 0
    return max(weights, key=lambda language: weights[language]) if weights else None


def _skipped(plan: Plan) -> dict[str, dict[str, Any]]:
    """Count what is not read, in the files and inside the text that is, with the first words as a sample.

    Reasons have the names that the report gives them.
    """
    from ttsbook.render.account import note_marks_in, unspeakable_in

    book = plan.book
    reasons: dict[str, list[Skipped]] = {}
    for skipped in (*book.skipped, *(item for chapter in book.chapters for item in chapter.skipped)):
        reasons.setdefault(skipped.reason, []).append(skipped)
    entries: dict[str, dict[str, Any]] = {
        reason: {
            "places": len(items),
            "characters": sum(len(item.text) for item in items),
            "sample": items[0].text[:60],
        }
        for reason, items in sorted(reasons.items())
    }
    marks, letters = note_marks_in(plan.chapters), unspeakable_in(plan.chapters)
    for reason, found in (("note-mark", marks), ("unspeakable-script", letters)):
        if found is not None:
            entry = entries.setdefault(reason, {"places": 0, "characters": 0, "sample": found.sample[:60]})
            entry["places"] += found.places
            entry["characters"] += found.characters
    return entries


def _as_text(entries: dict[str, Any]) -> str:
    by = f", by {', '.join(entries['authors'])}" if entries["authors"] else ""
    lines = [f"{entries['title'] or entries['source']}{by}"]
    lines.append(
        f"language {entries['language'] or 'not stated'}, cover {'yes' if entries['has_cover'] else 'no'}"
    )
    lines += ["", *map(_chapter_line, entries["chapters"]), ""]
    for reason, skipped in entries["skipped"].items():
        sample = " ".join(skipped["sample"].split())
        characters = count(skipped["characters"], "character")
        lines.append(f"skipped: {reason}: {skipped['places']}×, {characters} ({sample}…)")
    lines += [f"repaired: {repair}" for repair in entries["repairs"]]
    lines.append(f"{entries['characters']} characters in {count(entries['chunks'], 'chunk')}")
    lines.append(f"about {clock(entries['estimated_seconds'])} of audio")
    render = entries["estimated_render_seconds"]
    if render is None:
        lines.append("render time unknown: nothing long has been rendered on this machine yet")
    else:
        lines.append(f"about {clock(render)} to render, at the speed of the last render here")
    return "\n".join(lines)


def _chapter_line(entry: dict[str, Any]) -> str:
    title = "  " * entry["depth"] + (entry["title"] or "(no title)")
    note = f"{entry['language'] or '-'}" if entry["read"] else f"left out: {entry['why_not']}"
    return f"{entry['index']:>4}  {entry['characters']:>8}  {note:<6}  {title}"
