"""Build a lexicon from wordfreq: the words of a language, and how its letters follow.

wordfreq (Speer 2022, doi:10.5281/zenodo.7199437; Apache-2.0, its data CC BY-SA 4.0) has word
frequencies for some forty languages.
"""

import unicodedata
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inkwatch.errors import MissingPackageError, OutputError, UsageError
from inkwatch.language.lexicon import (
    ORDER,
    STEPS_PER_BIT,
    SYMBOLS,
    Header,
    encode_lexicon,
    symbol_of,
)
from inkwatch_convert.automaton import build_automaton

WORDS = 48_000
LICENCE = "CC BY-SA 4.0 (wordfreq's data)"

_LETTER_POWER = 0.6
"""What a word's frequency counts for in the letter model: between types and running text, so
that the commonest words do not settle how a name may be spelt."""

_MOST_STEPS = 255
_LATIN_SHARE = 0.5


def word_frequencies(language: str, words: int = WORDS) -> dict[str, float]:
    """Take the commonest words of a language, in the letters that models know.

    Letters with marks lose them (`ü` becomes `u`), as the shipped model reads them.

    Args:
        language: wordfreq's code, such as `en` or `de`.
        words: how many at most.

    Raises:
        UsageError: wordfreq has no such language, or its words have other letters.
        MissingPackageError: wordfreq is not installed.
    """
    try:
        import wordfreq
    except ImportError as error:
        raise MissingPackageError(
            "Building a lexicon needs wordfreq: pip install 'inkwatch[train]'"
        ) from error
    known = sorted(wordfreq.available_languages())
    if language not in known:
        raise UsageError(f"wordfreq has no language '{language}'. It has {', '.join(known)}.")
    found: dict[str, float] = {}
    looked_at = 0
    for word in wordfreq.iter_wordlist(language):
        looked_at += 1
        plain = fold_word(word)
        if plain:
            found[plain] = found.get(plain, 0.0) + wordfreq.word_frequency(word, language)
        if len(found) >= words:
            break
    # Every language's texts have some English in them.
    if len(found) < _LATIN_SHARE * looked_at:
        raise UsageError(f"The words of '{language}' are not written in Latin letters.")
    return found


def fold_word(word: str) -> str:
    """Write a word in `SYMBOLS`; '' where it has other letters or signs."""
    spelled = word.lower().replace("ß", "ss").replace("’", "'")
    parts = unicodedata.normalize("NFKD", spelled)
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    ok = plain.strip("'") and all(symbol_of(letter) < len(SYMBOLS) for letter in plain)
    return plain if ok and "\0" not in plain else ""


def letter_costs(frequencies: Mapping[str, float]) -> npt.NDArray[np.uint8]:
    """Count how letters follow, and give `(28, 28, 28, 28)` costs of each after three others.

    Interpolated over shorter and shorter histories (Witten and Bell 1991, doi:10.1109/18.87000).
    """
    size = len(SYMBOLS)
    counts = np.zeros((size,) * ORDER)
    for word, frequency in frequencies.items():
        weight = frequency**_LETTER_POWER
        padded = [0] * (ORDER - 1) + [symbol_of(letter) for letter in word] + [0]
        for end in range(ORDER, len(padded) + 1):
            counts[tuple(padded[end - ORDER : end])] += weight
    # Scaled to about as many as there are words, so that novelty weighs as it should.
    counts *= len(frequencies) * 4 / counts.sum()
    probability = np.full(size, 1.0 / size)
    for order in range(1, ORDER + 1):
        level = counts.sum(axis=tuple(range(ORDER - order)))
        seen = level.sum(axis=-1, keepdims=True)
        kinds = (level > 0).sum(axis=-1, keepdims=True)
        probability = (level + kinds * probability) / np.maximum(seen + kinds, 1e-9)
        probability = np.where(seen + kinds > 0, probability, 1.0 / size)
    return _costs(probability)


def build_lexicon(language: str, frequencies: Mapping[str, float], source: str) -> bytes:
    """Make the file's content from words and their frequencies."""
    words = sorted(frequencies)
    total = sum(frequencies.values())
    automaton = build_automaton(words)
    header = Header(language, source, LICENCE, len(words), {})
    costs = _costs(np.array([frequencies[word] / total for word in words]))
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "first_edge": _narrow(automaton.first_edge),
        "edge_symbol": automaton.edge_symbol,
        "edge_target": _narrow(automaton.edge_target),
        "edge_skip": _narrow(automaton.edge_skip),
        "terminal": automaton.terminal,
        "word_cost": costs,
        "letter_cost": letter_costs(frequencies),
    }
    return encode_lexicon(header, arrays)


def write_lexicon(path: Path, content: bytes) -> None:
    """Write the file, whole or not at all.

    Raises:
        OutputError: it cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.") from error


def wordfreq_source() -> str:
    """Name wordfreq and its version, as a lexicon's header states where its words come from."""
    return f"wordfreq {metadata.version('wordfreq')}"


def _narrow(numbers: npt.NDArray[np.uint32]) -> npt.NDArray[np.generic]:
    """Store in two bytes what fits into two."""
    return numbers.astype(np.uint16) if int(numbers.max(initial=0)) < 1 << 16 else numbers


def _costs(probability: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    bits = -np.log2(np.maximum(probability, 1e-30))
    steps = np.clip(np.rint(bits * STEPS_PER_BIT), 0, _MOST_STEPS)
    return np.asarray(steps, np.uint8)
