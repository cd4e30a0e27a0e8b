"""The sample pages that ship with Inkwatch, with the text that is written on each."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from inkwatch.errors import InputError
from inkwatch.frames._clock import stamp
from inkwatch.frames.decode import decode_bytes
from inkwatch.frames.files import natural_key
from inkwatch.frames.frame import Frame, Image


@dataclass(frozen=True, slots=True)
class Sample:
    """A page: `name` such as `page1.jpg`, its bytes, and `text` as written on it, line by line."""

    name: str
    data: bytes
    text: str

    def image(self) -> Image:
        """The page's picture, `(H, W, 3)` BGR uint8."""
        return decode_bytes(self.data, self.name)


@dataclass(frozen=True, slots=True)
class SampleSource:
    """The sample pages as a source."""

    def frames(self) -> Iterator[Frame]:
        """Yield the pages in order.

        Raises:
            InputError: this installation has none.
        """
        samples = sample_pages()
        if not samples:
            raise InputError(
                "The sample pages are missing from this installation. Install inkwatch again."
            )
        for sample in samples:
            yield stamp(sample.image(), sample.name)


def sample_pages(folder: Traversable | None = None) -> list[Sample]:
    """All sample pages in natural order; an empty list where none are installed.

    Args:
        folder: where to look instead: each `*.jpg` with a `*.txt` beside it is a page.
    """
    folder = resources.files("inkwatch") / "samples" if folder is None else folder
    if not folder.is_dir():
        return []
    entries = {entry.name: entry for entry in folder.iterdir()}
    samples = []
    for name in sorted(entries, key=lambda name: natural_key(Path(name))):
        text = entries.get(name.removesuffix(".jpg") + ".txt")
        if name.endswith(".jpg") and text is not None:
            written = text.read_text(encoding="utf-8").strip("\n")
            samples.append(Sample(name, entries[name].read_bytes(), written))
    return samples
