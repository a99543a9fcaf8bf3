"""What a GPU does with all of this, in ten minutes: `python tests/on_gpu.py [FOLDER]` in a checkout.

Nothing need be installed but what a step needs; one that fails, or lacks something, is told and the next one
begins. The first need numpy and torch or ONNX Runtime only. What they print and write is kept in FOLDER.

    python tests/on_gpu.py model torch fp16 [DEVICE]    # one step by itself: the model and nothing else
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE / "train")]
TEXT = "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˈOvəɹ ðə lˈAzi dˈɔɡ, ænd ðɛn hi wˈɔks hˈOm. "
BOOK_BYTES = 560_000  # ten hours
PYTHON = (sys.executable, str(Path(__file__).resolve()))
TTSBOOK = (sys.executable, "-m", "ttsbook")
FIT = (sys.executable, "-m", "ttsbook.train", "fit", "data", "run", "--minutes", "1", "--scale", "4")
STEPS: tuple[tuple[str, int, Sequence[str]], ...] = (  # name, most seconds, command
    ("torch fp16", 90, (*PYTHON, "model", "torch", "fp16")),
    ("torch fp32", 90, (*PYTHON, "model", "torch", "fp32")),
    ("onnx", 90, (*PYTHON, "model", "onnx", "fp32")),
    ("doctor", 60, (*TTSBOOK, "doctor")),
    ("tests", 120, (sys.executable, "-m", "pytest", "-m", "gpu", "-p", "no:cacheprovider", str(HERE))),
    ("book", 60, (*PYTHON, "book")),
    ("ten hours", 180, (*PYTHON, "render")),
    ("bench", 120, (*TTSBOOK, "bench", "--runs", "1", "--engine", "vits2", "--engine", "hybrid")),
    ("data", 60, (*PYTHON, "data")),
    ("fit", 120, FIT),
    ("fit goes on", 120, FIT),
    ("tensorrt", 240, (*PYTHON, "model", "tensorrt", "fp16")),
)


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["model"]:
        return model(*arguments[1:])
    if arguments in (["book"], ["render"], ["data"]):
        return {"book": write_book, "render": render, "data": write_data}[arguments[0]]()
    folder = Path(arguments[0] if arguments else "on-gpu").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    paths = os.pathsep.join([str(HERE.parent / "src"), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": paths, "TTSBOOK_HOME": str(folder / "home")}
    failed = 0
    for name, most, command in STEPS:
        began, log = time.monotonic(), folder / f"{name.replace(' ', '-')}.log"
        with open(log, "w") as out:
            try:
                done = subprocess.run(
                    command, cwd=folder, env=environment, stdout=out, stderr=out, timeout=most, check=False
                )
                code = str(done.returncode)
            except subprocess.TimeoutExpired:
                code = "too slow"
        failed += code != "0"
        lines = log.read_text("utf-8", "replace").strip().splitlines()[-4:]
        print(f"== {name}: {'good' if code == '0' else code}, {time.monotonic() - began:.0f} s")
        print(*(f"   {line[:160]}" for line in lines), sep="\n", flush=True)
    return int(failed > 0)


def model(runtime: str, precision: str, device: str = "cuda") -> int:
    """Speak texts of all lengths in batches: how fast, in how much memory, and like the processor?"""
    import numpy as np

    from ttsbook import paths, symbols
    from ttsbook.bench.gpu_memory import GpuMemory
    from ttsbook.engines.backend import open_backend
    from ttsbook.engines.base import EngineSpec
    from ttsbook.engines.hardware import choose_hardware
    from ttsbook.vits2.batch import Utterance
    from ttsbook.vits2.runtime import OnnxSynthesizer

    weights = paths.packaged("weights")
    embedding = np.random.default_rng(0).random(256).astype(np.float32)
    embedding /= np.linalg.norm(embedding)
    lengths = [40] * 32 if runtime == "tensorrt" else [20 + 7 * n % 200 for n in range(512)]
    if device == "cpu":
        lengths = lengths[:4]
    said = [
        Utterance(symbols.encode((TEXT * 4)[:n]), embedding, (0.1, 0.2), "en", seed, 0.3)
        for seed, n in enumerate(lengths)
    ]
    with GpuMemory() as memory:
        if runtime == "tensorrt":
            from ttsbook.engines.tensorrt_engine import TensorRtEngine

            backend = TensorRtEngine(EngineSpec("tensorrt", device))._open()
        else:
            backend = open_backend(weights, choose_hardware(device, runtime, precision), 1)
        first = backend.speak(said)
        began = time.monotonic()
        again = backend.speak(said[::-1])[::-1]
        seconds = time.monotonic() - began
    audio = sum(len(samples) for samples, _ in first) / 24_000
    same = all(np.array_equal(a, b) for (a, _), (b, _) in zip(first, again, strict=True))
    synthesizer = OnnxSynthesizer(weights)
    alone = [synthesizer.speak(each) for each in said[:8]]
    lasting = all(np.array_equal(a, b) for (_, a), (_, b) in zip(first, alone, strict=False))
    levels = [20 * np.log10(np.std(a) / np.std(b)) for (a, _), (b, _) in zip(first, alone, strict=False)]
    print(f"{audio:.0f} s of sound in {seconds:.2f} s: real-time factor {seconds / audio:.6f}")
    print(f"GPU memory {(memory.peak_bytes or 0) / 2**20:.0f} MiB, the same bytes again: {same}")
    print(f"as long as on the processor: {lasting}; as loud within {np.abs(levels).max():.2f} dB")
    return int(not (same and lasting and np.abs(levels).max() < 1))


def write_book() -> int:
    """Write a made-up book of ten hours, in which hardly a sentence occurs twice."""
    from ttsbook.bench.text import _blocks

    texts = [block.text for block in _blocks("en", BOOK_BYTES)]
    chapters = (texts[start : start + 60] for start in range(0, len(texts), 60))
    Path("book.md").write_text("\n\n".join("# Part\n\n" + "\n\n".join(some) for some in chapters), "utf-8")
    return 0


def render() -> int:
    """Render it; say how much memory of the GPU that took."""
    from ttsbook.bench.gpu_memory import GpuMemory

    with GpuMemory() as memory:
        command = [*TTSBOOK, "render", "book.md", "-o", "book.m4b", "--force", "--device", "cuda"]
        done = subprocess.run([*command, "--no-fallback", "--progress", "none"], check=False)
    print(f"GPU memory {(memory.peak_bytes or 0) / 2**20:.0f} MiB")
    return done.returncode


def write_data() -> int:
    """Write made-up clips to train on."""
    from clip_maker import make_clip

    from ttsbook.train.archive import write_archive

    Path("data").mkdir(exist_ok=True)
    clips = [make_clip(f"t{n}", n_phonemes=30 + n, language=("en", "zh")[n % 2], seed=n) for n in range(24)]
    clips += [make_clip(f"r{n}", n_phonemes=40, labelled=False, seed=100 + n) for n in range(8)]
    write_archive(Path("data") / "made-up.clips.zip", clips)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
