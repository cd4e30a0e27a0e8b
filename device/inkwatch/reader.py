"""The whole device in one call: a picture in, a `Reading` out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inkwatch.assemble import assemble_lines, unread_glyphs, unread_ink, without_unsure
from inkwatch.errors import InputError, UsageError
from inkwatch.language.lexicon import find_lexicon, load_lexicon
from inkwatch.language.own_words import OwnWords
from inkwatch.language.patience import PATIENT, USUAL
from inkwatch.language.pattern import Pattern, compile_choices, compile_pattern
from inkwatch.language.resolve import resolve_page
from inkwatch.language.settle import joined_writing, settle_page
from inkwatch.language.units import units_of
from inkwatch.language.word_path import Vocabulary
from inkwatch.orientation import better_turn, longest_lines
from inkwatch.places import Box, Region, Shares
from inkwatch.reading import DEFAULT_LANGUAGE, Candidate, Line, Reading
from inkwatch.recognise.bundle import load_bundle
from inkwatch.recognise.classifier import Classifier
from inkwatch.recognise.lattice import MOST_PARTS, build_lattices
from inkwatch.recognise.legible import is_legible, letter_sized, letters_of, sampled
from inkwatch.recognise.pictures import classify_pictures
from inkwatch.stopwatch import Stopwatch
from inkwatch.trace import Trace, Tracer
from inkwatch.vision.cut import cut_found, find_page
from inkwatch.vision.ink import to_grey
from inkwatch.vision.left_out import around
from inkwatch.vision.page import Page
from inkwatch.vision.straighten import Straightened, moved, quarter_turned
from inkwatch.vision.texture import MANY_PIECES

Image = npt.NDArray[np.uint8]

_LEAST = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class _PageRead:
    """A page as it was cut and read; `probabilities` are each line's, `(N, L)` for N glyphs."""

    page: Page
    lines: tuple[Line, ...]
    probabilities: list[npt.NDArray[np.float64]]


