"""From a line's steps to its likeliest texts: CTC's prefix beam search, with what is expected.

Graves and Jaitly 2014 (proceedings.mlr.press/v32/graves14); Hannun et al. 2014, arXiv:1408.2873. A
text's probability is the sum over all ways in which its characters and blanks may stand at the
steps; the language's bits come on top.
"""

import heapq
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkwatch.language.line_state import Expected, LineState

Floats = npt.NDArray[np.floating]

_NEVER = -math.inf
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Search:
    """How lines are searched.

    `doubt` is a temperature on the model's probabilities, `weight` how much the language's bits
    count, `bonus_bits` what each character is worth, `beam` how many texts are followed, at most
    `window_bits` behind the best, and `least` the smallest probability of a character at a step
    that is looked at.
    """

    doubt: float = 1.0
    weight: float = 0.9
    bonus_bits: float = 4.0
    beam: int = 16
    window_bits: float = 12.0
    least: float = 3e-3


USUAL_SEARCH = Search()

TRIAL_SEARCH = Search(weight=0.0, bonus_bits=0.0, beam=4, window_bits=6.0, least=0.02)
"""For telling how well a line reads at all: by its looks alone, for a language finds words in
anything."""


@dataclass(frozen=True, slots=True)
class FoundText:
    """One text of a line: the `columns` of its characters, and its share among those found."""

    columns: tuple[int, ...]
    share: float


class _Text:
    """A text so far: its last character, the text before, and its chances in nats.

    `blank` is the chance of all ways that end in a blank, `character` of those that end in the
    last character; `fresh_*` are those of the step that is being made, the `step`-th. `prior` is
    what the language and the length say.
    """

    __slots__ = (
        "before",
        "blank",
        "character",
        "children",
        "column",
        "fresh_blank",
        "fresh_character",
        "prior",
        "score",
        "state",
        "step",
    )

    def __init__(self, before: "_Text | None", column: int, state: LineState, prior: float) -> None:
        self.before = before
        self.column = column
        self.state = state
        self.prior = prior
        self.children: dict[int, _Text | None] = {}
        self.blank = self.character = self.fresh_blank = self.fresh_character = _NEVER
        self.step = -1
        self.score = _NEVER

    def columns(self) -> tuple[int, ...]:
        text: list[int] = []
        at: _Text | None = self
        while at is not None and at.before is not None:
            text.append(at.column)
            at = at.before
        return tuple(reversed(text))


class _Beam:
    """The texts that are followed along one line."""

    def __init__(self, expected: Expected, search: Search) -> None:
        self._expected = expected
        self._search = search
        self._nats_a_bit = math.log(2.0) * search.weight
        # Under a pattern characters cost nothing that they would have to be paid for.
        self._bonus = 0.0 if expected.pattern is not None else math.log(2.0) * search.bonus_bits
        self._window = math.log(2.0) * search.window_bits
        self._step = 0
        root = _Text(None, -1, LineState(), 0.0)
        root.blank = 0.0
        self.texts = [root]

    def rest(self, stay: float) -> None:
        """Make a step at which no character stands: `stay` is the blank's chance in nats."""
        for text in self.texts:
            text.blank = _sum(text.blank, text.character) + stay
            text.character = _NEVER

    def advance(self, row: list[float], columns: list[int]) -> None:
        """Make a step.

        `row` are the chances in nats, the blank's last; `columns` those of likely characters.
        """
        self._step += 1
        stay = row[-1]
        touched: list[_Text] = []
        sums: list[float] = []
        best = _NEVER
        for text in self.texts:
            both = _sum(text.blank, text.character)
            sums.append(both)
            self._touch(text, touched)
            text.fresh_blank = both + stay
            if text.before is not None:
                text.fresh_character = text.character + row[text.column]
            best = max(best, _sum(text.fresh_blank, text.fresh_character) + text.prior)
        for text, both in zip(self.texts, sums, strict=True):
            # What the language could still give back is no more than what a character is worth.
            least = best - self._window - self._bonus - text.prior
            for column in columns:
                # A character after itself is another one only where a blank stood between.
                start = text.blank if column == text.column else both
                gained = start + row[column]
                if gained < least:
                    continue
                longer = self._longer(text, column)
                if longer is not None:
                    self._touch(longer, touched)
                    longer.fresh_character = _sum(longer.fresh_character, gained)
        for text in touched:
            text.blank, text.character = text.fresh_blank, text.fresh_character
            text.score = _sum(text.blank, text.character) + text.prior
        likeliest = heapq.nlargest(self._search.beam, touched, key=lambda text: text.score)
        least = likeliest[0].score - self._window
        kept = [text for text in likeliest if text.score >= least]
        for text in touched:
            if text.score < least:
                text.blank = text.character = _NEVER
        self.texts = kept

    def finish(self, count: int) -> list[FoundText]:
        """End all texts and give the likeliest; none where it is likelier that nothing stands."""
        ended = []
        for text in self.texts:
            at = text
            # A space at the end is none.
            if at.before is not None and at.state.length == 0:
                at = at.before
            bits = at.state.end(self._expected)
            if math.isfinite(bits):
                columns = at.columns()
                prior = len(columns) * self._bonus - self._nats_a_bit * bits
                ended.append((_sum(text.blank, text.character) + prior, columns))
        if not ended:
            return []
        most = max(score for score, _ in ended)
        shares: dict[tuple[int, ...], float] = {}
        for score, columns in ended:
            shares[columns] = shares.get(columns, 0.0) + math.exp(score - most)
        total = sum(shares.values())
        ranked = sorted(shares.items(), key=lambda item: -item[1])
        if not ranked[0][0]:
            return []
        found = [FoundText(columns, share / total) for columns, share in ranked if columns]
        return found[:count]

    def _touch(self, text: _Text, touched: list[_Text]) -> None:
        if text.step != self._step:
            text.step = self._step
            text.fresh_blank = text.fresh_character = _NEVER
            touched.append(text)

    def _longer(self, text: _Text, column: int) -> _Text | None:
        """The text with one more character; None where none can follow so."""
        if column in text.children:
            return text.children[column]
        state = text.state.then(column, self._expected)
        longer = None
        if state is not None:
            gained = self._bonus - self._nats_a_bit * (state.so_far - text.state.so_far)
            longer = _Text(text, column, state, text.prior + gained)
        text.children[column] = longer
        return longer


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
    rows = np.asarray(probabilities, np.float64) ** (1.0 / search.doubt)
    rows /= rows.sum(axis=1, keepdims=True)
    likely = rows[:, :-1] > search.least
    nats = np.log(np.maximum(rows, _TINY)).tolist()
    beam = _Beam(expected, search)
    for row, is_likely in zip(nats, likely, strict=True):
        columns = np.flatnonzero(is_likely).tolist()
        if columns:
            beam.advance(row, columns)
        else:
            beam.rest(row[-1])
    return beam.finish(count)


def _sum(a: float, b: float) -> float:
    """The logarithm of a sum, from the logarithms of its parts."""
    if a < b:
        a, b = b, a
    return a if b == _NEVER else a + math.log1p(math.exp(b - a))
