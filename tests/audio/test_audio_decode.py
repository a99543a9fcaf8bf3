"""Clips come from strangers: every one is read, cut at the limit, or refused in one line."""

from __future__ import annotations

import struct
import wave as stdlib_wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from ttsbook.audio.decode import read_clip
from ttsbook.errors import InputError


def write_sound(path: Path, samples, rate_hz=24_000, codec="pcm_s16le", sample_format="s16", video=False):
    """Write [channels, n] float samples with FFmpeg."""
    scale = {"s16": 32767, "s32": 2**31 - 1}.get(sample_format.rstrip("p"), 1)
    kind = {"s16": np.int16, "s32": np.int32, "dbl": np.float64}.get(sample_format.rstrip("p"), np.float32)
    layout = {1: "mono", 2: "stereo"}.get(len(samples), "hexadecagonal")
    with av.open(str(path), "w") as container:
        if video:
            pictures = container.add_stream("mpeg4", rate=25)
            pictures.width = pictures.height = 64
        stream = container.add_stream(codec, rate=rate_hz)
        stream.codec_context.layout = layout
        stream.codec_context.format = sample_format
        data = (np.asarray(samples) * scale).astype(kind)
        if not sample_format.endswith("p"):
            data = data.T.reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(data), format=sample_format, layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate_hz, 0, Fraction(1, rate_hz)
        if video:
            for number in range(25):
                picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
                picture.pts = number
                container.mux(pictures.encode(picture))
            container.mux(pictures.encode(None))
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


@pytest.mark.parametrize(
    ("name", "codec", "sample_format"),
    [
        ("a.wav", "pcm_s16le", "s16"),
        ("a.wav", "pcm_s24le", "s32"),
        ("a.wav", "pcm_f32le", "flt"),
        ("a.wav", "pcm_f64le", "dbl"),
        ("a.mp3", "libmp3lame", "fltp"),
        ("a.m4a", "aac", "fltp"),
        ("a.flac", "flac", "s16"),
        ("a.opus", "libopus", "flt"),
        ("a.mkv", "flac", "s16"),
    ],
)
def test_every_common_format_gives_the_same_sound(tmp_path, speech, name, codec, sample_format):
    samples = speech(2)
    path = tmp_path / name
    write_sound(path, [samples], codec=codec, sample_format=sample_format)
    clip = read_clip(path, rate_hz=24_000)
    assert (clip.rate_hz, clip.truncated) == (24_000, False)
    assert clip.samples.dtype == np.float32
    assert abs(clip.samples.size - samples.size) <= 2048  # a frame of the encoder at each end
    n = min(clip.samples.size, samples.size)
    assert np.corrcoef(clip.samples[:n], samples[:n])[0, 1] > 0.98


def test_eight_bits_are_unsigned(tmp_path):
    with stdlib_wave.open(str(tmp_path / "old.wav"), "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", ""))
        file.writeframes(bytes((0, 64, 128, 192, 255)))
    found = read_clip(tmp_path / "old.wav").samples
    np.testing.assert_array_equal(found, np.array((-128, -64, 0, 64, 127), np.float32) / 128)


def test_recordings_of_two_rates_joined_to_one_file_are_read_to_the_end(tmp_path):
    both = b""
    for tone_hz, rate_hz in ((400, 44_100), (800, 22_050)):
        tone = 0.5 * np.sin(2 * np.pi * tone_hz * np.arange(rate_hz) / rate_hz)
        write_sound(tmp_path / "one.mp3", [tone], rate_hz, "libmp3lame", "fltp")
        both += (tmp_path / "one.mp3").read_bytes()
    (tmp_path / "both.mp3").write_bytes(both)
    samples = read_clip(tmp_path / "both.mp3", rate_hz=16_000).samples
    assert samples.size == pytest.approx(32_000, rel=0.05)
    heard = [np.abs(np.fft.rfft(second)).argmax() for second in (samples[:16_000], samples[-16_000:])]
    assert heard == [pytest.approx(400, abs=1), pytest.approx(800, abs=1)]


def test_the_sound_of_a_film_is_read(tmp_path, speech):
    path = tmp_path / "film.mp4"
    write_sound(path, [speech(1)], codec="aac", sample_format="fltp", video=True)
    assert read_clip(path).samples.size == pytest.approx(24_000, abs=1024)


def test_stereo_is_mixed_without_becoming_louder(tmp_path, speech):
    samples = speech(1)
    write_sound(tmp_path / "two.wav", [samples, samples])
    np.testing.assert_allclose(read_clip(tmp_path / "two.wav").samples, samples, atol=1e-4)


@pytest.mark.parametrize("gain", [-1.0, -0.9])
def test_a_channel_that_is_upside_down_does_not_silence_the_other(tmp_path, speech, gain):
    samples = speech(1)
    write_sound(tmp_path / "two.wav", [samples, gain * samples])
    np.testing.assert_allclose(read_clip(tmp_path / "two.wav").samples, samples, atol=1e-4)


def test_sixteen_channels_are_read(tmp_path, speech):
    write_sound(tmp_path / "many.wav", [speech(0.5)] * 16)
    clip = read_clip(tmp_path / "many.wav", rate_hz=16_000)
    assert clip.samples.size == 8000


