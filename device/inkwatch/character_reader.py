"""Reads lines by their characters: each glyph is cut out, classified, weighed with the rest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from inkwatch.language.patience import PATIENT, USUAL
from inkwatch.language.pattern import Pattern
from inkwatch.language.resolve import ResolvedLine, resolve_page
from inkwatch.language.settle import joined_writing, settle_page
from inkwatch.language.word_path import Vocabulary
from inkwatch.places import Box
from inkwatch.recognise.classifier import Classifier
from inkwatch.recognise.lattice import MOST_PARTS, build_lattices
from inkwatch.recognise.legible import is_legible, letter_sized, letters_of, sampled
from inkwatch.recognise.pictures import classify_pictures
from inkwatch.stopwatch import Stopwatch
from inkwatch.trace import Tracer
from inkwatch.vision.left_out import around
from inkwatch.vision.page import LineCut, Page
from inkwatch.vision.texture import MANY_PIECES

Image = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

_LEAST = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class ReadLine:
    """One line as an engine read it.

    `cut` are the glyphs that hold, `resolved` what they are; `probabilities` is `(N, L)` for its N
    glyphs, whose rows lack to 1 what is for no character; `bundle` names the one that read it.
    """

    cut: LineCut
    resolved: ResolvedLine
    probabilities: Floats
    bundle: str

    @property
    def sureness(self) -> float:
        """How sure the line's words are, each counting by its length."""
        lengths = [len(word.glyphs) for word in self.cut.words]
        sure = self.resolved.sureness or (0.0,) * len(lengths)
        return float(np.average(sure, weights=lengths))


class CharacterReader:
    """Reads lines with one model of characters. A reader serves one thread at a time.

    Args:
        classifier: the model.
        words: the language's words and the user's; None knows none.
        pattern: what every word is to fit, in the place of words.
    """

    def __init__(
        self, classifier: Classifier, words: Vocabulary | None, pattern: Pattern | None
    ) -> None:
        self.labels = classifier.labels
        self._classifier = classifier
        self._words = words
        self._pattern = pattern

    def wholes(self, page: Page) -> Floats:
        """What each glyph of a page looks like, as it was cut first: `(N, L)` float64."""
        return self._probabilities([glyph.grey for line in page.lines for glyph in line.glyphs])

    def read(
        self,
        page: Page,
        watch: Stopwatch,
        tracer: Tracer | None = None,
        wholes: Floats | None = None,
        *,
        unless_joined: bool = False,
        trial: bool = False,
    ) -> list[ReadLine] | None:
        """Read a page's lines, as they stand.

        A `trial` shows how well they read, at less cost: no glyph is parted, and no pattern holds,
        which other words on the page need not fit. `wholes` may be at hand.

        Returns:
            The lines. None where `unless_joined`, and so many glyphs had to be cut out of others
            that the page is joined writing, whose search takes long.
        """

        def classify(cuts: Sequence[Image]) -> Floats:
            watch.lap("lattice")
            told = self._probabilities(cuts)
            watch.lap("classify")
            return told

        lattices = build_lattices(page, classify, 0 if trial else MOST_PARTS, wholes)
        watch.lap("lattice")
        pattern = None if trial else self._pattern
        settled = settle_page(lattices, self.labels, self._words, pattern)
        patience = USUAL
        if self._words is not None and pattern is None and joined_writing(settled):
            if unless_joined:
                return None
            patience = PATIENT
            settled = settle_page(lattices, self.labels, self._words, patience=patience)
        if tracer is not None:
            tracer.parted, tracer.lattices, tracer.settled = page.lines, lattices, settled
        watch.lap("settle")
        guesses = [line.guesses for line in settled]
        resolved = resolve_page(guesses, self.labels, self._words, pattern, patience)
        watch.lap("language")
        return [
            ReadLine(line.cut, known, guess.probabilities, self._classifier.bundle.name)
            for line, known, guess in zip(settled, resolved, guesses, strict=True)
        ]

    def without_texture(self, page: Page, wholes: Floats) -> tuple[Page, Floats]:
        """Leave out all lines of a page whose letters look like none; give what is left of both."""
        count = sum(len(line.glyphs) for line in page.lines)
        if is_legible(wholes[letters_of(page)], crowd=count > MANY_PIECES):
            return page, wholes
        boxes = np.array(
            [_sides(glyph.place) for line in page.lines for glyph in line.glyphs], np.int32
        )
        left_out = replace(page.left_out, texture=around(boxes))
        return replace(page, lines=(), left_out=left_out), wholes[:0]

    def is_legible(
        self, places: Sequence[Box], body_px: float, picture: Callable[[int], Image]
    ) -> bool:
        """Whether some of many pieces look like characters, whichever way up."""
        chosen = sampled(letter_sized(places, [body_px] * len(places)))
        pictures = [picture(k) for k in chosen.tolist()]
        return any(self._looks_legible(pictures, turns, crowd=True) for turns in range(4))

    def letters(self, page: Page) -> list[Image]:
        """The pictures of some of a page's letters."""
        glyphs = [glyph for line in page.lines for glyph in line.glyphs]
        return [glyphs[k].grey for k in sampled(letters_of(page)).tolist()]

    def are_legible_turned(self, letters: Sequence[Image], turns: int) -> bool:
        """Whether a page's letters look like characters where it is turned."""
        return self._looks_legible(letters, turns)

    def _looks_legible(self, pictures: Sequence[Image], turns: int, *, crowd: bool = False) -> bool:
        # A quarter clockwise is three the other way.
        turned = [np.ascontiguousarray(np.rot90(each, -turns)) for each in pictures]
        return is_legible(self._probabilities(turned), crowd=crowd)

    def _probabilities(self, cuts: Sequence[Image]) -> Floats:
        told = classify_pictures(self._classifier, cuts).astype(np.float64)
        # Where the model is certain that there is no character, heights still need a ratio.
        return np.maximum(told, _LEAST)


def _sides(place: Box) -> tuple[int, int, int, int]:
    return place.left, place.top, place.width, place.height
