"""The synthesizer without torch: three small ONNX graphs and numpy between them.

    text      ids, voice → conditioning, hidden states, log-durations
    latents   spread hidden states, noise → latents, pitch
    decoder   latents, pitch, source spectra → spectrum of the wave

Between the last two, pitch gets its range and its rises (`intonation`), and latents and pitch are read at
another rate where another speed than 1 is asked for (`tempo`).

One utterance at a time: the sums inside a matrix product may be ordered differently in a batch, and
then the bytes of a book would depend on how its chunks were grouped. The same goes for threads inside
a product. Long inputs fill a core anyway; more cores are used by speaking utterances side by side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ttsbook.errors import InputError, MissingError, OutOfMemory, RenderError, first_line, tells_no_room
from ttsbook.vits2.batch import Utterance, checked, spread_index
from ttsbook.vits2.config import LANGUAGES, ModelConfig
from ttsbook.vits2.intonation import intone
from ttsbook.vits2.noise import draw_noise, hiss_spectra
from ttsbook.vits2.session import (
    CPU,
    GET,
    cause_of,
    failures,
    load_runtime,
    name_of,
    open_session,
    opening_failures,
)
from ttsbook.vits2.tempo import frames_at, pace, read_at
from ttsbook.vits2.waveform import istft, pulse_train, stft

Real = NDArray[np.float32]
GRAPHS = ("text", "latents", "decoder")


class OnnxSynthesizer:
    """Speaks through ONNX Runtime. Safe to share between threads: a call keeps no state.

    Args:
        folder: holds the graphs and the weights they name.
        precision: "fp32", or "int8" for products of 8-bit integers.

    Raises:
        MissingError: ONNX Runtime or a graph is missing.
    """

    def __init__(self, folder: Path, *, precision: str = "fp32") -> None:
        self._sessions = {name: open_graph(folder, name, precision=precision) for name in GRAPHS}
        self.config = load_config(self._sessions["text"])

    def speak(self, said: Utterance) -> tuple[Real, NDArray[np.float64]]:
        """Speak one utterance.

        Returns:
            samples [L] at `config.rate_hz`, and the length of every phoneme in latent frames.

        Raises:
            OutOfMemory: the utterance does not fit.
            RenderError: the runtime failed, or the result holds numbers that are not finite.
        """
        g, hidden, log_frames = self.encode(said.ids, said.embedding, said.pitch, said.language)
        durations, rate = pace(log_frames, said.speed)
        return self.decode(said, g, hidden, durations, rate), durations / rate

    def encode(
        self, ids: Sequence[int], embedding: Real, pitch: tuple[float, float], language: str
    ) -> tuple[Real, Real, Real]:
        """Return the conditioning vector [S], hidden states [C, T] and log-durations [T]."""
        if language not in LANGUAGES:
            raise InputError(f"the voice speaks {' and '.join(LANGUAGES)}, not {language!r}")
        g, hidden, log_frames = self._run(
            "text",
            ids=np.asarray([ids], np.int64),
            mask=np.ones((1, len(ids)), np.float32),
            embedding=embedding[None],
            pitch=np.asarray([pitch], np.float32),
            language=np.asarray([LANGUAGES.index(language)], np.int64),
        )
        return g[0], hidden[0], log_frames[0]

    def decode(
        self, said: Utterance, g: Real, hidden: Real, durations: NDArray[np.int64], rate: float = 1.0
    ) -> Real:
        """Return the samples [L] of an utterance whose phonemes have these lengths, read at a rate."""
        config = self.config
        spread, position = spread_frames(hidden, durations)
        n_frames = spread.shape[1]
        noise = draw_noise(said.seed, config, n_frames, frames_at(rate, n_frames))
        z, f0 = self._run(
            "latents",
            spread=spread[None],
            position=position[None],
            mask=np.ones((1, 1, n_frames), np.float32),
            g=g[None],
            noise=noise.latent[None] * np.float32(said.noise_scale),
        )
        f0 = intone(f0[0], durations, said.language, said.rises)[None]
        if rate != 1.0:
            z, f0 = (values[None] for values in read_at(rate, z[0], f0[0]))
        pulses = pulse_train(f0[0], config.hop, config.rate_hz, noise.start_phase)
        tone_real, tone_imag = stft(pulses, config.n_fft, config.hop)
        noise_real, noise_imag = hiss_spectra(noise, config)
        real, imaginary = self._run(
            "decoder",
            z=z,
            f0=f0,
            embedding=said.embedding[None],
            mask=np.ones((1, 1, f0.shape[1]), np.float32),
            tone_real=tone_real[None],
            tone_imag=tone_imag[None],
            noise_real=noise_real[None],
            noise_imag=noise_imag[None],
        )
        if said.tone is not None:
            real, imaginary = real * said.tone, imaginary * said.tone
        return checked(istft(real[0], imaginary[0], config.n_fft, config.hop))

    def _run(self, name: str, **inputs: NDArray[Any]) -> list[Any]:
        return run_graph(self._sessions[name], name, inputs)


def graph_file(name: str, precision: str = "fp32") -> str:
    """Return the file of a graph in a precision, "fp32" or "int8"."""
    return f"{name}.int8.onnx" if precision == "int8" else f"{name}.onnx"


def open_graph(
    folder: Path,
    name: str,
    providers: Sequence[Any] = (CPU,),
    precision: str = "fp32",
    sizes: Mapping[str, int] | None = None,
) -> Any:
    """Open one of the model's graphs.

    Args:
        providers: ONNX Runtime execution providers in order of preference, each a name or a pair of name
            and options.
        sizes: of the axes that have names, to be fixed.

    Raises:
        MissingError: ONNX Runtime or the graph is missing, or it cannot be loaded.
        OutOfMemory: there is no room for it.
    """
    options = load_runtime().SessionOptions()
    options.intra_op_num_threads = 1  # more would change the last bits; see above
    options.inter_op_num_threads = 1
    # Every utterance has another length: memory kept for the shapes of the last ones only piles up.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 3  # errors only: warnings about graph optimisation are noise
    for axis, size in (sizes or {}).items():
        options.add_free_dimension_override_by_name(axis, size)
    path = folder / graph_file(name, precision)
    if not path.is_file():
        raise MissingError(f"the model's graph {path} is missing", "reinstall ttsbook")
    try:
        return open_session(path, options, providers)
    except opening_failures() as error:
        first = name_of(providers[0])
        why = cause_of(error, first)
        if tells_no_room(error):
            raise OutOfMemory(f"no memory to load {path}: {why}") from error
        raise MissingError(f"cannot load {path}: {why}", GET.get(first, "reinstall ttsbook")) from error


def load_config(text_session: Any) -> ModelConfig:
    """Return the sizes that the text encoder's graph carries."""
    found = text_session.get_modelmeta().custom_metadata_map
    return ModelConfig.from_json(found["config"]) if "config" in found else ModelConfig()


def run_graph(session: Any, name: str, inputs: Mapping[str, NDArray[Any]]) -> list[Any]:
    """Run one of the model's graphs.

    Raises:
        OutOfMemory: the inputs do not fit.
        RenderError: the runtime failed.
    """
    feed = {key: np.ascontiguousarray(value) for key, value in inputs.items()}
    try:
        outputs: list[Any] = session.run(None, feed)
    except failures() as error:
        line = first_line(error)
        if tells_no_room(error):
            raise OutOfMemory(f"out of memory in the model's {name} part: {line}") from error
        raise RenderError(f"the model's {name} part failed: {line}") from error
    return outputs


def spread_frames(hidden: Real, durations: NDArray[np.int64]) -> tuple[Real, Real]:
    """Repeat each phoneme's state for its duration; see `prior.spread_frames`.

    hidden: [C, T]; durations: [T] → spread [C, N], position [2, N].
    """
    index, position = spread_index(durations, int(durations.sum()))
    return hidden[:, index], position
