"""From a line's steps to its likeliest texts: CTC's prefix beam search, with what is expected.

Graves and Jaitly 2014 (proceedings.mlr.press/v32/graves14); Hannun et al. 2014, arXiv:1408.2873. A
text's probability is the sum over all ways in which its characters and blanks may stand at the
steps; the language's bits come on top.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from inkwatch.language.line_state import SPACE, Expected, WordState
from inkwatch.language.line_text import LineText

Floats = npt.NDArray[np.floating]

_NO_SPACE = -2
_TINY = 1e-12
_CROWD = 1.5
"""So many times the beam's texts are weighed at a step before the weakest bound is looked up."""


@dataclass(frozen=True, slots=True)
class Search:
    """How lines are searched.

    `doubt` is a temperature on the model's probabilities, `weight` how much the language's bits
    count, `bonus_bits` what each character is worth, `beam` how many texts are followed, at most
    `window_bits` behind the best, and `least` the smallest probability of a character at a step
    that is looked at.
    """

    doubt: float = 1.2
    weight: float = 0.9
    bonus_bits: float = 4.0
    beam: int = 16
    window_bits: float = 12.0
    least: float = 5e-3


USUAL_SEARCH = Search()

TRIAL_SEARCH = Search(doubt=1.0, weight=0.0, bonus_bits=0.0, beam=4, window_bits=6.0, least=0.02)
"""For telling how well a line reads at all: by its looks alone, for a language finds words in
anything."""


@dataclass(frozen=True, slots=True)
class FoundText:
    """One text of a line: the `columns` of its characters, and its share among those found."""

    columns: tuple[int, ...]
    share: float


_FRESH = attrgetter("fresh_both")


