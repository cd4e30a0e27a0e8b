"""What a finished run of lines leaves for conversion: its card, and lines to calibrate with."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from inkwatch.recognise.card import Source
from inkwatch.recognise.line_image import LINE_HEIGHT, LINE_VERSION
from inkwatch_train.artefacts import LICENCE
from inkwatch_train.lines.recipe import LineRecipe
from inkwatch_train.lines.source import LabelledLine, LineSource
from inkwatch_train.run import Run

PIECE_PX = 512
"""Columns of the pieces that the device reads lines in."""

_REPRESENTATIVE = 400

Grey = npt.NDArray[np.uint8]


def write_line_artefacts(
    run: Run,
    recipe: LineRecipe,
    sources: Sequence[LineSource],
    validation: Mapping[str, Sequence[LabelledLine]],
    report: dict[str, float],
) -> None:
    """Write `run.json`, `representative.npz` and `validation.npz` into the run's folder.

    Representative pieces are drawn like the training's, with numbers of their own. Validation
    lines differ in width: `pixels` holds all columns side by side, `widths` how many each has.
    """
    card = {
        "recipe": recipe.name,
        "terms": recipe.terms,
        "licence": LICENCE[recipe.terms],
        "sources": [Source(each.name, each.licence, each.images) for each in sources],
        "report": report,
        "crop": {"version": LINE_VERSION, "size": LINE_HEIGHT},
    }
    (run.folder / "run.json").write_bytes(msgspec.json.format(msgspec.json.encode(card)))
    rng = np.random.default_rng([recipe.seed, (1 << 31) + 7])
    weights = np.array([item.weight for item in recipe.data])
    chosen = rng.choice(len(sources), _REPRESENTATIVE, p=weights / weights.sum())
    pieces = np.stack([_piece(sources[int(k)].draw(rng).pixels) for k in chosen])
    np.savez_compressed(run.folder / "representative.npz", crops=pieces)
    lines = [(name, line) for name, part in validation.items() for line in part]
    np.savez_compressed(
        run.folder / "validation.npz",
        pixels=np.concatenate([line.pixels for _, line in lines], axis=1),
        widths=np.array([line.pixels.shape[1] for _, line in lines]),
        texts=np.array([line.text for _, line in lines]),
        sources=np.array([name for name, _ in lines]),
    )


def _piece(pixels: Grey) -> Grey:
    """The line's beginning, as wide as the device's pieces."""
    piece = np.zeros((LINE_HEIGHT, PIECE_PX), np.uint8)
    part = pixels[:, :PIECE_PX]
    piece[:, : part.shape[1]] = part
    return piece
