"""What is known of a language: its words with their frequencies, and how its letters follow.

One file holds both, laid out as arrays that are used as they lie on disk. Words are kept as a
minimal acyclic automaton (Daciuk et al. 2000, doi:10.1162/089120100561601), so that a reader can
walk it letter by letter; a word's place in the sorted list leads to its cost. Costs are
-log2 of a probability, in eighths of a bit.
"""

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from inkwatch.errors import BundleError

MAGIC = b"inkwatch-lexicon/1\n"
SYMBOLS = "\0'abcdefghijklmnopqrstuvwxyz"
"""What words are made of; the first marks a word's beginning and end."""

ROOT = 0
NOWHERE = -1
STEPS_PER_BIT = 8
ORDER = 4
"""How many symbols the letter model sees at once: the next one and three before it."""

_ALIGN = 8
_SYMBOL_OF = {symbol: k for k, symbol in enumerate(SYMBOLS)}


class Header(msgspec.Struct, frozen=True):
    """The file's second line. `arrays` maps a name to dtype and length, in the file's order."""

    language: str
    source: str
    licence: str
    words: int
    arrays: dict[str, tuple[str, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """A loaded file.

    Node k's edges are `first_edge[k]` up to `first_edge[k + 1]`; each has its `edge_symbol`,
    `edge_target` and `edge_skip`, the words that come before those behind it. `terminal` says of
    each node whether a word ends there; `word_cost` is in sorted order; `letter_cost` is
    `(28, 28, 28, 28)`, flat, the last axis the next symbol. These are memory views, not arrays: a
    search asks for single numbers, which NumPy gives ten times slower.
    """

    header: Header
    first_edge: memoryview
    edge_symbol: bytes
    edge_target: memoryview
    edge_skip: memoryview
    terminal: memoryview
    word_cost: memoryview
    letter_cost: memoryview

    def step(self, node: int, place: int, symbol: int) -> tuple[int, int]:
        """Follow one letter.

        Args:
            node: where the word so far leads, from `ROOT`.
            place: how many words come before those behind it, from 0.
            symbol: index in `SYMBOLS`.

        Returns:
            The next node and place; `NOWHERE` and 0 where no word goes on like that.
        """
        edge = self.edge_symbol.find(symbol, self.first_edge[node], self.first_edge[node + 1])
        if edge < 0:
            return NOWHERE, 0
        return self.edge_target[edge], place + self.edge_skip[edge]

    def cost(self, word: str) -> float | None:
        """Bits that a word costs, its case ignored; None where it is not in the lexicon."""
        node, place = ROOT, 0
        for letter in word.lower():
            node, place = self.step(node, place, symbol_of(letter))
            if node == NOWHERE:
                return None
        return self.cost_at(node, place)

    def cost_at(self, node: int, place: int) -> float | None:
        """Bits that the word ending at a node costs; None where none ends there."""
        return self.word_cost[place] / STEPS_PER_BIT if self.terminal[node] else None

    def letter_bits(self, history: int, symbol: int) -> float:
        """Bits that a symbol costs after three others, `history` counting in base 28."""
        return self.letter_cost[history * len(SYMBOLS) + symbol] / STEPS_PER_BIT


def symbol_of(letter: str) -> int:
    """Index of a small letter in `SYMBOLS`; that of no word's letter where it is none."""
    return _SYMBOL_OF.get(letter, len(SYMBOLS))


def find_lexicon(name: str) -> Path:
    """Give the file that a name or path stands for.

    Raises:
        BundleError: none ships under that name, or the path is not there.
    """
    if "/" in name:
        return Path(name)
    path = Path(str(resources.files("inkwatch").joinpath("lexicons"))) / f"{name}.lexicon"
    if path.is_file():
        return path
    known = ", ".join(sorted(p.stem for p in path.parent.glob("*.lexicon"))) or "none"
    raise BundleError(
        f"No lexicon is named '{name}' (there are: {known}; or 'none' to read without). "
        "Build one on a training host: inkwatch-convert lexicon --language "
        f"{name}, and name its file with a slash: ./{name}.lexicon"
    )


def load_lexicon(path: Path) -> Lexicon:
    """Map a lexicon into memory.

    Raises:
        BundleError: the file is missing, damaged or of another version.
    """
    try:
        data = np.memmap(path, np.uint8, "r")
    except (OSError, ValueError) as error:
        raise BundleError(f"{path} cannot be read: {error}. Build the lexicon again.") from error
    head = bytes(data[: 1 << 12])
    if not head.startswith(MAGIC):
        raise BundleError(f"{path} is no lexicon of this version. Build it again.")
    try:
        line = head[len(MAGIC) : head.index(b"\n", len(MAGIC))]
        header = msgspec.json.decode(line, type=Header)
        offset = _aligned(len(MAGIC) + len(line) + 1)
        views: dict[str, memoryview] = {}
        for name, (dtype, length) in header.arrays.items():
            kind = np.dtype(dtype)
            views[name] = np.frombuffer(data, kind, length, offset).data
            offset = _aligned(offset + length * kind.itemsize)
        symbols = views.pop("edge_symbol").tobytes()
        return Lexicon(header, edge_symbol=symbols, **views)
    except (ValueError, TypeError, KeyError) as error:
        raise BundleError(f"{path} is damaged: {error}. Build the lexicon again.") from error


def encode_lexicon(header: Header, arrays: dict[str, npt.NDArray[np.generic]]) -> bytes:
    """Lay a lexicon out as its file holds it; `header.arrays` is filled in from `arrays`."""
    shapes = {name: (array.dtype.str, array.size) for name, array in arrays.items()}
    line = msgspec.json.encode(msgspec.structs.replace(header, arrays=shapes))
    out = bytearray(MAGIC + line + b"\n")
    for array in arrays.values():
        out += bytes(_aligned(len(out)) - len(out))
        out += array.tobytes()
    return bytes(out)


def _aligned(offset: int) -> int:
    return -(-offset // _ALIGN) * _ALIGN
