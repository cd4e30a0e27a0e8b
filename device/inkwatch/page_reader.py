"""What whoever reads pages needs of a reader, and how it gets one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from inkwatch.engine import Engine
from inkwatch.places import Region

if TYPE_CHECKING:
    from inkwatch.frames.frame import Image
    from inkwatch.reading import Candidate, Reading
    from inkwatch.trace import Trace


class PageReader(Protocol):
    """A `Reader`, or a fake in its place."""

    @property
    def name(self) -> str:
        """Name of the bundle that reads characters."""
        ...

    def read(
        self,
        image: "Image",
        source: str = "",
        *,
        quarter_turns: int | None = None,
        region: Region | None = None,
        min_confidence: float = 0.0,
    ) -> "Reading":
        """Read a page."""
        ...

    def trace(
        self,
        image: "Image",
        source: str = "",
        *,
        quarter_turns: int | None = None,
        region: Region | None = None,
        min_confidence: float = 0.0,
    ) -> "Trace":
        """Read a page, and keep what every stage makes of it."""
        ...

    def classify(
        self, crops: "Sequence[Image]", alphabet: Iterable[str] | None = None, *, top: int = 5
    ) -> "list[tuple[Candidate, ...]]":
        """Rank what each of `crops` may be."""
        ...


@dataclass(frozen=True, slots=True)
class ReaderChoice:
    """Which reader is wanted.

    `bundle` is a name or path, None for the default; `language` a lexicon's name or path, None
    for reading without; `pattern` what every word looks like, or all words that there can be;
    `own_words` are words beside the language's. `engine` says what is read at once, and
    `lines_bundle` names the bundle that reads whole lines, None for the default.
    """

    bundle: str | None = None
    language: str | None = None
    pattern: str | tuple[str, ...] | None = None
    own_words: tuple[str, ...] | None = None
    engine: Engine = "auto"
    lines_bundle: str | None = None


@dataclass(frozen=True, slots=True)
class HowToRead:
    """How each picture is to be read: see `Reader.read`."""

    quarter_turns: int | None = None
    region: Region | None = None
    min_confidence: float = 0.0


MakeReader = Callable[[ReaderChoice], PageReader]
"""Opens the reader that is wanted."""


def open_reader(choice: ReaderChoice) -> PageReader:
    """Open the real reader; only this loads OpenCV's and TFLite's weight."""
    from inkwatch.reader import Reader

    return Reader(
        choice.bundle,
        language=choice.language,
        pattern=choice.pattern,
        own_words=choice.own_words,
        engine=choice.engine,
        lines_bundle=choice.lines_bundle,
    )
