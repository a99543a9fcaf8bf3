"""What the user says of names and tags: `--template`, `--tag` and `--split` into jobs and settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ttsbook.cli.job import Job, check_distinct, stem_of
from ttsbook.errors import TtsbookError, UsageError

if TYPE_CHECKING:
    from ttsbook.render.settings import RenderSettings


def parse_tags(given: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Read "name=value" words; an empty value takes a tag away.

    Raises:
        UsageError: one is not of this form, or names a tag that cannot be set.
    """
    from ttsbook.render.tags import check_overrides

    pairs = []
    for word in given:
        name, sign, value = word.partition("=")
        if not sign:
            raise UsageError(f"--tag {word}: expected name=value", "for example --tag artist='Jane Austen'")
        pairs.append((name.strip().lower(), value.strip()))
    check_overrides(pairs)
    return tuple(pairs)


def check_template(template: str | None, output: Path | None) -> None:
    """Refuse a template that contradicts -o, or is none.

    Raises:
        UsageError: it does.
    """
    if template is None:
        return
    if output is not None:
        raise UsageError("-o and --template cannot be used together", "use --out-dir with --template")
    from ttsbook.render.naming import LIBRARY, fill_template

    fill_template(LIBRARY if template == "library" else template, dict.fromkeys(_FIELDS, "x"))


def rename(
    jobs: Sequence[Job],
    template: str | None,
    out_dir: Path | None,
    suffix: str,
    settings: RenderSettings,
    narrator: str,
) -> tuple[Job, ...]:
    """Return the jobs with outputs by a template, and with playlists for books in parts.

    Raises:
        UsageError: two books would have the same output.
    """
    from ttsbook.render.naming import LIBRARY

    template = LIBRARY if template == "library" else template
    renamed = [_by_template(job, template, out_dir, suffix, settings, narrator) for job in jobs]
    if settings.split:
        renamed = [replace(job, output=_playlist(job.output, template)) for job in renamed]
    check_distinct(renamed)
    return tuple(renamed)


def _playlist(output: Path, template: str | None) -> Path:
    """Return the playlist of a book in parts: in the folder that a template has for the book, or its own."""
    from ttsbook.render.settings import PLAYLIST_SUFFIX
    from ttsbook.render.tracks import playlist_of

    own_folder = template is not None and output.parent.name.endswith(output.stem)
    return output.with_suffix(PLAYLIST_SUFFIX) if own_folder else playlist_of(output)


_FIELDS = ("author", "title", "series", "series_part", "year", "language", "narrator", "publisher", "stem")


def _by_template(
    job: Job,
    template: str | None,
    out_dir: Path | None,
    suffix: str,
    settings: RenderSettings,
    narrator: str,
) -> Job:
    if template is None:
        return job
    from ttsbook.cli.source import STDIN, read_source
    from ttsbook.render.naming import fill_template
    from ttsbook.render.tags import plain_number

    if job.source == STDIN:
        raise UsageError("--template names files by the book; standard input has only -o")
    try:
        metadata = read_source(job.source).metadata
    except TtsbookError:
        return job  # it will fail when its turn comes, and say so
    own = dict(settings.tags)
    values = {
        "author": own.get("artist", ", ".join(metadata.authors)),
        "title": own.get("title", metadata.title) or stem_of(Path(job.source)),
        "series": own.get("series", metadata.series or ""),
        "series_part": own.get("series-part", plain_number(metadata.series_index or "")),
        "year": own.get("year", metadata.year or ""),
        "language": own.get("language", metadata.language or ""),
        "narrator": own.get("narrator", narrator),
        "publisher": own.get("publisher", metadata.publisher or ""),
        "stem": stem_of(Path(job.source)),
    }
    path = fill_template(template, values)
    folder = out_dir or Path(job.source).parent
    return replace(job, output=folder / path.parent / f"{path.name}.{suffix}")
