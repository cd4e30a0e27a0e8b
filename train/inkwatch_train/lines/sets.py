"""From a recipe to its sources and the lines that it is measured by."""

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import numpy as np

from inkwatch.errors import DataError
from inkwatch_train.data.catalog import data_root
from inkwatch_train.fonts.draw import is_val_face
from inkwatch_train.fonts.fetch import FontFace, installed_fonts
from inkwatch_train.fonts.packages import Kind
from inkwatch_train.lines.font_line import usable_faces
from inkwatch_train.lines.glyph_strokes import strokes_of_fonts
from inkwatch_train.lines.people import hands_of_people, people_licence
from inkwatch_train.lines.real_lines import RealLines
from inkwatch_train.lines.recipe import LineRecipe
from inkwatch_train.lines.research import IAM, LICENCES, ONDB, research_lines
from inkwatch_train.lines.source import FontLines, LabelledLine, LineSource, PenLines

DRAWN = "drawn"
"""The set of lines in fonts that training never sees."""

PEOPLE, TABLET = "pens-people", "pens-tablet"
_FONTS, _PENS = "fonts", "pens"
_STRAYS = 0.12
_VAL_STREAM = (1 << 31) + 5


def open_line_sources(
    recipe: LineRecipe, data: Path | None = None, fonts: Path | None = None
) -> list[LineSource]:
    """Open what a recipe names, in its order.

    Args:
        recipe: the recipe.
        data: the data folder, where research sources lie; $INKWATCH_DATA where not given.
        fonts: where the fonts were fetched to; their usual place where not given.

    Raises:
        DataError: a source is unknown, not on this machine, or not of the recipe's terms.
    """
    faces = [face for face in usable_faces(installed_fonts(fonts)) if not is_val_face(face.name)]
    return [_open(item.source, recipe, faces, data) for item in recipe.data]


def validation_lines(
    recipe: LineRecipe, data: Path | None = None, fonts: Path | None = None
) -> dict[str, list[LabelledLine]]:
    """Lines that training never sees, by set: the first is what the best epoch is chosen by.

    Drawn ones are in fonts of their own, and the same every time. Research recipes are also
    measured on lines of writers of their own, and chosen by these.
    """
    sets = {DRAWN: drawn_lines(recipe.val_lines, recipe.strays, recipe.seed, fonts)}
    names = [item.source for item in recipe.data if item.source in LICENCES]
    real = {name: research_lines(name, "val", data_root(data)) for name in names}
    some = {name: lines[:: max(1, len(lines) // recipe.val_lines)] for name, lines in real.items()}
    return {**some, **sets}


def drawn_lines(
    count: int, strays: float = _STRAYS, seed: int = 1, fonts: Path | None = None
) -> list[LabelledLine]:
    """Draw lines in the fonts that are for validation, set and with a pen; the same every time."""
    faces = [face for face in usable_faces(installed_fonts(fonts)) if is_val_face(face.name)]
    sources = (FontLines("val", faces, strays), PenLines("val", strokes_of_fonts(faces), strays))
    rng = np.random.default_rng([seed, _VAL_STREAM])
    return [sources[number % 2].draw(rng) for number in range(count)]


def _open(
    name: str, recipe: LineRecipe, faces: Sequence[FontFace], data: Path | None
) -> LineSource:
    if name in (*LICENCES, TABLET) and recipe.terms != "research":
        raise DataError(
            f'{name} may be used for research only: write terms = "research" in the recipe.'
        )
    if name in LICENCES:
        return RealLines(name, LICENCES[name], research_lines(name, "train", data_root(data)))
    if name in (PEOPLE, TABLET):
        root = data_root(data)
        fonts = strokes_of_fonts([face for face in faces if face.kind == "print"])
        tablets = name == TABLET
        hands = hands_of_people(root, fonts, tablets=tablets)
        licence = people_licence(root, tablets=tablets)
        return PenLines(name, hands, recipe.strays, licence)
    way, _, kind = name.partition("-")
    chosen = [face for face in faces if face.kind == kind]
    if way not in (_FONTS, _PENS) or not chosen:
        kinds = ", ".join(f"{way}-{kind}" for way in (_FONTS, _PENS) for kind in get_args(Kind))
        raise DataError(
            f"There is no source of lines named '{name}'. Known are {kinds}, {PEOPLE}, {TABLET}, "
            f"{IAM} and {ONDB}."
        )
    if way == _PENS:
        return PenLines(name, strokes_of_fonts(chosen), recipe.strays)
    return FontLines(name, chosen, recipe.strays)
