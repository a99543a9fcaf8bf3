"""Says in plain words what is wrong with a clip and what to do about it.

Thresholds come from 300 recordings of LibriSpeech and home microphones, which get no advice except
where it is due. Knows nothing of audio: measures in, sentences out.
"""

from __future__ import annotations

from ttsbook.voice.measure import Measures

MIN_SPEECH_S = 3.0
MIN_SNR_DB = 15.0
MIN_LEVEL_DB = -40.0  # RMS of speech
MAX_CLIPPED = 1e-3  # share of samples
MIN_HIGH_BAND_DB = -50.0  # wide-band speech has -40 or more, telephone speech less than -90
MAX_SILENCE_S = 10.0  # of pauses that also outlast the speech
MIN_GROUP_SIMILARITY = 0.72  # one speaker 0.8-1.0, two speakers 0.5-0.7
MIN_COHERENCE = 0.75  # one speaker 0.84-0.95, two speakers 0.74-0.81, five 0.68-0.72


def advise(
    measures: Measures, *, truncated_at_s: float | None = None, used_s: float | None = None
) -> tuple[str, ...]:
    """Return what the user should know about a clip, most serious first; empty if all is well.

    Args:
        measures: of the whole clip.
        truncated_at_s: where reading stopped because the file is too long, if it did.
        used_s: seconds of the clip that were chosen because it is long, if not all.
    """
    silence_s = measures.seconds - measures.seconds_speech
    findings = (
        (
            measures.seconds_speech < MIN_SPEECH_S,
            f"only {measures.seconds_speech:.1f} s of speech: use at least 3 s, better 10 to 30 s",
        ),
        (
            measures.group_similarity < MIN_GROUP_SIMILARITY or measures.coherence < MIN_COHERENCE,
            "its parts sound like different voices (more than one speaker, music, noise in places):"
            " cut the clip to one person alone",
        ),
        (
            measures.snr_db < MIN_SNR_DB,
            f"noisy ({measures.snr_db:.0f} dB over the background): record closer, in a quiet room",
        ),
        (
            measures.clipped > MAX_CLIPPED,
            f"clipped ({measures.clipped:.1%} of the samples): record again at a lower level",
        ),
        (
            measures.level_db < MIN_LEVEL_DB,
            f"very quiet ({measures.level_db:.0f} dBFS): record louder or closer to the microphone",
        ),
        (
            measures.high_band_db < MIN_HIGH_BAND_DB,
            "nothing above 4 kHz, as from a telephone: the voice will sound less like the speaker",
        ),
        (
            silence_s > max(MAX_SILENCE_S, measures.seconds_speech),
            f"{silence_s:.0f} s of {measures.seconds:.0f} s are silence: the pauses were left out",
        ),
        (
            truncated_at_s is not None,
            f"long file: only the first {(truncated_at_s or 0.0) / 60:.0f} minutes were read",
        ),
        (used_s is not None, f"long clip: the clearest {used_s or 0.0:.0f} s of it were used"),
    )
    return tuple(text for is_found, text in findings if is_found)
