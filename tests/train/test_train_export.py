"""What ships says what the trained model says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="export needs the extra `train`")
pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from clip_maker import TINY  # noqa: E402

from ttsbook.files import sha256_file  # noqa: E402
from ttsbook.paths import packaged  # noqa: E402
from ttsbook.train.export import export, export_training  # noqa: E402
from ttsbook.vits2.batch import Utterance  # noqa: E402
from ttsbook.vits2.checkpoint import load_weights, read_config, save_weights  # noqa: E402
from ttsbook.vits2.config import LANGUAGES  # noqa: E402
from ttsbook.vits2.discriminator import Discriminators  # noqa: E402
from ttsbook.vits2.intonation import intone  # noqa: E402
from ttsbook.vits2.model import Synthesizer, whole_frames  # noqa: E402
from ttsbook.vits2.noise import draw_noise  # noqa: E402
from ttsbook.vits2.posterior import PosteriorEncoder  # noqa: E402
from ttsbook.vits2.prior import spread_frames  # noqa: E402
from ttsbook.vits2.runtime import OnnxSynthesizer  # noqa: E402


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("export")
    model = Synthesizer(TINY)
    with torch.no_grad():  # untrained, voicing is a toss-up that the last bit of a sum decides
        model.prior.pitch.project.bias[2:] = 3.0
    save_weights(path / "checkpoint.safetensors", TINY, {"synthesizer": model})
    export(path / "checkpoint.safetensors", path / "model")
    return path / "model"


@dataclass(frozen=True)
class Said:
    """What both sides computed on the way."""

    latents: np.ndarray
    f0: np.ndarray
    samples: np.ndarray
    samples_of_theirs: np.ndarray  # from the latents and the pitch of the other side


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("n_phonemes", [1, 7, 120, 400])
def test_torch_and_onnx_agree(folder: Path, language: str, n_phonemes: int) -> None:
    check_agreement(folder, language, n_phonemes)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("n_phonemes", [1, 7, 40, 500])
def test_torch_and_onnx_agree_on_the_voice_that_ships(language: str, n_phonemes: int) -> None:
    check_agreement(packaged("weights"), language, n_phonemes)


def check_agreement(folder: Path, language: str, n_phonemes: int) -> None:
    """Pitch is summed up over the utterance: its last bits shift the pulses of long ones.

    So the wave is compared from equal latents and pitch, and these for themselves.
    """
    random = np.random.default_rng(n_phonemes)
    ids = [0, *random.integers(1, 170, n_phonemes).tolist(), 0]
    embedding = random.standard_normal(256).astype(np.float32)
    embedding /= np.linalg.norm(embedding)
    runtime = OnnxSynthesizer(folder)
    config = read_config(folder / "base.safetensors")
    assert runtime.config == config
    latents: list[np.ndarray] = []
    run = runtime._run

    def spy(name: str, **inputs: np.ndarray) -> list[np.ndarray]:
        outputs = run(name, **inputs)
        latents.extend(outputs if name == "latents" else ())
        return outputs

    runtime._run = spy  # type: ignore[method-assign]
    samples, durations = runtime.speak(Utterance(ids, embedding, (0.2, 0.1), language, 5, 0.5))
    said = speak_in_torch(folder, ids, embedding, language, durations.astype(np.int64), latents)
    assert np.abs(said.latents - latents[0]).max() < 1e-3
    assert np.abs(said.f0 - latents[1]).max() < 1e-2
    assert len(samples) == (2 * durations.sum() - 1) * config.hop
    assert np.abs(samples).max() > 1e-3
    assert np.abs(samples - said.samples_of_theirs).max() < 1e-3
    if n_phonemes == 1 and config != TINY:
        assert np.abs(samples - said.samples).max() < 1e-3


@torch.no_grad()
def speak_in_torch(
    folder: Path,
    ids: list[int],
    embedding: np.ndarray,
    language: str,
    durations: np.ndarray,
    latents: list[np.ndarray],
) -> Said:
    config = read_config(folder / "base.safetensors")
    model = Synthesizer(config).eval()
    load_weights(folder / "base.safetensors", {"synthesizer": model})
    voice = torch.from_numpy(embedding)[None]
    g, hidden, log_frames = model.encode(
        torch.tensor([ids]),
        torch.ones(1, len(ids)),
        voice,
        torch.tensor([[0.2, 0.1]]),
        torch.tensor([LANGUAGES.index(language)]),
    )
    assert np.array_equal(whole_frames(log_frames)[0].numpy(), durations)
    n_frames = int(durations.sum())
    noise = draw_noise(5, config, n_frames, n_frames)
    spread, position, mask = spread_frames(hidden, torch.from_numpy(durations)[None], n_frames)
    z, f0 = model.latents(spread, position, mask, g, torch.from_numpy(noise.latent)[None] * 0.5)
    phase = torch.tensor([noise.start_phase], dtype=torch.float32)
    white = torch.from_numpy(noise.white)[None]
    ours, theirs = (
        model.decoder(
            torch.from_numpy(said_z),
            torch.from_numpy(intone(said_f0[0], durations, language))[None],
            voice,
            phase,
            white,
        )[0]
        .clamp(-1, 1)
        .numpy()
        for said_z, said_f0 in ((z.numpy(), f0.numpy()), latents)
    )
    return Said(z.numpy(), f0.numpy(), ours, theirs)


def test_the_weights_are_stored_once_and_in_half_precision(folder: Path) -> None:
    n_weights = sum(value.numel() for value in Synthesizer(TINY).state_dict().values())
    assert (folder / "base.safetensors").stat().st_size < 2 * n_weights + 60_000
    assert sum(path.stat().st_size for path in folder.glob("*.onnx")) < 800_000
    assert read_config(folder / "base.safetensors") == TINY


def test_the_hashes_are_those_of_the_files(folder: Path) -> None:
    index = json.loads((folder / "base.json").read_text("utf-8"))
    assert set(index["sha256"]) == {
        "base.safetensors",
        "text.onnx",
        "text.int8.onnx",
        "latents.onnx",
        "latents.int8.onnx",
        "decoder.onnx",
        "decoder.int8.onnx",
    }
    for name, value in index["sha256"].items():
        assert sha256_file(folder / name) == value


def test_the_same_checkpoint_gives_the_same_files(folder: Path, tmp_path: Path) -> None:
    export(folder.parent / "checkpoint.safetensors", tmp_path)
    assert (tmp_path / "base.json").read_bytes() == (folder / "base.json").read_bytes()


def test_a_later_run_goes_on_with_what_only_training_needs(tmp_path: Path) -> None:
    torch.manual_seed(1)
    posterior, judges = PosteriorEncoder(TINY), Discriminators().eval()
    checkpoint = tmp_path / "checkpoint.safetensors"
    save_weights(checkpoint, TINY, {"posterior": posterior, "discriminators": judges})
    paths = export_training(checkpoint, tmp_path / "training")
    assert [path.stem for path in paths] == ["posterior", "discriminators"]
    n_weights = sum(value.numel() for value in judges.parameters())
    assert paths[1].stat().st_size < 1.1 * n_weights  # a byte for a weight
    again = Discriminators().eval()
    load_weights(paths[1], {"discriminators": again})
    wave = 0.1 * torch.randn(2, 24_000)
    with torch.no_grad():
        for (score, maps), (score_again, maps_again) in zip(judges(wave), again(wave), strict=True):
            for ours, theirs in zip((score, *maps), (score_again, *maps_again), strict=True):
                assert float((ours - theirs).norm() / ours.norm()) < 0.2
