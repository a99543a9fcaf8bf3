"""An engine whose speech is a tone: length by phonemes, content by the request, faults on demand.

Named in an `EngineSpec` as "tone_engine:ToneEngine". The only thing that the tests of rendering fake.
"""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import time
from collections.abc import Sequence
from multiprocessing import parent_process
from pathlib import Path

import numpy as np

from ttsbook.engines.base import EngineSpec, Request
from ttsbook.errors import DeviceFailed, MissingError, OutOfMemory
from ttsbook.types import Speech, VoiceProfile

RATE_HZ = 8000
NAME = "tone_engine:ToneEngine"


class ToneEngine:
    """Options: log=FILE notes every utterance; kill, hang, fail=WORD misbehave on a word; once=FILE only
    until that file exists; delay=SECONDS per utterance; fits=N batches of more run out of memory;
    device=NAME is where it runs unless asked for the processor; fits_nothing: there, nothing has room;
    fails_there: there, every batch fails;
    crowd=N is out of memory whenever N processes speak, as counted in crowd_folder; missing=TEXT cannot be
    loaded, missing_later=TEXT not when it is to speak, missing_there=TEXT not on that device;
    quiet=NAME is a voice 20 dB below the others;
    no_memory finds none to load in; no_threads: a worker gets no more; dies_in_worker is killed while
    loading in a worker."""

    name = "tone"
    rate_hz = RATE_HZ
    max_phonemes = 400

    def __init__(self, spec: EngineSpec) -> None:
        self._options = dict(spec.options)
        self.device = "cpu" if spec.device == "cpu" else self._options.get("device", "cpu")
        self.fingerprint = f"tone-{self._options.get('model', '1')}"
        if "missing" in self._options:
            raise MissingError(self._options["missing"], "install it")
        if folder := self._options.get("crowd_folder"):
            (Path(folder) / str(os.getpid())).touch()
        if "no_threads" in self._options and parent_process() is not None:
            _take_the_room_for_threads()
        if "dies_in_worker" in self._options and parent_process() is not None:
            os.kill(os.getpid(), signal.SIGKILL)

    def speak(self, requests: Sequence[Request], voice: VoiceProfile) -> list[Speech]:
        if "missing_later" in self._options:
            raise MissingError(self._options["missing_later"], "install it")
        if self.device != "cpu" and "missing_there" in self._options:
            raise MissingError(self._options["missing_there"], "install it")
        if "no_memory" in self._options:
            raise MemoryError
        self._count_the_crowd()
        if self.device != "cpu" and "fits_nothing" in self._options:
            raise OutOfMemory("the GPU has no room at all")
        if self.device != "cpu" and "fails_there" in self._options:
            raise DeviceFailed("no kernel image is available for execution on the device")
        if len(requests) > int(self._options.get("fits", "1000")):
            raise OutOfMemory(f"no room for {len(requests)}")
        return [self._speak(request, voice) for request in requests]

    def close(self) -> None: ...

    def _speak(self, request: Request, voice: VoiceProfile) -> Speech:
        time.sleep(float(self._options.get("delay", "0")))
        self._misbehave(request)
        if log := self._options.get("log"):
            with open(log, "a", encoding="utf-8") as handle:
                handle.write(f"{request.phonemes}\n")
        if not request.phonemes:
            return Speech(np.zeros(0, np.float32), RATE_HZ)
        content = f"{request.phonemes}|{voice.fingerprint}|{request.noise}".encode()
        pitch = 200 + hashlib.sha256(content).digest()[0]
        n = int(len(request.phonemes) * 0.02 * RATE_HZ / request.speed)
        noise = np.random.default_rng(request.seed).normal(0, 0.02, n)
        tone = 0.2 * np.sin(2 * np.pi * pitch * np.arange(n) / RATE_HZ)
        silence = np.zeros(RATE_HZ // 10)
        loudness = 0.1 if voice.name == self._options.get("quiet") else 1.0
        samples = np.concatenate([silence, loudness * (tone + noise), silence]).astype(np.float32)
        steps = np.arange(1, len(request.phonemes) + 1)
        ends = len(silence) + steps * n // len(request.phonemes)
        return Speech(samples, RATE_HZ, tuple(int(end) for end in ends))

    def _count_the_crowd(self) -> None:
        if folder := self._options.get("crowd_folder"):
            crowd = int(self._options["crowd"])
            while len(list(Path(folder).iterdir())) < crowd:  # nobody speaks before all of them are there
                time.sleep(0.01)
            alive = [path for path in Path(folder).iterdir() if Path(f"/proc/{path.name}").exists()]
            if len(alive) >= crowd:
                raise OutOfMemory("no room for so many processes")

    def _misbehave(self, request: Request) -> None:
        once = self._options.get("once")
        if once and Path(once).exists():
            return
        for fault in ("kill", "hang", "fail"):
            if self._options.get(fault, "\0") not in request.phonemes:
                continue
            if once:
                Path(once).touch()
            if fault == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            if fault == "hang":
                time.sleep(60)
            raise ZeroDivisionError("the engine divided by zero")


def _take_the_room_for_threads() -> None:
    """Leave this process the memory that it has: the stack of a thread finds none."""
    n_pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (n_pages * resource.getpagesize(),) * 2)