class Reader:
    """Reads handwriting with one model bundle. Make one and keep it: opening the model takes time.

    A reader serves one thread at a time.

    Args:
        bundle: name of a bundle that ships, path of a bundle's folder, or None for the default.
        threads: how many threads the interpreter may use.
        language: name of a lexicon that ships, or its file's path with a slash in it; None knows
            no words.
        pattern: what every word is known to look like: a regular expression or a name such as
            `digits` (`language.pattern`), or a list of all words that there can be. The language
            is then not asked.
        own_words: words beside the language's, such as names.

    Raises:
        UsageError: the pattern is no such expression, a list is empty or holds what the model
            cannot read, or there are own words without a language.
        BundleError: the bundle or the lexicon is missing, damaged, or made for another version.
        MissingPackageError: no TFLite runtime is installed, or it does not fit this machine.
    """

    def __init__(
        self,
        bundle: str | Path | None = None,
        *,
        threads: int = 1,
        language: str | None = DEFAULT_LANGUAGE,
        pattern: str | Sequence[str] | None = None,
        own_words: Iterable[str] | None = None,
    ) -> None:
        self._classifier = Classifier(load_bundle(bundle), threads=threads)
        self._words: Vocabulary | None = None
        if language is not None:
            lexicon = load_lexicon(find_lexicon(language))
            own = OwnWords([*units_of(self.labels), *(own_words or ())], self.labels)
            self._words = Vocabulary(lexicon, own)
        elif own_words is not None:
            raise UsageError("Own words stand beside a language's: name one as well.")
        self._pattern: Pattern | None = None
        if isinstance(pattern, str):
            self._pattern = compile_pattern(pattern, self.labels)
        elif pattern is not None:
            self._pattern = compile_choices(pattern, self.labels)

    @property
    def name(self) -> str:
        """Name of the bundle that reads."""
        return self._classifier.bundle.name

    @property
    def labels(self) -> tuple[str, ...]:
        """Every character that the bundle can tell apart."""
        return self._classifier.labels

    def read(
        self,
        image: Image,
        source: str = "",
        *,
        quarter_turns: int | None = None,
        region: Region | None = None,
        min_confidence: float = 0.0,
    ) -> Reading:
        """Read a picture of a page, a line or a word.

        Args:
            image: `(H, W)` grey or `(H, W, 3)` BGR uint8, as OpenCV and picamera2 give it.
            source: a name for the picture, carried into the reading.
            quarter_turns: by how many quarters clockwise the page is to be turned so that it
                stands upright, 0 to 3. None finds out: where the page reads badly as it is, the
                other ways are tried.
            region: the part of the picture to read, as a `Box` in pixels or as `Shares`; None
                reads all of it. What of a box lies outside the picture is passed over.
            min_confidence: words below this confidence, from 0 to 1, are left out of the lines and
                told of as unread.

        Returns:
            What was read, with places in the whole picture's pixels; without lines where no ink
            is.

        Raises:
            InputError: `image` is no array of that form, or the region lies outside the picture.
            UsageError: `quarter_turns` or `min_confidence` is something else.
        """
        return self._follow(
            image,
            source,
            quarter_turns=quarter_turns,
            region=region,
            min_confidence=min_confidence,
        )

    def trace(
        self,
        image: Image,
        source: str = "",
        *,
        quarter_turns: int | None = None,
        region: Region | None = None,
        min_confidence: float = 0.0,
    ) -> Trace:
        """Read a picture, and keep what every stage makes of it.

        See `read`, with which the arguments and the reading are the same. A trace holds the page
        several times over: keep none longer than it is looked at.
        """
        tracer = Tracer(self.labels)
        reading = self._follow(
            image,
            source,
            tracer,
            quarter_turns=quarter_turns,
            region=region,
            min_confidence=min_confidence,
        )
        return tracer.trace(reading)

    def _follow(
        self,
        image: Image,
        source: str,
        tracer: Tracer | None = None,
        *,
        quarter_turns: int | None,
        region: Region | None,
        min_confidence: float,
    ) -> Reading:
        """Run the stages; `tracer` takes down those of the way up that holds."""
        watch = Stopwatch()
        check_image(image)
        if quarter_turns not in {None, 0, 1, 2, 3}:
            raise UsageError(f"quarter_turns is 0, 1, 2, 3 or None, not {quarter_turns}.")
        if not 0 <= min_confidence <= 1:
            raise UsageError(f"min_confidence is from 0 to 1, not {min_confidence}.")
        height, width = image.shape[:2]
        found = _found(image, region)
        watch.lap("sheet")

        def cut(turns: int, tracer: Tracer | None = None) -> Page:
            turned = quarter_turned(found, turns) if turns else found
            if tracer is None:
                return cut_found(turned, width, height, watch, legible=self._is_legible)
            tracer.sheet = turned
            tracer.page = cut_found(
                turned, width, height, watch, tracer.steps, legible=self._is_legible
            )
            return tracer.page

        page = cut(quarter_turns or 0, tracer)
        read = self._read_legible(page, watch, tracer)
        if quarter_turns is None:

            def read_part(turns: int) -> tuple[Line, ...]:
                part = longest_lines(cut(turns) if turns else page)
                return self._read_cut(part, watch, trial=True).lines

            upright = read.lines or read_part(0)
            turns = better_turn(upright, read_part, partial(self._is_legible_turned, page))
            read = self._read_legible(cut(turns, tracer), watch, tracer) if turns else read
        lines, unsure = without_unsure(read.lines, min_confidence)
        unread = (*unsure, *unread_glyphs(read.lines, read.probabilities), *unread_ink(read.page))
        watch.lap("unread")
        return Reading(
            lines=lines,
            width=width,
            height=height,
            source=source,
            model=self.name,
            elapsed_s=watch.elapsed_s,
            unread=unread,
            timings=watch.seconds,
        )

    def _read_legible(self, page: Page, watch: Stopwatch, tracer: Tracer | None) -> _PageRead:
        """Read a page that was cut; where its letters look like none, nothing of it."""
        watch.lap("lattice")
        glyphs = [glyph for line in page.lines for glyph in line.glyphs]
        wholes = self._probabilities([glyph.grey for glyph in glyphs])
        watch.lap("classify")
        if not is_legible(wholes[letters_of(page)], crowd=len(glyphs) > MANY_PIECES):
            boxes = np.array([_sides(glyph.place) for glyph in glyphs], np.int32)
            left_out = replace(page.left_out, texture=around(boxes))
            page, wholes = replace(page, lines=(), left_out=left_out), wholes[:0]
            if tracer is not None:
                tracer.page = page
        return self._read_cut(page, watch, tracer, wholes)

    def _is_legible(
        self, places: Sequence[Box], body_px: float, picture: Callable[[int], Image]
    ) -> bool:
        """Whether some of many pieces look like characters, whichever way up."""
        chosen = sampled(letter_sized(places, [body_px] * len(places)))
        pictures = [picture(k) for k in chosen.tolist()]
        return any(self._looks_legible(pictures, turns, crowd=True) for turns in range(4))

    def _is_legible_turned(self, page: Page, turns: int) -> bool:
        """Whether a page's letters look like characters where it is turned."""
        glyphs = [glyph for line in page.lines for glyph in line.glyphs]
        pictures = [glyphs[k].grey for k in sampled(letters_of(page)).tolist()]
        return self._looks_legible(pictures, turns)

    def _looks_legible(self, pictures: Sequence[Image], turns: int, *, crowd: bool = False) -> bool:
        # A quarter clockwise is three the other way.
        turned = [np.ascontiguousarray(np.rot90(each, -turns)) for each in pictures]
        return is_legible(self._probabilities(turned), crowd=crowd)

    def _read_cut(
        self,
        page: Page,
        watch: Stopwatch,
        tracer: Tracer | None = None,
        wholes: npt.NDArray[np.float64] | None = None,
        *,
        trial: bool = False,
    ) -> _PageRead:
        """Read a page that was cut, as it stands.

        A `trial` shows how well it reads, at less cost: no glyph is parted, and no pattern holds,
        which other words on the page need not fit.
        """

        def classify(cuts: Sequence[Image]) -> npt.NDArray[np.float64]:
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
            patience = PATIENT
            settled = settle_page(lattices, self.labels, self._words, patience=patience)
        if tracer is not None:
            tracer.lattices, tracer.settled = lattices, settled
        watch.lap("settle")
        guesses = [line.guesses for line in settled]
        resolved = resolve_page(guesses, self.labels, self._words, pattern, patience)
        watch.lap("language")
        lines = assemble_lines(page, [line.cut for line in settled], resolved)
        watch.lap("outlines")
        return _PageRead(page, lines, [guess.probabilities for guess in guesses])

    def classify(
        self, crops: Iterable[Image], alphabet: Iterable[str] | None = None, *, top: int = 5
    ) -> list[tuple[Candidate, ...]]:
        """Tell what single characters are.

        Args:
            crops: pictures of one character each, `(H, W)` grey or `(H, W, 3)` BGR uint8 of any
                size, dark ink on light paper.
            alphabet: the characters to choose among. None takes letters and digits: a comma
                differs from an apostrophe only by its place on a line, which a crop does not
                show. `reader.labels` is everything.
            top: at most how many candidates for each crop.

        Returns:
            For each crop its candidates, likeliest first, as (character, probability). What the
            probabilities of all candidates lack to 1 is for a crop that holds no character.

        Raises:
            InputError: a crop is no array of that form.
            UsageError: the alphabet holds a character that the bundle does not know.
        """
        crops = tuple(crops)
        for crop in crops:
            check_image(crop)
        mask = self._classifier.mask(
            [label for label in self.labels if label.isalnum()] if alphabet is None else alphabet
        )
        probabilities = classify_pictures(self._classifier, [to_grey(crop) for crop in crops])
        return list(self._classifier.rank(probabilities, top, mask))

    def _probabilities(self, cuts: Sequence[Image]) -> npt.NDArray[np.float64]:
        told = classify_pictures(self._classifier, cuts).astype(np.float64)
        # Where the model is certain that there is no character, heights still need a ratio.
        return np.maximum(told, _LEAST)


