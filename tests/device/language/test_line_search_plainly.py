"""The search for a line's texts, which keeps and skips what it can, against one that does not."""

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.language.lexicon import find_lexicon, load_lexicon
from inkwatch.language.line_search import FoundText, Search, search_line
from inkwatch.language.line_state import Expected
from inkwatch.language.own_words import OwnWords
from inkwatch.language.pattern import compile_pattern
from inkwatch.language.word_path import Vocabulary

Floats = npt.NDArray[np.float64]
Columns = tuple[int, ...]

LABELS = tuple(" aetnTI1.-'")

SEARCHES = (
    Search(),
    Search(beam=5, window_bits=8.0),
    Search(beam=3, bonus_bits=0.0),
    Search(doubt=1.5, beam=8, least=0.05),
    Search(weight=0.0, bonus_bits=0.0, beam=4, window_bits=6.0, least=0.02),
    Search(beam=200, window_bits=60.0, least=0.0),
)


def prior_of(columns: Columns, expected: Expected, search: Search, *, ended: bool) -> float:
    """What the language and the length make of a text, as a factor; 0 where it cannot be."""
    words = "".join(expected.labels[column] for column in columns).split(" ")
    bits = 0.0
    for place, word in enumerate(words):
        state = expected.states.first()
        for character in word:
            column = expected.labels.index(character)
            if expected.states.bits(state, column) == math.inf:
                return 0.0
            state = expected.states.then(state, column)
        if place < len(words) - 1 or ended:
            bits += expected.states.end(state, first=place == 0) if columns else 0.0
        else:
            bits += state.so_far
    if bits == math.inf:
        return 0.0
    bonus = 0.0 if expected.pattern is not None else search.bonus_bits * len(columns)
    return float(2.0 ** (bonus - search.weight * bits))


def plain_search(rows: Floats, expected: Expected, search: Search) -> list[FoundText]:
    """Prefix beam search as the papers have it: all that can be is made, the best are kept."""
    rows = rows ** (1.0 / search.doubt)
    rows /= rows.sum(axis=1, keepdims=True)
    space = LABELS.index(" ")
    kept: dict[Columns, tuple[float, float]] = {(): (1.0, 0.0)}
    for row in rows:
        chances = {c: float(p) for c, p in enumerate(row[:-1]) if p > search.least}
        if not chances:
            kept = {text: (sum(each), 0.0) for text, each in kept.items()}
            continue
        fresh: dict[Columns, list[float]] = {}
        for text, (blank, character) in kept.items():
            last = text[-1] if text else None
            ways = fresh.setdefault(text, [0.0, 0.0])
            ways[0] += (blank + character) * float(row[-1])
            ways[1] += character * chances.get(last, 0.0) if last is not None else 0.0
            for column, chance in chances.items():
                start = blank if column == last else blank + character
                fresh.setdefault((*text, column), [0.0, 0.0])[1] += start * chance
        scores = {
            text: sum(each) * prior_of(text, expected, search, ended=False)
            for text, each in fresh.items()
        }
        ranked = sorted(scores, key=lambda text: -scores[text])[: search.beam]
        least = scores[ranked[0]] * 2.0**-search.window_bits
        kept = {
            text: (fresh[text][0], fresh[text][1])
            for text in ranked
            if scores[text] >= least and scores[text] > 0.0
        }
    shares: dict[Columns, float] = {}
    for text, each in kept.items():
        whole = text[:-1] if text and text[-1] == space else text
        share = sum(each) * prior_of(whole, expected, search, ended=True)
        if share > 0.0:
            shares[whole] = shares.get(whole, 0.0) + share
    ranked = sorted(shares, key=lambda text: -shares[text])
    if not ranked or not ranked[0]:
        return []
    total = sum(shares.values())
    return [FoundText(text, shares[text] / total) for text in ranked if text]


@pytest.fixture(scope="module")
def known() -> dict[str, Expected]:
    words = Vocabulary(load_lexicon(find_lexicon("en")), OwnWords(["T1-a"], LABELS))
    return {
        "nothing": Expected(LABELS),
        "words": Expected(LABELS, words),
        "pattern": Expected(LABELS, pattern=compile_pattern("[aet]+-?1*", LABELS)),
    }


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 12),
    st.sampled_from(SEARCHES),
    st.sampled_from(["nothing", "words", "pattern"]),
)
def test_the_same_texts_are_found_with_the_same_shares(
    known: dict[str, Expected], seed: int, steps: int, search: Search, what: str
) -> None:
    rng = np.random.default_rng(seed)
    # Some steps are sure, some open, as a model's are.
    weights = rng.gamma(rng.uniform(0.03, 0.6, (steps, 1)), size=(steps, len(LABELS) + 1)) + 1e-7
    rows = weights / weights.sum(axis=1, keepdims=True)
    found = search_line(rows, known[what], search, count=10_000)
    wanted = plain_search(rows, known[what], search)
    assert [each.columns for each in found] == [each.columns for each in wanted]
    for each, other in zip(found, wanted, strict=True):
        assert each.share == pytest.approx(other.share, rel=1e-6)
