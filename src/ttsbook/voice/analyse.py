"""Turns a clip of someone speaking into a voice profile, with advice where the clip is poor.

Decoding is the caller's: `analyse_clip` takes a reader such as `ttsbook.audio.decode.read_clip`.
Knows nothing of where profiles are kept.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ttsbook.errors import InputError, UsageError
from ttsbook.files import sha256_input
from ttsbook.types import Provenance, VoiceProfile
from ttsbook.voice.activity import keep_active, settle_level, without_offset
from ttsbook.voice.advice import advise
from ttsbook.voice.campplus import CampPlus
from ttsbook.voice.encode import SpeakerEncoder, mean_direction
from ttsbook.voice.measure import Measures, measure
from ttsbook.voice.mel import RATE_HZ
from ttsbook.voice.pitch import PitchStatistics, pitch_statistics, track_pitch
from ttsbook.voice.resample import resample
from ttsbook.voice.select import careful_mean, clearest_part
from ttsbook.voice.tone import Rehearsal, match_tone

VERSION = 3  # raise it when the same clip gives another profile: cached ones are then made anew
METHODS = ("plain", "hybrid")
MAX_READ_S = 600.0  # of a file; the rest of an hour-long recording adds nothing
MAX_USED_S = 120.0  # of what was read
MIN_SPEECH_S = 0.5  # less than this is no speech at all
MIN_VOICED_S = 0.25
MIN_LOG_F0_STD = 0.01  # a sixth of a semitone: a tone, not a voice
MIN_RATE_HZ = 4_000


class Clip(Protocol):
    """Decoded audio."""

    @property
    def samples(self) -> NDArray[np.float32]:
        """Mono in [-1, 1], [n]."""

    @property
    def rate_hz(self) -> int: ...

    @property
    def truncated(self) -> bool:
        """Whether the file goes on after the last sample."""


class ClipReader(Protocol):
    """Decodes the first `max_seconds` of a file at its own rate.

    Raises InputError for what is not audio.
    """

    def __call__(self, path: Path, *, max_seconds: float) -> Clip: ...


@dataclass(frozen=True, slots=True)
class Analysis:
    """A voice, and how good the clip was that it was made from."""

    profile: VoiceProfile
    advice: tuple[str, ...]
    measures: Measures

    @property
    def seconds_speech(self) -> float:
        return self.measures.seconds_speech


def analyse_clip(
    path: Path,
    *,
    name: str,
    read_clip: ClipReader,
    consent: str = "",
    strict: bool = False,
    method: str = "plain",
    encoder: SpeakerEncoder | None = None,
    judge: Path | None = None,
    rehearsal: Rehearsal | None = None,
) -> Analysis:
    """Analyse the voice in an audio or video file.

    Args:
        path: any format that `read_clip` decodes.
        name: of the new profile.
        read_clip: decodes the file.
        consent: the user's own words on who agreed to the use of this voice.
        strict: treat the first advice as an error.
        method: "plain" takes all speech alike; "hybrid" drops outliers and weighs by clarity.
        encoder: an encoder to use again, when several clips are analysed.
        judge: weights of CAM++, which then decides for "hybrid" what is an outlier.
        rehearsal: says something in the new voice, by which "hybrid" matches the timbre of the clip.

    Raises:
        InputError: unreadable, no speech, or advice with `strict`.
    """
    check_method(method)
    with contextlib.suppress(OSError, ValueError):  # the reader says what is wrong with the name
        if path.is_fifo():  # its bytes come once, and their hash would be that of nothing
            raise InputError(f"{path} is a pipe", "save the recording to a file first")
    clip = read_clip(path, max_seconds=MAX_READ_S)
    try:
        analysis = analyse_samples(
            clip.samples,
            clip.rate_hz,
            name=name,
            provenance=Provenance(path.name, sha256_input(path), 0.0, method, consent),
            truncated=clip.truncated,
            encoder=encoder,
            judge=judge,
            rehearsal=rehearsal,
        )
    except InputError as error:
        raise InputError(f"{path}: {error.message}", error.hint) from error
    if strict and analysis.advice:
        raise InputError(f"{path}: {analysis.advice[0]}", "use a better clip, or leave out --strict")
    return analysis


def analyse_samples(
    samples: NDArray[np.float32],
    rate_hz: int,
    *,
    name: str,
    provenance: Provenance,
    truncated: bool = False,
    encoder: SpeakerEncoder | None = None,
    judge: Path | None = None,
    rehearsal: Rehearsal | None = None,
) -> Analysis:
    """Analyse the voice in `samples` [n], mono in [-1, 1]; `provenance.method` says how carefully.

    Raises:
        InputError: not finite, or no speech in it.
    """
    check_method(provenance.method)
    _check_samples(samples, rate_hz)
    whole = resample(without_offset(samples), rate_hz, RATE_HZ)
    part = clearest_part(whole, MAX_USED_S)
    wave = settle_level(part)
    speech = keep_active(wave)
    if speech.size < MIN_SPEECH_S * RATE_HZ:
        raise _no_speech("it is silent or too short")
    pitch = _pitch_of_voice(wave)

    encoder = encoder or SpeakerEncoder()
    pieces = encoder.embed_pieces(speech)
    careful = provenance.method == "hybrid"
    if careful:
        judged = CampPlus(judge).embed_pieces(speech) if judge is not None else pieces
        embedding = careful_mean(pieces, speech, judged)
    else:
        embedding = mean_direction(pieces)

    measures = measure(samples, whole, pieces)
    advice = advise(
        measures,
        truncated_at_s=whole.size / RATE_HZ if truncated else None,
        used_s=part.size / RATE_HZ if part.size < whole.size else None,
    )
    profile = VoiceProfile(
        name=name,
        embedding=tuple(embedding.tolist()),
        log_f0_mean=float(np.float32(pitch.log_f0_mean)),  # as stored, so that a reload changes nothing
        log_f0_std=float(np.float32(pitch.log_f0_std)),
        provenance=Provenance(
            provenance.source,
            provenance.sha256,
            round(speech.size / RATE_HZ, 2),
            provenance.method,
            provenance.consent,
        ),
        level_db=round(measures.level_db, 1),
        snr_db=round(measures.snr_db, 1),
    )
    if careful and rehearsal is not None:
        tone = match_tone(speech, *rehearsal(profile), snr_db=measures.snr_db, top_hz=0.92 * rate_hz / 2)
        profile = replace(profile, tone_db=tone)
    return Analysis(profile, advice, measures)


def check_method(method: str) -> None:
    """Raise UsageError unless `method` is one of METHODS."""
    if method not in METHODS:
        raise UsageError(
            f"unknown way to analyse a voice: {method!r}", f"choose one of: {', '.join(METHODS)}"
        )


def _check_samples(samples: NDArray[np.float32], rate_hz: int) -> None:
    if rate_hz < MIN_RATE_HZ:
        raise InputError(f"the sample rate of {rate_hz} Hz is too low for speech", "record at 16 kHz or more")
    if samples.size == 0:
        raise _no_speech("it is empty")
    if not np.isfinite(samples).all():
        raise InputError("the audio contains NaN or infinite samples", "export the clip again")


def _pitch_of_voice(wave: NDArray[np.float32]) -> PitchStatistics:
    statistics = pitch_statistics(track_pitch(wave, RATE_HZ))
    if statistics is None or statistics.voiced_seconds < MIN_VOICED_S:
        raise _no_speech("no voiced sound was found, only noise or whisper")
    if statistics.log_f0_std < MIN_LOG_F0_STD:
        raise _no_speech(f"only a steady tone of {np.exp(statistics.log_f0_mean):.0f} Hz was found")
    return statistics


def _no_speech(why: str) -> InputError:
    return InputError(
        f"there is no speech in the clip: {why}", "use a clip in which one person talks for 3 s or more"
    )
