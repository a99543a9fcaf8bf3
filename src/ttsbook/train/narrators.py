"""Makes the built-in voices from teacher speech: the narrators in `voices/`.

    python -m ttsbook.train.narrators --teacher DIR --readers DIR --out voices

A narrator is the mean embedding and the typical pitch of the utterances in which one of the
teacher's voices is heard nearly alone, or lies between two such voices. Women are then turned to the side
where embeddings of recorded women lie (`channel`): nearer to what these share, not to any one of them. The
same folders give the same profiles.
Knows nothing of the model that will speak with them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ttsbook.audio.decode import read_clip
from ttsbook.errors import InputError, MissingError
from ttsbook.files import make_folder
from ttsbook.train.channel import Channel, find_channel
from ttsbook.train.table import read_table
from ttsbook.types import Provenance, VoiceProfile
from ttsbook.voice.encode import SIZE, SpeakerEncoder, mean_direction
from ttsbook.voice.profile import StoredVoice, save_voice

TEACHER_RATE_HZ = 24_000
MIN_SHARE = 0.9  # of the teacher's voice in the timbre of an utterance
MIN_SAME_SEX = 0.6  # of voices of the same sex in its prosody, which decides the pitch
MIN_SECONDS = 2.0  # shorter utterances give poor embeddings
MIN_UTTERANCES = 3
MIN_HZ = 40.0  # below this the teacher's F0 means unvoiced


@dataclass(frozen=True, slots=True)
class Narrator:
    """A voice to ship; `timbre` is the teacher's name for it, whose second letter tells the sex."""

    name: str
    timbre: str
    language: str
    description: str
    tinge: str = ""  # another of the teacher's voices that this one is mixed with
    share: float = 0.0  # of that other voice

    @property
    def sex(self) -> str:
        return {"f": "female", "m": "male"}[self.timbre[1]]


# The model speaks less well in the teacher's Mandarin voices by themselves: on 30 texts a language predicted
# opinion (DistillMOS) was 2.1 to 3.8 in Mandarin and 1.7 to 3.1 in English; mixed with the other voices it is
# 3.9 to 4.4 and 3.1 to 4.1, and higher since women are turned.
NARRATORS = (
    Narrator("clara", "af_heart", "en", "Woman, American; middle pitch"),
    Narrator("edith", "bf_emma", "en", "Woman, British; middle pitch, even"),
    Narrator("nora", "af_aoede", "en", "Woman, American; middle pitch, lively"),
    Narrator("arthur", "bm_daniel", "en", "Man, British; low and even"),
    Narrator("henry", "am_michael", "en", "Man, American; low, lively"),
    Narrator("oscar", "am_onyx", "en", "Man, American; very low and even"),
    Narrator("lian", "zf_xiaoxiao", "zh", "Woman, Mandarin; high", "ff_siwis", 0.75),
    Narrator("mei", "zf_xiaoyi", "zh", "Woman, Mandarin; high, lively", "af_alloy", 0.75),
    Narrator("jun", "zm_yunxi", "zh", "Man, Mandarin; middle pitch, lively", "am_eric", 0.6),
    Narrator("wei", "zm_yunyang", "zh", "Man, Mandarin; low, lively", "bm_fable", 0.35),
)


