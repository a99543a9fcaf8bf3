"""The lines of a plan file as chunks: what was edited is made again, all else is as it was planned.

Knows nothing of JSON, profiles or caches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ttsbook.errors import InputError
from ttsbook.render.cast import Cast
from ttsbook.render.planfile import NumberedLine, PlanFile
from ttsbook.render.planline import PlanLine
from ttsbook.render.sayer import BySeveral, Sayer
from ttsbook.types import BlockKind, Chapter, Chunk


class PlannedText(BySeveral):
    """Makes the chunks of a plan; of other chapters, such as credits, those of the front end.

    Args:
        front_end: says what was edited.
        plan: the lines.
        cast: gives lines their voices by role; None leaves them as the plan names them.
        others: say what was edited for voices with another accent.
    """

    def __init__(
        self,
        front_end: Sayer,
        plan: PlanFile,
        cast: Cast | None = None,
        others: Mapping[str, Sayer] | None = None,
    ) -> None:
        super().__init__(front_end, others)
        self._plan = plan
        self._cast = cast
        self._chapters = {chapter for chapter, _ in plan.lines}

    def chunks(self, chapter: Chapter, default_language: str | None = None) -> Iterator[Chunk]:
        """Yield the chunks of a chapter.

        Raises:
            InputError: an edited line is longer than a voice can say in one go.
        """
        if chapter.index not in self._chapters:
            yield from self._front_end.chunks(chapter, default_language)
            return
        index = 0
        for block in range(len(chapter.blocks)):
            start = 0
            for each in self._plan.lines[chapter.index, block]:
                yield self._chunk(each, index, block, start, default_language)
                start += len(each.line.text)
                index += 1

    def _chunk(self, each: NumberedLine, index: int, block: int, start: int, language: str | None) -> Chunk:
        line = each.line
        chosen = line.language or ("zh" if (language or "").lower().startswith("zh") else "en")
        spoken, phonemes = self._said(line, chosen)
        if len(phonemes) > self._front_end.max_phonemes:
            raise InputError(
                f"{self._plan.path}, line {each.number}: {len(phonemes)} phonemes in one chunk; "
                f"the voice takes at most {self._front_end.max_phonemes}",
                "split the line in two",
            )
        return Chunk(
            chapter=line.chapter,
            index=index,
            block=block,
            start=start,
            end=start + len(line.text),
            text=line.text,
            spoken=spoken,
            phonemes=phonemes,
            language=chosen,
            boundary=line.boundary,
            role=line.role,
            voice=voice_of(line, self._plan.narrator, self._cast),
            exact_pause_ms=line.pause_ms,
        )

    def _said(self, line: PlanLine, language: str) -> tuple[str, str]:
        """Return (spoken, phonemes) as the chain of `planline` says."""
        if line.phonemes is not None and line.is_edited("phonemes"):
            return line.spoken or line.text.strip(), line.phonemes
        if line.spoken is not None and line.is_edited("spoken"):
            return self._say(line.spoken, line, language)
        if line.spoken is None or line.phonemes is None or line.is_edited("text"):
            return self._say(line.text, line, language)
        return line.spoken, line.phonemes

    def _say(self, text: str, line: PlanLine, language: str) -> tuple[str, str]:
        if line.kind is BlockKind.SCENE_BREAK:
            return "", ""
        voice = voice_of(line, self._plan.narrator, self._cast)
        return self._sayer(voice).say_part(text, language, line.boundary)


def voice_of(line: PlanLine, narrator: str, cast: Cast | None) -> str:
    """Return the voice of a line; "" is the narrator's, whoever that is when the plan is rendered.

    A voice edited into the line takes precedence over the cast, and the cast over what the plan was made
    with.
    """
    if line.voice and line.is_edited("voice") and line.voice != narrator:
        return line.voice
    if cast is not None:
        return cast.voice_of(line.role, line.character)
    return "" if line.voice == narrator else line.voice