def check_image(image: Image) -> None:
    """Refuse what is no picture, with words that say what one is.

    Raises:
        InputError: not `(H, W)` or `(H, W, 3)`, not uint8, or without a pixel.
    """
    if not isinstance(image, np.ndarray):
        raise InputError(f"an image is a NumPy array, not {type(image).__name__}.")
    if image.dtype != np.uint8:
        raise InputError(f"an image holds uint8 from 0 to 255, not {image.dtype}; convert it.")
    grey, colour = image.ndim == 2, image.ndim == 3 and image.shape[2] == 3
    if not (grey or colour) or image.size == 0:
        raise InputError(f"an image is (H, W) grey or (H, W, 3) BGR, not {image.shape}.")


def _found(image: Image, region: Region | None) -> Straightened:
    """Find the page in the part of the picture that is to be read."""
    if region is None:
        return find_page(image)
    height, width = image.shape[:2]
    wanted = region.of(width, height) if isinstance(region, Shares) else region
    part = wanted.within(width, height)
    if part is None:
        raise InputError(
            f"the region {_told(wanted)} lies outside the picture, which is {width} x {height} "
            "pixels. Give left, top, width and height of a part of it."
        )
    page = find_page(image[part.top : part.bottom, part.left : part.right])
    return moved(page, part.left, part.top)


def _sides(place: Box) -> tuple[int, int, int, int]:
    return place.left, place.top, place.width, place.height


def _told(box: Box) -> str:
    return f"{box.left},{box.top},{box.width},{box.height}"
