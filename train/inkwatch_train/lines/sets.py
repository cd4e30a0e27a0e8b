"""From a recipe to its sources and the lines that it is measured by."""

from collections.abc import Sequence

import numpy as np

from inkwatch.errors import DataError
from inkwatch_train.fonts.draw import is_val_face
from inkwatch_train.fonts.fetch import FontFace, installed_fonts
from inkwatch_train.lines.font_line import usable_faces
from inkwatch_train.lines.recipe import LineRecipe
from inkwatch_train.lines.source import FontLines, LabelledLine, LineSource

_FONTS = "fonts-"
_VAL_STREAM = (1 << 31) + 5


def open_sources(recipe: LineRecipe) -> list[LineSource]:
    """Open what a recipe names, in its order.

    Raises:
        DataError: a source is unknown, or not on this machine.
    """
    faces = [face for face in usable_faces(installed_fonts()) if not is_val_face(face.name)]
    return [_open(item.source, faces, recipe.strays) for item in recipe.data]


def drawn_validation(recipe: LineRecipe) -> list[LabelledLine]:
    """Lines in fonts that training never sees, drawn once; the same every time."""
    faces = [face for face in usable_faces(installed_fonts()) if is_val_face(face.name)]
    source = FontLines("val", faces, recipe.strays)
    rng = np.random.default_rng([recipe.seed, _VAL_STREAM])
    return [source.draw(rng) for _ in range(recipe.val_lines)]


def _open(name: str, faces: Sequence[FontFace], strays: float) -> LineSource:
    kind = name.removeprefix(_FONTS)
    chosen = [face for face in faces if face.kind == kind]
    if not name.startswith(_FONTS) or not chosen:
        raise DataError(
            f"There is no source of lines named '{name}'. Known are fonts-print, fonts-joined and "
            "fonts-other."
        )
    return FontLines(name, chosen, strays)
