"""A whole page in one call: text → layout → paper → camera, with its truth in the picture."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from inkwatch.errors import OutputError, UsageError
from inkwatch.frames.frame import Image
from inkwatch.reading import Box
from inkwatch_train.pages.camera import Camera, photograph, to_jpeg, to_png
from inkwatch_train.pages.fit import MakePen, write_fitted
from inkwatch_train.pages.glyph import Pen
from inkwatch_train.pages.layout import Hand, SheetSize, write_sheet
from inkwatch_train.pages.paper import Ink, Paper, PaperKind, flat_scan, ink_sheet
from inkwatch_train.pages.truth import Truth

_INKS = (
    Ink((0.26, 0.16, 0.14)),  # blue-black
    Ink((0.15, 0.15, 0.16)),  # black
    Ink((0.42, 0.20, 0.13)),  # blue
    Ink((0.30, 0.29, 0.29), 0.1),  # pencil
)
_KINDS: tuple[PaperKind, ...] = ("plain", "ruled", "grainy")


@dataclass(frozen=True, slots=True)
class PageStyle:
    """All that a page's look is made of, but for its text and font."""

    hand: Hand = field(default_factory=Hand)
    size: SheetSize = field(default_factory=SheetSize)
    paper: Paper = field(default_factory=Paper)
    ink: Ink = field(default_factory=Ink)
    camera: Camera = field(default_factory=Camera)


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A picture of a page with the truth in its pixels.

    `image` is uint8, `(H, W, 3)` BGR by a camera or `(H, W)` grey by a scanner.
    """

    image: Image
    truth: Truth


def random_style(rng: np.random.Generator) -> PageStyle:
    """Choose a look that an upright page with dark ink may have: paper, pen, hand and camera."""
    x_height_px = rng.uniform(24.0, 36.0)
    hand = Hand(
        x_height_px=x_height_px,
        extra_stroke_px=rng.uniform(0.0, 1.0),
        line_pitch=rng.uniform(3.1, 3.8),
        word_gap=rng.uniform(0.7, 1.0),
        touching=rng.uniform(0.0, 0.05),
        slope_deg=rng.normal(0.0, 0.3),
        slant_deg=rng.normal(0.0, 3.0),
    )
    paper = Paper(
        kind=_KINDS[rng.integers(len(_KINDS))],
        colour=(rng.uniform(0.80, 0.90), rng.uniform(0.86, 0.91), rng.uniform(0.88, 0.93)),
    )
    camera = Camera(
        tilt_x_deg=rng.uniform(-3.0, 3.0),
        tilt_y_deg=rng.uniform(-3.0, 3.0),
        roll_deg=rng.normal(0.0, 0.4),
        light=rng.uniform(0.85, 1.0),
        falloff=rng.uniform(0.05, 0.25),
        shadow=rng.uniform(0.05, 0.3),
        blur_px=rng.uniform(0.6, 1.2),
    )
    return PageStyle(
        hand=hand,
        # The first line keeps clear of the edge, however large the writing.
        size=SheetSize(first_baseline=round(110 + 3.0 * x_height_px)),
        paper=paper,
        ink=_INKS[rng.integers(len(_INKS))],
        camera=camera,
    )


def with_paper(style: PageStyle, kind: PaperKind | None) -> PageStyle:
    """The same look on another kind of paper; None leaves it as it is."""
    return style if kind is None else replace(style, paper=replace(style.paper, kind=kind))


def make_page(
    texts: Sequence[str],
    pen: Path | MakePen,
    style: PageStyle,
    seed: int,
    *,
    fitted: bool = False,
    flat: bool = False,
) -> Page:
    """Make one page.

    Args:
        texts: its lines.
        pen: a TrueType file, or what gives the pen for a size.
        style: its look.
        seed: the same seed and style give the same page.
        fitted: break the lines, and write smaller, where they would not fit.
        flat: leave the camera out, as a scanner would show the sheet.

    Returns:
        The picture and its truth.

    Raises:
        UsageError: the text does not fit, or has characters that the pen lacks.
        DataError: the font cannot be opened.
    """
    # Each step has numbers of its own, so that a change in one leaves the others as they were.
    layout_rng, paper_rng, camera_rng = np.random.default_rng(seed).spawn(3)
    if fitted:
        sheet = write_fitted(texts, _pen_maker(pen, style.hand), style.hand, style.size, seed)
    else:
        written = pen if isinstance(pen, Path) else pen(style.hand.x_height_px)
        sheet = write_sheet(texts, written, style.hand, style.size, layout_rng)
    if flat:
        return Page(flat_scan(sheet.coverage, style.paper, sheet.baselines, paper_rng), sheet.truth)
    inked = ink_sheet(sheet.coverage, style.paper, style.ink, sheet.baselines, paper_rng)
    image, matrix = photograph(inked, style.camera, camera_rng)
    truth = sheet.truth.moved(matrix)
    around = Box.around(character.box for character in truth.characters)
    inside = around.left >= 0 and around.top >= 0
    if not (inside and around.right <= style.camera.width and around.bottom <= style.camera.height):
        raise UsageError("The camera would cut off some of the text; use wider margins.")
    return Page(image, truth)


def _pen_maker(pen: Path | MakePen, hand: Hand) -> MakePen:
    if isinstance(pen, Path):
        return lambda x_height_px: Pen(pen, x_height_px, hand.extra_stroke_px)
    return pen


def read_texts(path: Path) -> list[str]:
    """Read the lines of a UTF-8 text file.

    Raises:
        UsageError: the file is missing, or is not UTF-8 text.
    """
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as text: {error}") from error


def write_page(page: Page, folder: Path, name: str, *, boxes: bool = True) -> Path:
    """Write `<name>.jpg` (`.png` of a flat page), `<name>.txt` and, where wanted, `<name>.json`.

    Returns:
        The picture's path.

    Raises:
        OutputError: the folder cannot be written.
    """
    flat = page.image.ndim == 2
    picture = folder / f"{name}{'.png' if flat else '.jpg'}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        picture.write_bytes(to_png(page.image) if flat else to_jpeg(page.image))
        (folder / f"{name}.txt").write_text(page.truth.text + "\n", encoding="utf-8")
        if boxes:
            text = json.dumps(_as_json(page), ensure_ascii=False, indent=1)
            (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"The page cannot be written to {folder}: {error}") from error
    return picture


def _as_json(page: Page) -> dict[str, object]:
    height, width = page.image.shape[:2]
    lines = [
        {
            "text": line.text,
            "characters": [
                {
                    "character": each.character,
                    "box": [each.box.left, each.box.top, each.box.width, each.box.height],
                }
                for each in line.characters
            ],
        }
        for line in page.truth.lines
    ]
    return {"width": width, "height": height, "lines": lines}