@pytest.mark.parametrize(("rate_hz", "expected_hz"), [(8000, 8000), (96_000, 48_000), (384_000, 48_000)])
def test_the_native_rate_is_kept_up_to_48_khz(tmp_path, speech, rate_hz, expected_hz):
    write_sound(tmp_path / "a.wav", [speech(0.5, rate_hz)], rate_hz=rate_hz)
    clip = read_clip(tmp_path / "a.wav")
    assert clip.rate_hz == expected_hz
    assert clip.samples.size == pytest.approx(expected_hz / 2, abs=1)


def sparse_wav(path: Path, n_samples: int, rate_hz=8000):
    header = struct.pack("<IHHIIHH", 16, 1, 1, rate_hz, rate_hz * 2, 2, 16)
    with open(path, "wb") as handle:
        handle.write(b"RIFF" + struct.pack("<I", 36 + 2 * n_samples) + b"WAVEfmt " + header)
        handle.write(b"data" + struct.pack("<I", 2 * n_samples))
        handle.truncate(44 + 2 * n_samples)


def test_six_hours_are_read_only_up_to_the_limit(tmp_path):
    sparse_wav(tmp_path / "long.wav", 6 * 3600 * 8000)
    clip = read_clip(tmp_path / "long.wav", max_seconds=20)
    assert (clip.samples.size, clip.truncated) == (20 * 8000, True)


def test_a_clip_of_exactly_the_limit_is_not_called_truncated(tmp_path):
    sparse_wav(tmp_path / "exact.wav", 20 * 8000)
    clip = read_clip(tmp_path / "exact.wav", max_seconds=20)
    assert (clip.samples.size, clip.truncated) == (20 * 8000, False)


def test_a_truncated_mp3_gives_its_beginning(tmp_path, speech):
    write_sound(tmp_path / "a.mp3", [speech(3)], codec="libmp3lame", sample_format="fltp")
    data = (tmp_path / "a.mp3").read_bytes()
    (tmp_path / "cut.mp3").write_bytes(data[: len(data) // 2 + 13])
    assert 1.0 < read_clip(tmp_path / "cut.mp3").samples.size / 24_000 < 2.0


# The folder of a good clip stands for {folder}; the good clip's own beginning for a number.
HLS = b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{folder}/good.wav\n#EXT-X-ENDLIST\n"
SDP = b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n"
HOSTILE: dict[str, bytes | int] = {
    "empty.wav": b"",
    "text.wav": b"this is not a sound\n" * 500,
    "header-only.wav": 78,
    "half-a-header.wav": 20,
    "half.m4a": 3000,
    "zeros.mp3": bytes(100_000),
    "noise.mp3": np.random.default_rng(3).bytes(100_000),
    "playlist.m3u8": HLS,
    "playlist.wav": HLS,
    "list.wav": b"ffconcat version 1.0\nfile '{folder}/good.wav'\n",
    "call.sdp": SDP,
    "picture.mp3": b"\x89PNG\r\n\x1a\n" + bytes(2000),
}


def hostile_bytes(name: str, folder: Path) -> bytes:
    content = HOSTILE[name]
    if isinstance(content, int):
        return (folder / f"good{Path(name).suffix}").read_bytes()[:content]
    return content.replace(b"{folder}", bytes(folder))


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_not_a_sound_is_refused_in_one_line(tmp_path, speech, name):
    write_sound(tmp_path / "good.wav", [speech(1)])
    write_sound(tmp_path / "good.m4a", [speech(1)], codec="aac", sample_format="fltp")
    path = tmp_path / name
    path.write_bytes(hostile_bytes(name, tmp_path))
    with pytest.raises(InputError) as caught:
        read_clip(path)
    assert str(path) in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_samples_that_are_not_numbers_are_refused(tmp_path, speech, value):
    samples = speech(1)
    samples[5000] = value
    write_sound(tmp_path / "bad.wav", [samples], codec="pcm_f32le", sample_format="flt")
    with pytest.raises(InputError, match="NaN or infinite"):
        read_clip(tmp_path / "bad.wav")


def test_a_film_without_sound_a_folder_and_a_missing_file_are_refused(tmp_path):
    with av.open(str(tmp_path / "mute.mp4"), "w") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 64
        container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8))))
        container.mux(stream.encode(None))
    for path in (tmp_path / "mute.mp4", tmp_path, tmp_path / "none.wav"):
        with pytest.raises(InputError):
            read_clip(path)


def test_a_name_that_looks_like_an_address_is_only_a_name(tmp_path, monkeypatch, speech):
    monkeypatch.chdir(tmp_path)
    write_sound(tmp_path / "good.wav", [speech(1)])
    (tmp_path / "concat:good.wav").write_bytes((tmp_path / "good.wav").read_bytes())
    assert read_clip(Path("concat:good.wav")).samples.size == 24_000
    with pytest.raises(InputError):
        read_clip(Path("http://localhost/good.wav"))


def test_silence_is_a_clip(tmp_path):
    with stdlib_wave.open(str(tmp_path / "silence.wav"), "wb") as handle:
        handle.setnchannels(1)
        handle.setsampwidth(2)
        handle.setframerate(24_000)
        handle.writeframes(bytes(48_000))
    assert not read_clip(tmp_path / "silence.wav").samples.any()
