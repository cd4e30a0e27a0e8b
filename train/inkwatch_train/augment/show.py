"""A sheet that shows what augmentation makes of a few glyphs: before on the left, then after."""

from collections.abc import Sequence

import cv2
import numpy as np

from inkwatch.errors import DataError
from inkwatch.recognise.crop import CROP_SIZE, Grey
from inkwatch_train.augment.canvas import Rng, to_canvas
from inkwatch_train.augment.pipeline import augment_glyph, photograph_glyph
from inkwatch_train.augment.settings import Augment
from inkwatch_train.data.sample import Source

_GAP = 4
_SCALE = 2


def pick_canvases(sources: Sequence[Source], count: int, rng: Rng) -> list[Grey]:
    """Pick about `count` training glyphs, an equal share from each source.

    Returns:
        `(64, 64)` uint8 canvases, ink bright, at least one.

    Raises:
        DataError: no source has a training glyph with ink.
    """
    canvases: list[Grey] = []
    for index, source in enumerate(sources):
        samples = [sample for sample in source.samples() if sample.split == "train"]
        share = -(-count * (index + 1) // len(sources)) - len(canvases)
        picks = rng.choice(len(samples), min(len(samples), max(0, share)), replace=False)
        drawn = [to_canvas(samples[k].image) for k in picks]
        canvases += [canvas for canvas in drawn if canvas is not None]
    if not canvases:
        raise DataError("The recipe's sources hold no training glyph to show.")
    return canvases


def augment_sheet(canvases: Sequence[Grey], settings: Augment, rng: Rng, columns: int = 12) -> Grey:
    """Draw a row for each glyph: its canvas, then pairs of a photograph and the crop cut from it.

    Args:
        canvases: `(64, 64)` uint8 each, at least one.
        settings: what is done to them.
        rng: source of chance.
        columns: how many augmented pictures of each glyph.

    Returns:
        `(H, W)` uint8.
    """
    rows = []
    for index, canvas in enumerate(canvases):
        neighbour = canvases[(index + 1) % len(canvases)]
        cells = [_cell(np.asarray(255 - canvas, np.uint8))]
        for _ in range(columns):
            # The same state twice: the crop shown is the crop of the photograph beside it.
            seed = int(rng.integers(1 << 31))
            photo = photograph_glyph(canvas, neighbour, np.random.default_rng(seed), settings)
            crop = augment_glyph(canvas, neighbour, np.random.default_rng(seed), settings)
            cells.append(np.vstack([_cell(photo), _cell(crop)]))
        cells[0] = np.vstack([cells[0], np.full_like(cells[0], 128)])
        rows.append(np.hstack(cells))
    return np.vstack(rows)


def _cell(picture: Grey) -> Grey:
    """Fit a picture into a square cell, pixels kept square."""
    side = CROP_SIZE * _SCALE
    scale = min(side / picture.shape[0], side / picture.shape[1])
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST
    fitted = cv2.resize(picture, size, interpolation=method)
    cell = np.full((side + _GAP, side + _GAP), 128, np.uint8)
    cell[: fitted.shape[0], : fitted.shape[1]] = fitted
    return cell
