"""Looking at data: how many samples of each class and part there are, and what they look like."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import cv2
import numpy as np

from inkwatch.recognise.crop import CROP_SIZE, crop_glyph
from inkwatch_train.data.sample import Grey, Sample, Source, Split

_PARTS: tuple[Split, ...] = get_args(Split)

_CELL_PX = 2 * CROP_SIZE
_LABEL_PX = 56
_TITLE_PX = 32
_COLUMNS = 4
_PAPER = 255


@dataclass(frozen=True, slots=True)
class Overview:
    """What a source holds.

    `counts[label, split]` is the number of samples; `folded` the labels that stand for both
    cases; `examples[label]` the first few pictures of each class, ink dark.
    """

    name: str
    terms: str
    licence: str
    counts: Counter[tuple[str, Split]]
    folded: frozenset[str]
    examples: dict[str, tuple[Sample, ...]]

    @property
    def labels(self) -> list[str]:
        """The classes, in the order of their code points."""
        return sorted({label for label, _ in self.counts})


def look_at(source: Source, examples: int = 3) -> Overview:
    """Go through a source once.

    Args:
        source: what to look at.
        examples: how many pictures of each class to keep.

    Raises:
        DataError: the source cannot be read.
    """
    counts: Counter[tuple[str, Split]] = Counter()
    folded = set()
    kept: dict[str, list[Sample]] = {}
    for sample in source.samples():
        counts[sample.label, sample.split] += 1
        if sample.folded:
            folded.add(sample.label)
        of_class = kept.setdefault(sample.label, [])
        if len(of_class) < examples:
            of_class.append(sample)
    return Overview(
        name=source.name,
        terms=source.terms,
        licence=source.licence,
        counts=counts,
        folded=frozenset(folded),
        examples={label: tuple(samples) for label, samples in kept.items()},
    )


def table(overview: Overview) -> str:
    """Write the counts of one source as text: a line for each class, then the sums.

    A class that stands for both cases is written as `a/A`.
    """
    lines = [
        f"{overview.name} ({overview.terms}; {overview.licence})",
        _row("class", [*_PARTS, "all"]),
    ]
    for label in overview.labels:
        counts = [overview.counts[label, part] for part in _PARTS]
        name = f"{label}/{label.upper()}" if label in overview.folded else label
        lines.append(_row(name, [*counts, sum(counts)]))
    sums = [sum(overview.counts[label, part] for label in overview.labels) for part in _PARTS]
    lines.append(_row("all", [*sums, sum(sums)]))
    return "\n".join(lines)


def contact_sheet(overviews: Sequence[Overview]) -> Grey:
    """Draw some samples of every class, each as it is and beside it as the models see it.

    Args:
        overviews: at least one, drawn one under the other.

    Returns:
        `(H, W)` uint8.
    """
    blocks = [_block(overview) for overview in overviews]
    width = max(block.shape[1] for block in blocks)
    return np.vstack([_pad(block, block.shape[0], width) for block in blocks])


def _row(name: str, cells: Sequence[object]) -> str:
    return f"{name:<6}" + "".join(f"{cell!s:>9}" for cell in cells)


def _block(overview: Overview) -> Grey:
    strips = [_strip(label, overview.examples[label]) for label in overview.labels]
    width = max((strip.shape[1] for strip in strips), default=_CELL_PX)
    empty = np.full((_CELL_PX, width), _PAPER, np.uint8)
    strips = [_pad(strip, _CELL_PX, width) for strip in strips]
    strips += [empty] * (-len(strips) % _COLUMNS)
    rows = [np.hstack(strips[i : i + _COLUMNS]) for i in range(0, len(strips), _COLUMNS)]
    title = _text(f"{overview.name} ({overview.terms})", _TITLE_PX, _COLUMNS * width)
    return np.vstack([title, *rows])


def _strip(label: str, samples: Sequence[Sample]) -> Grey:
    # OpenCV's letters are ASCII only.
    shown = label if label.isascii() and label.isprintable() else f"{ord(label):04X}"
    cells = [_text(shown, _CELL_PX, _LABEL_PX)]
    for sample in samples:
        crop = cv2.resize(
            crop_glyph(sample.image), (_CELL_PX, _CELL_PX), interpolation=cv2.INTER_NEAREST
        )
        cells += [_fit(sample.image), np.asarray(crop, np.uint8)]
    return np.hstack(cells)


def _fit(image: Grey) -> Grey:
    """Bring a picture into a square cell, its aspect kept, on grey."""
    room = _CELL_PX - 4
    height, width = image.shape
    scale = room / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST
    cell = np.full((_CELL_PX, _CELL_PX), 128, np.uint8)
    cell[2 : 2 + size[1], 2 : 2 + size[0]] = cv2.resize(image, size, interpolation=method)
    return cell


def _text(text: str, height: int, width: int) -> Grey:
    image = np.full((height, width), _PAPER, np.uint8)
    cv2.putText(
        image, text, (6, height - 10), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 1, cv2.LINE_AA
    )  # fmt: skip
    return image


def _pad(image: Grey, height: int, width: int) -> Grey:
    padding = ((0, height - image.shape[0]), (0, width - image.shape[1]))
    return np.pad(image, padding, constant_values=_PAPER)
