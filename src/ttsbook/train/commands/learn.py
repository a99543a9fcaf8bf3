"""Archives to weights: a recogniser that judges, the voice itself, the mean of several runs."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ttsbook import __version__
from ttsbook.train.commands.options import above_zero, choose_device, tell


def recogniser(
    data: Annotated[Path, typer.Argument(help="Folder of archives with durations.")],
    out: Annotated[Path, typer.Argument(help="The file to write.")],
    steps: Annotated[int, typer.Option(min=1, help="Batches of 24 windows.")] = 3_500,
    n_fft: Annotated[int, typer.Option(min=16, max=2_400, help="Samples of a spectrum at 24 kHz.")] = 600,
    n_mels: Annotated[int, typer.Option(min=1, help="Bands of a spectrum.")] = 64,
    width: Annotated[int, typer.Option(min=1, help="Channels.")] = 192,
    blocks: Annotated[int, typer.Option(min=1, help="Layers.")] = 3,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Teach a small network to hear phonemes, for fit --recogniser; minutes on one core.

    Example: python -m ttsbook.train recogniser data recogniser.safetensors
    """
    import torch

    from ttsbook.train.archive import read_archives
    from ttsbook.train.corpus import Corpus, no_durations
    from ttsbook.train.recogniser import RecogniserConfig, save, train
    from ttsbook.vits2.config import ModelConfig

    torch.manual_seed(seed)
    clips = [clip for clip in read_archives(data) if clip.durations]
    if not clips:
        raise no_durations()
    corpus = Corpus(clips, ModelConfig(), choose_device(device), seed=seed)

    def report(step: int, loss: float, right: float) -> None:
        tell(f"{step} misheard {loss:.3f} right {right:.3f}")

    config = RecogniserConfig(n_fft, n_mels, width, blocks)
    save(train(corpus, steps, report=report, config=config), out)