class _Beam:
    """The texts that are followed along one line."""

    def __init__(self, expected: Expected, search: Search) -> None:
        self._states = expected.states
        # Under a pattern characters cost nothing that they would have to be paid for.
        self._worth: float = 1.0 if expected.pattern is not None else 2.0**search.bonus_bits
        self._a_bit: float = 2.0**-search.weight
        self._window: float = 2.0**-search.window_bits
        self._most = search.beam
        self._space = expected.labels.index(SPACE) if SPACE in expected.labels else _NO_SPACE
        self._unwritten = self._states.first()
        self._step = 0
        root = LineText(None, -1, self._unwritten, 1.0, first=True)
        root.blank = root.both = 1.0
        self.texts = [root]

    def rest(self) -> None:
        """Make a step at which no character stands."""
        for text in self.texts:
            text.blank, text.character = text.both, 0.0

    def advance(self, stay: float, columns: list[int], chances: list[float]) -> None:
        """Make a step.

        Args:
            stay: the blank's probability, above 0.
            columns: those of likely characters, likeliest first.
            chances: these characters' probabilities.
        """
        self._step = step = self._step + 1
        texts, window, worth = self.texts, self._window, self._worth
        again = dict(zip(columns, chances, strict=True))
        for text in texts:
            text.step = step
            text.fresh_blank = text.both * stay
            text.fresh_character = text.character * again.get(text.column, 0.0)
            text.fresh_both = text.fresh_blank + text.fresh_character
        touched = texts.copy()
        floor = self._floor(touched, 0.0)
        for column, chance in zip(columns, chances, strict=True):
            is_space = column == self._space
            for text in texts:
                # A character after itself is another one only where a blank stood between.
                gained = (text.blank if text.column == column else text.both) * chance
                longer = text.children.get(column) if text.children else None
                if longer is None:
                    # The language makes nothing likelier, but for a word that ends.
                    if gained * worth < floor and not is_space:
                        continue
                    factor = self._factor(text, column)
                    if factor == 0.0 or gained * factor < floor:
                        continue
                    longer = self._longer(text, column, factor)
                gained *= longer.factor
                if longer.step == step:
                    longer.fresh_character += gained
                    longer.fresh_both += gained
                elif gained >= floor:
                    longer.step = step
                    longer.fresh_blank = 0.0
                    longer.fresh_character = longer.fresh_both = gained
                    touched.append(longer)
                    floor = max(floor, gained * window)
            if len(touched) > _CROWD * self._most:
                floor = self._floor(touched, floor)
        touched.sort(key=_FRESH, reverse=True)
        best = touched[0].fresh_both
        least = best * window
        self.texts = [text for text in touched[: self._most] if text.fresh_both >= least]
        for text in self.texts:
            text.blank = text.fresh_blank / best
            text.character = text.fresh_character / best
            text.both = text.fresh_both / best

    def finish(self, count: int) -> list[FoundText]:
        """End all texts and give the likeliest; none where it is likelier that nothing stands."""
        shares: dict[tuple[int, ...], float] = {}
        for text in self.texts:
            at, share = text, text.both
            if text.before is not None and text.column == self._space:
                # A space at the end is none; the word before it has been paid for.
                at, share = text.before, share / self._worth
            elif text.before is not None:
                state = self._state(text)
                end = self._states.end(state, first=text.first)
                share *= float(self._a_bit ** (end - state.so_far)) if end != inf else 0.0
            if share > 0.0:
                columns = at.columns()
                shares[columns] = shares.get(columns, 0.0) + share
        total = sum(shares.values())
        ranked = sorted(shares.items(), key=lambda item: -item[1])
        if not ranked or not ranked[0][0]:
            return []
        found = [FoundText(columns, share / total) for columns, share in ranked if columns]
        return found[:count]

    def _floor(self, touched: list[LineText], least: float) -> float:
        """What a text must come to, to be kept: no less than `least`.

        Chances only grow while a step is made, so that what is behind now stays behind.
        """
        fresh = sorted([text.fresh_both for text in touched], reverse=True)
        last = fresh[self._most - 1] if len(fresh) >= self._most else 0.0
        return max(least, fresh[0] * self._window, last)

    def _factor(self, text: LineText, column: int) -> float:
        """What a character is worth behind a text; 0 where none can be."""
        state = text.state or self._state(text)
        if column == self._space:
            bits = self._states.end(state, first=text.first) - state.so_far
        else:
            known = state.bits.get(column)
            bits = self._states.bits(state, column) if known is None else known
        return float(self._worth * self._a_bit**bits) if bits != inf else 0.0

    def _longer(self, text: LineText, column: int, factor: float) -> LineText:
        if column == self._space:
            longer = LineText(text, column, self._unwritten, factor, first=False)
        else:
            longer = LineText(text, column, None, factor, first=text.first)
        if text.children is None:
            text.children = {}
        text.children[column] = longer
        return longer

    def _state(self, text: LineText) -> WordState:
        """The word at a text's end."""
        if text.state is None:
            before = text.before
            text.state = (
                self._unwritten
                if before is None
                else self._states.then(self._state(before), text.column)
            )
        return text.state


def search_line(
    probabilities: Floats, expected: Expected, search: Search = USUAL_SEARCH, count: int = 8
) -> list[FoundText]:
    """Find the likeliest texts of a line.

    Args:
        probabilities: `(T, L + 1)`, rows summing to 1, the last column for the blank.
        expected: what the line may hold; its L labels are the columns.
        search: how hard it is searched.
        count: at most how many texts.

    Returns:
        Texts, likeliest first, their shares among all that were followed, that without a character
        among them. None where nothing fits, or it is likeliest that nothing is written there.
    """
    beam = _Beam(expected, search)
    for stay, columns, chances in _likely(probabilities, search):
        if columns:
            beam.advance(stay, columns, chances)
        else:
            beam.rest()
    return beam.finish(count)


def _likely(
    probabilities: Floats, search: Search
) -> Iterator[tuple[float, list[int], list[float]]]:
    """For each step the blank's probability, the columns of likely characters, and theirs."""
    rows = np.asarray(probabilities, np.float64) ** (1.0 / search.doubt)
    rows /= rows.sum(axis=1, keepdims=True)
    row, column = np.nonzero(rows[:, :-1] > search.least)
    order = np.lexsort((-rows[row, column], row))
    row, column = row[order], column[order]
    columns, chances = column.tolist(), rows[row, column].tolist()
    stops = np.cumsum(np.bincount(row, minlength=len(rows))).tolist()
    start = 0
    for stay, stop in zip(np.maximum(rows[:, -1], _TINY).tolist(), stops, strict=True):
        yield stay, columns[start:stop], chances[start:stop]
        start = stop
