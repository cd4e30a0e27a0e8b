"""Every stage of one reading, kept for those who want to see how it came about."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from inkwatch.language.settle import SettledLine
from inkwatch.reading import Reading
from inkwatch.recognise.lattice import LineLattice
from inkwatch.vision.lines import SeparateLines
from inkwatch.vision.page import LineCut, Page
from inkwatch.vision.steps import CutSteps
from inkwatch.vision.straighten import Straightened
from inkwatch.vision.writing import Writing


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """What the stages made of a picture, in their order.

    `sheet` is the page laid flat and turned upright; `even` the same under even light, maybe
    enlarged, with all that is printed on it; `writing` its ink and the pieces that are writing, in
    the pixels of `even`. `separate` are the pieces by lines and `page` the cuts, both in the pixels
    of the page that was cut, on which writing stands upright. `parted` are those of its lines that
    were read by their characters, `lattices` all ways to part these, `settled` the ways that hold;
    `labels` are the characters that their probabilities' columns stand for. `reading` is what came
    of it.
    """

    sheet: Straightened
    even: Straightened
    writing: Writing
    separate: SeparateLines
    page: Page
    parted: tuple[LineCut, ...]
    lattices: tuple[LineLattice, ...]
    settled: tuple[SettledLine, ...]
    labels: tuple[str, ...]
    reading: Reading


@dataclass(slots=True)
class Tracer:
    """Takes the stages' results down while a page is read; what comes later replaces the earlier.

    Attributes:
        labels: the characters that the reader tells apart.
        sheet: the page as it was handed on to be cut.
        steps: what is made of it on the way to its cuts.
        page: the cuts.
        parted: those of its lines that are read by their characters.
        lattices: all ways through these.
        settled: the ways that hold.
    """

    labels: tuple[str, ...]
    sheet: Straightened | None = None
    steps: CutSteps = field(default_factory=CutSteps)
    page: Page | None = None
    parted: Sequence[LineCut] = ()
    lattices: Sequence[LineLattice] = ()
    settled: Sequence[SettledLine] = ()

    def trace(self, reading: Reading) -> Trace:
        """Make the whole, when all stages have run.

        Raises:
            ValueError: a stage has not run.
        """
        steps, sheet, page = self.steps, self.sheet, self.page
        even, writing, separate = steps.even, steps.writing, steps.separate
        if not (sheet and even and writing and separate and page):
            raise ValueError("a page has a trace once it was read")
        return Trace(
            sheet=sheet,
            even=even,
            writing=writing,
            separate=separate,
            page=page,
            parted=tuple(self.parted),
            lattices=tuple(self.lattices),
            settled=tuple(self.settled),
            labels=self.labels,
            reading=reading,
        )
