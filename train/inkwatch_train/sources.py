"""Opens what a recipe names: data sets from the data folder, characters from the fonts."""

from pathlib import Path

from inkwatch.errors import DataError
from inkwatch_train.data.catalog import data_root, open_source
from inkwatch_train.data.sample import Source
from inkwatch_train.fonts.caseless import has_true_lower_case
from inkwatch_train.fonts.draw import FontSource
from inkwatch_train.fonts.fetch import FontFace, fonts_dir, installed_fonts
from inkwatch_train.fonts.hershey import HersheySource
from inkwatch_train.fonts.packages import font_packages
from inkwatch_train.pages.cut_source import CutSource
from inkwatch_train.recipe import DataItem, Recipe

_FONTS = "fonts-"
_CUTS = "cuts-"
_REAL_HANDS = ("paper62", "az_capitals", "omniglot_latin", "mnist", "semeion")
"""Open sets that tell the case of their letters, to write pages with."""


def open_sources(
    recipe: Recipe, data: Path | None = None, fonts: Path | None = None
) -> list[tuple[DataItem, Source]]:
    """Open every source of a recipe.

    Args:
        recipe: names them: `fonts-print`, `fonts-joined`, `cuts-print`, `cuts-joined`, `cuts-real`,
            `hershey`, or what `open_source` knows.
        data: the data folder; `INKWATCH_DATA` where not given.
        fonts: the fonts' folder; the cache where not given.

    Raises:
        DataError: one is not there, or its name is none of these.
    """
    opened: list[tuple[DataItem, Source]] = []
    for item in recipe.data:
        if item.source == "hershey":
            opened.append((item, HersheySource(recipe.alphabet)))
        elif item.source.startswith(_FONTS):
            opened.append((item, _font_source(item.source, fonts, recipe.alphabet)))
        elif item.source.startswith(_CUTS):
            opened.append((item, _cut_source(item.source, data, fonts)))
        else:
            named = "/" not in item.source and ":" not in item.source
            root = data_root(data) if named or data is not None else None
            opened.append((item, open_source(item.source, root)))
    return opened


def _font_source(name: str, folder: Path | None, alphabet: str) -> FontSource:
    kind = name.removeprefix(_FONTS)
    kinds = sorted({font.kind for font in font_packages()})
    if kind not in kinds:
        known = " or ".join(_FONTS + known for known in kinds)
        raise DataError(f"'{name}' names no kind of font. Use {known} in the recipe.")
    return FontSource(name, _faces(kind, folder), alphabet)


def _cut_source(name: str, data: Path | None, folder: Path | None) -> CutSource:
    kind = name.removeprefix(_CUTS)
    if kind not in {"print", "joined", "real"}:
        raise DataError(
            f"'{name}' names no kind of cuts. Use cuts-print, cuts-joined or cuts-real."
        )
    faces = _faces("joined" if kind == "joined" else "print", folder)
    hands: tuple[Source, ...] = ()
    if kind == "real":
        root = data_root(data)
        hands = tuple(open_source(each, root) for each in _REAL_HANDS)
    return CutSource(name, faces, hands, joined=kind == "joined")


def _faces(kind: str, folder: Path | None) -> list[FontFace]:
    return [
        face
        for face in installed_fonts(folder or fonts_dir())
        if face.kind == kind and has_true_lower_case(face.path)
    ]
