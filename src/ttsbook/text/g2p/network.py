"""The network of g2p-en 2.1 (Park and Kim, Apache-2.0) for words that no dictionary has, in numpy.

A GRU reads the letters, a GRU writes the phones. The package itself is never imported: its import
calls `nltk.download`. Only its weights are read, from where the package is installed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ttsbook.errors import MissingError
from ttsbook.paths import installed
from ttsbook.text.g2p.arpabet import CONSONANTS, VOWELS, from_arpabet

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

_LETTERS = {letter: 3 + index for index, letter in enumerate("abcdefghijklmnopqrstuvwxyz")}
_UNKNOWN_LETTER, _END_OF_WORD = 1, 2
_START, _END = 2, 3  # among the phones
_MAX_PHONES = 20  # as in the package; `predict_word` reads longer words in pieces


def _phone_table() -> tuple[str, ...]:
    """Return the phones in the order of the network's output layer."""
    with_stress = {vowel: [f"{vowel}{stress}" for stress in "012"] for vowel in VOWELS}
    names = sorted([*CONSONANTS, *VOWELS])
    table = ["<pad>", "<unk>", "<s>", "</s>"]
    for name in names:
        if name == "UW":  # the training list had a bare UW as well
            table.append("UW")
        table.extend(with_stress.get(name, [name]))
    return tuple(table)


@dataclass(frozen=True, slots=True)
class _Gru:
    """One recurrent layer; the gates are stacked as reset, update, new."""

    w_in: Array  # [inputs, 3 * hidden]
    w_hidden: Array  # [hidden, 3 * hidden]
    b_in: Array
    b_hidden: Array

    def step(self, x: Array, h: Array) -> Array:
        import numpy as np

        n = h.shape[0]
        a, b = x @ self.w_in + self.b_in, h @ self.w_hidden + self.b_hidden
        gates = 1.0 / (1.0 + np.exp(-(a[: 2 * n] + b[: 2 * n])))
        reset, update = gates[:n], gates[n:]
        new = np.tanh(a[2 * n :] + reset * b[2 * n :])
        return np.asarray((1.0 - update) * new + update * h, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class _Network:
    letters: Array  # [29, 64]
    phones: Array  # [74, 64]
    encoder: _Gru
    decoder: _Gru
    w_out: Array  # [hidden, 74]
    b_out: Array
    table: tuple[str, ...]

    def predict(self, word: str) -> list[str]:
        import numpy as np

        h: Array = np.zeros(self.encoder.w_hidden.shape[0], np.float32)
        for letter in [*(_LETTERS.get(c, _UNKNOWN_LETTER) for c in word), _END_OF_WORD]:
            h = self.encoder.step(self.letters[letter], h)
        phones: list[str] = []
        phone = _START
        while len(phones) < _MAX_PHONES:
            h = self.decoder.step(self.phones[phone], h)
            phone = int((h @ self.w_out + self.b_out).argmax())
            if phone == _END:
                break
            phones.append(self.table[phone])
        return [name for name in phones if not name.startswith("<")]


@lru_cache(maxsize=1)
def _network() -> _Network:
    import numpy as np

    path = installed("g2p_en", "pip install 'g2p-en>=2.1'") / "checkpoint20.npz"
    with np.load(path, allow_pickle=False) as file:
        w = {name: np.ascontiguousarray(file[name], dtype=np.float32) for name in file.files}

    def gru(prefix: str) -> _Gru:
        return _Gru(
            np.ascontiguousarray(w[f"{prefix}_w_ih"].T),
            np.ascontiguousarray(w[f"{prefix}_w_hh"].T),
            w[f"{prefix}_b_ih"],
            w[f"{prefix}_b_hh"],
        )

    w_out = np.ascontiguousarray(w["fc_w"].T)
    table = _phone_table()
    if len(table) != w_out.shape[1]:
        raise MissingError(
            f"{path} is not the network of g2p-en 2.1",
            "install the release that fits: pip install 'g2p-en==2.1.0'",
        )
    return _Network(w["enc_emb"], w["dec_emb"], gru("enc"), gru("dec"), w_out, w["fc_b"], table)


@lru_cache(maxsize=1 << 16)
def predict_word(word: str) -> str:
    """Return the network's guess at a word of the letters a-z (others are skipped).

    Names longer than the network was made for are read in pieces, so that no letter goes unheard.
    """
    pieces = [word[i : i + _MAX_LETTERS] for i in range(0, len(word), _MAX_LETTERS)]
    return "".join(from_arpabet(" ".join(_network().predict(piece))) for piece in pieces)


_MAX_LETTERS = 18  # an English word of 18 letters has at most about 20 phones
