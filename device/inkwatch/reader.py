"""The whole device in one call: a picture in, a `Reading` out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inkwatch.assemble import assemble_lines, unread_glyphs, unread_ink, without_unsure
from inkwatch.character_reader import CharacterReader
from inkwatch.engine import ENGINES, Engine
from inkwatch.engines import Engines, ReadLines
from inkwatch.errors import InputError, UsageError
from inkwatch.language.lexicon import find_lexicon, load_lexicon
from inkwatch.language.line_state import Expected
from inkwatch.language.pattern import Pattern, compile_choices, compile_pattern
from inkwatch.language.vocabulary import vocabulary
from inkwatch.line_reader import LineReader
from inkwatch.orientation import better_turn, longest_lines
from inkwatch.places import Box, Region, Shares
from inkwatch.reading import DEFAULT_LANGUAGE, Candidate, Line, Reading
from inkwatch.recognise.bundle import DEFAULT_LINES, has_lines, load_bundle
from inkwatch.recognise.card import LINES
from inkwatch.recognise.classifier import Classifier
from inkwatch.recognise.line_model import LineModel
from inkwatch.recognise.pictures import classify_pictures
from inkwatch.stopwatch import Stopwatch
from inkwatch.trace import Trace, Tracer
from inkwatch.unread import Unread
from inkwatch.vision.cut import cut_found, find_page
from inkwatch.vision.ink import to_grey
from inkwatch.vision.page import Page
from inkwatch.vision.straighten import Straightened, moved, quarter_turned

Image = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class _PageRead:
    """What came of a page that was cut, and nothing of its pixels.

    `unread` is what its lines do not tell; `whole` says whether these were read whole; `bundles`
    are the names of those that read lines of it.
    """

    lines: tuple[Line, ...]
    unread: tuple[Unread, ...]
    whole: bool
    bundles: frozenset[str]


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
        engine: `characters` reads character by character, `lines` whole lines, `auto` each line by
            whichever suits it.
        lines_bundle: name or folder of the bundle that reads whole lines; None takes the one that
            ships, where it is there.

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
        engine: Engine = "auto",
        lines_bundle: str | Path | None = None,
    ) -> None:
        if engine not in ENGINES:
            raise UsageError(f"There is no engine '{engine}'. There are: {', '.join(ENGINES)}.")
        self._classifier = Classifier(load_bundle(bundle), threads=threads)
        own = None if own_words is None else tuple(own_words)
        if language is None and own is not None:
            raise UsageError("Own words stand beside a language's: name one as well.")
        lexicon = None if language is None else load_lexicon(find_lexicon(language))
        words = None if lexicon is None else vocabulary(lexicon, self.labels, own or ())
        self._characters = CharacterReader(self._classifier, words, _compiled(pattern, self.labels))
        lines = None
        if engine != "characters" and (lines_bundle or engine == "lines" or has_lines()):
            whole = load_bundle(lines_bundle or DEFAULT_LINES, LINES)

            def open_model() -> tuple[LineModel, Expected]:
                model = LineModel(whole, threads=threads)
                known = None if lexicon is None else vocabulary(lexicon, model.labels, own or ())
                return model, Expected(model.labels, known, _compiled(pattern, model.labels))

            lines = LineReader(open_model)
        self._engines = Engines(self._characters, lines, engine)

    @property
    def name(self) -> str:
        """Name of the bundle that reads characters."""
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

        cut_sheet = partial(
            cut_found,
            width=width,
            height=height,
            watch=watch,
            legible=self._characters.is_legible,
            joined_leans=self._engines.read_whole_lines,
        )

        def cut(turns: int, tracer: Tracer | None = None) -> Page:
            if tracer is None:
                # The turned page has no name here: whoever cuts it can let it go.
                return cut_sheet(quarter_turned(found, turns) if turns else found)
            tracer.sheet = quarter_turned(found, turns) if turns else found
            tracer.page = cut_sheet(tracer.sheet, steps=tracer.steps)
            return tracer.page

        page = cut(quarter_turns or 0, tracer)
        read = self._read_legible(page, watch, tracer)
        if quarter_turns is None:
            whole = read.whole
            as_it_is = [longest_lines(page)]
            letters = self._characters.letters(page)
            # A page's pixels and cuts, which those that are turned have no room beside.
            del page

            @cache
            def read_part(turns: int) -> tuple[Line, ...]:
                # It is read as it is before it is turned.
                part = longest_lines(cut(turns)) if turns else as_it_is.pop()
                return self._read_cut(part, watch, trial=True, joined=whole)[1]

            upright = read.lines or read_part(0)
            worth_it = partial(self._characters.are_legible_turned, letters)
            turns = better_turn(upright, read_part, worth_it, whole=whole)
            read = self._read_legible(cut(turns, tracer), watch, tracer) if turns else read
        lines, unsure = without_unsure(read.lines, min_confidence)
        watch.lap("unread")
        return Reading(
            lines=lines,
            width=width,
            height=height,
            source=source,
            model=_both(self.name, read.bundles),
            elapsed_s=watch.elapsed_s,
            unread=(*unsure, *read.unread),
            timings=watch.seconds,
        )

    def _read_legible(self, page: Page, watch: Stopwatch, tracer: Tracer | None) -> _PageRead:
        """Read a page that was cut; where its letters look like none, nothing of it."""
        watch.lap("lattice")
        wholes = self._characters.wholes(page)
        watch.lap("classify")
        page, wholes = self._characters.without_texture(page, wholes)
        if tracer is not None:
            tracer.page = page
        read, lines = self._read_cut(page, watch, tracer, wholes)
        probabilities = [line.probabilities for line in read.lines]
        unread = (*unread_glyphs(lines, probabilities), *unread_ink(page))
        watch.lap("unread")
        return _PageRead(lines, unread, read.whole, frozenset(line.bundle for line in read.lines))

    def _read_cut(
        self,
        page: Page,
        watch: Stopwatch,
        tracer: Tracer | None = None,
        wholes: npt.NDArray[np.float64] | None = None,
        *,
        trial: bool = False,
        joined: bool = False,
    ) -> tuple[ReadLines, tuple[Line, ...]]:
        """Read a page that was cut, as it stands; see `Engines.read`. Give its lines twice."""
        read = self._engines.read(page, watch, tracer, wholes, trial=trial, joined=joined)
        cuts, resolved = [line.cut for line in read.lines], [line.resolved for line in read.lines]
        lines = assemble_lines(page, cuts, resolved)
        watch.lap("outlines")
        return read, lines

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


def _both(characters: str, used: frozenset[str]) -> str:
    """Name the bundles that read, that for characters first; it alone where there are no lines."""
    whole = sorted(used - {characters})
    return "+".join([characters, *whole] if characters in used or not whole else whole)


def _told(box: Box) -> str:
    return f"{box.left},{box.top},{box.width},{box.height}"


def _compiled(pattern: str | Sequence[str] | None, labels: Sequence[str]) -> Pattern | None:
    if pattern is None:
        return None
    if isinstance(pattern, str):
        return compile_pattern(pattern, labels)
    return compile_choices(pattern, labels)