@dataclass(frozen=True, slots=True)
class Utterance:
    """One utterance of the teacher that belongs to a narrator."""

    path: Path
    seconds: float
    log_f0: NDArray[np.float64]  # voiced frames, natural log of Hz


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--teacher", type=Path, required=True, help="folder with meta.jsonl, f0.npz, audio/")
    parser.add_argument(
        "--readers", type=Path, required=True, help="recordings with speakers.tsv: file, sex, use"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for the profiles")
    options = parser.parse_args(arguments)
    make_folder(options.out)
    encoder = SpeakerEncoder()
    channel = _channel(options.teacher, options.readers, encoder)
    for narrator in NARRATORS:
        save_voice(make_narrator(narrator, options.teacher, encoder, channel), options.out)
    return 0


def make_narrator(
    narrator: Narrator, teacher: Path, encoder: SpeakerEncoder, channel: Channel
) -> StoredVoice:
    """Return the profile of one narrator.

    Args:
        channel: from the teacher's women to women who read; the voices of men gain nothing by theirs.

    Raises:
        MissingError: the teacher folder is not there.
        InputError: too few utterances of that voice.
    """
    voice = _heard(narrator.timbre, teacher, encoder)
    source = f"timbre at least {MIN_SHARE:.0%} {narrator.timbre}"
    if narrator.tinge:
        voice = _mixed(voice, _heard(narrator.tinge, teacher, encoder), narrator.share)
        source += f", {narrator.share:.0%} mixed with {narrator.tinge}"
    embedding, licences = voice.embedding, "Kokoro-82M and its voices: Apache-2.0"
    if narrator.sex == "female":
        embedding = channel.align(embedding)
        source += "; turned to what women of LibriSpeech (V. Panayotov et al.) have in common"
        licences += "; LibriSpeech: CC BY 4.0"
    profile = VoiceProfile(
        name=narrator.name,
        embedding=tuple(embedding.tolist()),
        log_f0_mean=voice.log_f0_mean,
        log_f0_std=voice.log_f0_std,
        provenance=Provenance(
            source=f"synthetic: {voice.n_utterances} utterances by Kokoro-82M (hexgrad), {source}",
            sha256="",
            seconds=round(voice.seconds, 1),
            method="blend",
            consent=licences,
        ),
        sex=narrator.sex,
    )
    return StoredVoice(profile, narrator.description, narrator.language)


@dataclass(frozen=True, slots=True)
class _Voice:
    """What the utterances in one of the teacher's voices have in common."""

    embedding: NDArray[np.float32]
    log_f0_mean: float
    log_f0_std: float
    n_utterances: int
    seconds: float


def _heard(timbre: str, teacher: Path, encoder: SpeakerEncoder) -> _Voice:
    utterances = list(_utterances(timbre, teacher))
    if len(utterances) < MIN_UTTERANCES:
        raise InputError(f"{teacher} has only {len(utterances)} utterances of {timbre}")
    return _Voice(
        _mean_embedding(utterances, encoder),
        # The median over utterances: their prosody is borrowed from other voices, now and then far away.
        float(np.median([u.log_f0.mean() for u in utterances])),
        float(np.median([u.log_f0.std() for u in utterances])),
        len(utterances),
        sum(u.seconds for u in utterances),
    )


def _mixed(voice: _Voice, other: _Voice, share: float) -> _Voice:
    """Return a voice between two, `share` of it the other."""
    return _Voice(
        mean_direction(np.stack([voice.embedding, other.embedding]), np.array([1 - share, share])),
        (1 - share) * voice.log_f0_mean + share * other.log_f0_mean,
        (1 - share) * voice.log_f0_std + share * other.log_f0_std,
        voice.n_utterances + other.n_utterances,
        voice.seconds + other.seconds,
    )


def _channel(teacher: Path, readers: Path, encoder: SpeakerEncoder) -> Channel:
    """Compare the teacher's women with women who read, except those for evaluation."""
    rows = read_table(readers / "speakers.tsv", "sex")
    if not rows:
        raise MissingError(f"not a folder of readers: {readers / 'speakers.tsv'} is missing or empty")
    recorded = [
        readers / file
        for file, row in rows.items()
        if row.get("use") != "evaluate" and row["sex"].upper() == "F"
    ]
    spoken = [
        teacher / "audio" / f"{entry['id']}.opus"
        for entry in _entries(teacher)
        if _seconds(entry) >= MIN_SECONDS and {voice[1] for voice in entry["timbre"]} == {"f"}
    ]
    return find_channel(_embed_all(spoken, encoder), _embed_all(recorded, encoder))


def _embed_all(paths: list[Path], encoder: SpeakerEncoder) -> NDArray[np.float32]:
    return np.array([_embed(path, encoder) for path in paths], np.float32).reshape(-1, SIZE)


def _embed(path: Path, encoder: SpeakerEncoder) -> NDArray[np.float32]:
    clip = read_clip(path)
    return encoder.embed(clip.samples, clip.rate_hz)


def _mean_embedding(utterances: list[Utterance], encoder: SpeakerEncoder) -> NDArray[np.float32]:
    embeddings = [_embed(utterance.path, encoder) for utterance in utterances]
    # Longer utterances say more about the voice.
    return mean_direction(np.stack(embeddings), np.array([u.seconds for u in utterances]))


def _utterances(timbre: str, teacher: Path) -> Iterator[Utterance]:
    entries = _entries(teacher)
    try:
        pitches = np.load(teacher / "f0.npz")
    except FileNotFoundError as error:
        raise _no_teacher(error) from error
    for entry in entries:
        seconds = _seconds(entry)
        if seconds >= MIN_SECONDS and _is_typical(entry, timbre):
            hz = pitches[entry["id"]].astype(np.float64)
            path = teacher / "audio" / f"{entry['id']}.opus"
            yield Utterance(path, seconds, np.log(hz[hz > MIN_HZ]))


def _entries(teacher: Path) -> list[dict[str, Any]]:
    try:
        lines = (teacher / "meta.jsonl").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise _no_teacher(error) from error
    return [json.loads(line) for line in lines]


def _no_teacher(error: FileNotFoundError) -> MissingError:
    return MissingError(f"not a folder of teacher speech: {error.filename} is missing")


def _seconds(entry: dict[str, Any]) -> float:
    return float(entry["n_samples"] / TEACHER_RATE_HZ)


def _is_typical(entry: dict[str, Any], timbre: str) -> bool:
    same_sex = sum(share for voice, share in entry["prosody"].items() if voice[1] == timbre[1])
    return bool(entry["timbre"].get(timbre, 0.0) >= MIN_SHARE and same_sex >= MIN_SAME_SEX)


if __name__ == "__main__":
    raise SystemExit(main())