def fit(
    data: Annotated[Path, typer.Argument(help="Folder of archives.")],
    out: Annotated[
        Path, typer.Argument(help="Folder of the run; the same command goes on with an earlier run there.")
    ],
    minutes: Annotated[
        float, typer.Option(callback=above_zero, help="Wall-clock budget of this call.")
    ] = 60.0,
    schedule_minutes: Annotated[
        float | None,
        typer.Option(
            callback=above_zero, help="Length of the whole run, for the learning rates; else of this call."
        ),
    ] = None,
    start: Annotated[list[Path] | None, typer.Option(help="Weights to begin with; repeatable.")] = None,
    fresh_judges: Annotated[bool, typer.Option(help="Do not take discriminators from --start.")] = False,
    adversary_from: Annotated[int, typer.Option(min=0, help="Step at which discriminators join.")] = 0,
    judges_first: Annotated[
        int, typer.Option(min=0, help="Steps in which discriminators alone learn: fresh ones know nothing.")
    ] = 0,
    rate: Annotated[float, typer.Option(callback=above_zero, help="Highest learning rate.")] = 8e-4,
    scale: Annotated[
        int, typer.Option(min=1, help="Multiplies every batch; 1 suits two cores, 4 a big card.")
    ] = 1,
    window: Annotated[int, typer.Option(help="Latent frames (25 ms) of a window.")] = 64,
    recogniser: Annotated[
        list[Path] | None,
        typer.Option(help="File of `recogniser`, which judges whether phonemes are heard; may be repeated."),
    ] = None,
    text_steps: Annotated[
        int, typer.Option(min=0, help="Steps of the text side alone between whole ones, six times as cheap.")
    ] = 0,
    hold_decoder: Annotated[
        bool, typer.Option(help="Leave the decoder as it is; everything before it learns through it.")
    ] = False,
    hold_rest: Annotated[
        bool, typer.Option(help="Teach the decoder alone; everything before it stays as it is.")
    ] = False,
    teach_all: Annotated[
        bool, typer.Option(help="Borrowed voices teach text and prior too, not only flow and decoder.")
    ] = False,
    weigh: Annotated[
        list[str] | None,
        typer.Option(help="Another weight of a loss, NAME=NUMBER; may be repeated, 0 leaves it out."),
    ] = None,
    duration_noise: Annotated[
        int, typer.Option(min=0, help="Channels of noise for an adversarial duration predictor; 0 has none.")
    ] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Train within a time budget; stop and go on at any time.

    Example: python -m ttsbook.train fit data runs/first --minutes 60
    """
    from ttsbook.train.archive import read_archives
    from ttsbook.train.calls import only_call
    from ttsbook.train.corpus import Corpus
    from ttsbook.train.fit import fit as run
    from ttsbook.train.fit_config import FitConfig
    from ttsbook.train.recogniser import load
    from ttsbook.train.state import start_from
    from ttsbook.train.trainer import Trainer
    from ttsbook.vits2.config import ModelConfig

    where = choose_device(device)
    model = ModelConfig(duration_noise=duration_noise)
    config = FitConfig(
        seconds=minutes * 60,
        schedule_seconds=(schedule_minutes or minutes) * 60,
        window=window,
        rate=rate,
        adversary_from=adversary_from,
        judges_first=judges_first,
        text_steps=text_steps,
        hold_decoder=hold_decoder,
        hold_rest=hold_rest,
        teach_all=teach_all,
        seed=seed,
    )
    config = config.scaled(scale).weighed(dict(_weight(text) for text in weigh or ()))
    if start:  # a prior that knows its posterior is not to forget it
        config = replace(config, kl_ramp=1)
    with only_call(out):
        begin = time.monotonic()
        corpus = Corpus(list(read_archives(data)), model, where, seed=seed)
        tell(
            f"{corpus.hours:.2f} h: {len(corpus.labelled)} labelled clips, {len(corpus.other)} others; "
            f"loaded in {time.monotonic() - begin:.0f} s"
        )
        trainer = Trainer(model, config, corpus, [load(path) for path in recogniser or ()])
        if start and not (out / "state.pt").exists():
            start_from(trainer, start, discriminators=not fresh_judges)
        tell(f"device {where}, {'bfloat16' if trainer.networks.bfloat16_is_fast else 'float32'}")

        def report(step: int, seconds: float, values: dict[str, float]) -> None:
            tell(f"{step} {seconds:.0f}s " + " ".join(f"{key} {value:.3f}" for key, value in values.items()))

        told = {
            "ttsbook": __version__,
            "data": str(data),
            "start": list(map(str, start or ())),
            "fresh_judges": fresh_judges,
            "recogniser": list(map(str, recogniser or ())),
            "duration_noise": duration_noise,
            "device": str(where),
        }
        run(trainer, out, report=report, say=tell, told=told)
        tell(f"{trainer.step} steps; weights in {out / 'checkpoint.safetensors'}")


def average(
    out: Annotated[Path, typer.Argument(help="The file to write.")],
    checkpoints: Annotated[list[Path], typer.Argument(help="Weights; what the last holds is written.")],
    shares: Annotated[str, typer.Option(help="Numbers, one for each file, with commas between.")],
    part: Annotated[
        list[str] | None, typer.Option(help="Other shares for a part: NAME=NUMBERS; may be repeated.")
    ] = None,
) -> None:
    """Mix the weights of several runs that began alike: the mean often sounds better than each.

    Example: python -m ttsbook.train average mean.safetensors a.safetensors b.safetensors
    --shares 1,0 --part synthesizer.decoder=1,2 --part posterior=0,1
    """
    from ttsbook.train.average import average as write

    parts = dict(_part(text) for text in part or ())
    write(out, checkpoints, _numbers(shares), parts)


def _part(text: str) -> tuple[str, tuple[float, ...]]:
    name, _, numbers = text.partition("=")
    return name, _numbers(numbers)


def _weight(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        return name, float(number)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a weight such as likeness=2") from error


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(number) for number in text.split(","))
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a list of numbers such as 1,0.5") from error
