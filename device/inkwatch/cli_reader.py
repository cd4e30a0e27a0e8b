"""What the commands need of a reader, and how they get one."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from inkwatch.frames.frame import Image
    from inkwatch.reading import Candidate, Reading


class PageReader(Protocol):
    """A `Reader`, or a fake in its place."""

    @property
    def name(self) -> str:
        """Name of the bundle that reads."""
        ...

    def read(self, image: "Image", source: str = "") -> "Reading":
        """Read a page."""
        ...

    def classify(
        self, crops: "Sequence[Image]", alphabet: Iterable[str] | None = None, *, top: int = 5
    ) -> "list[tuple[Candidate, ...]]":
        """Rank what each of `crops` may be."""
        ...


MakeReader = Callable[[str | None], PageReader]
"""Bundle name or path, or None for the default, to a reader."""


def open_reader(bundle: str | None) -> PageReader:
    """Open the real reader; only here does the command line load OpenCV's and TFLite's weight."""
    from inkwatch.reader import Reader

    return Reader(bundle)
