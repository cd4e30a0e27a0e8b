"""The three sample pages that ship with the device, and how they are made again.

Their texts lie beside them, in `inkwatch/samples/*.txt`. Their fonts are held out of training, so
that reading them shows what the models do with a hand that they have not seen.
"""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from inkwatch_train.fonts.fetch import installed_font
from inkwatch_train.pages.camera import Camera
from inkwatch_train.pages.layout import Hand, SheetSize
from inkwatch_train.pages.make import Page, PageStyle, make_page
from inkwatch_train.pages.paper import Ink, Paper


@dataclass(frozen=True, slots=True)
class SamplePage:
    """One shipped page: its name, font, seed and look."""

    name: str
    font: str
    seed: int
    style: PageStyle


SAMPLE_PAGES = (
    SamplePage(
        "shopping-list",
        "architects-daughter",
        11,
        PageStyle(
            hand=Hand(x_height_px=31, line_pitch=3.4, word_gap=1.05, slope_deg=0.3),
            size=SheetSize(left=330, first_baseline=205),
            paper=Paper("ruled", (0.86, 0.89, 0.91)),
            ink=Ink((0.36, 0.19, 0.14)),
            camera=Camera(tilt_x_deg=2.0, tilt_y_deg=-1.2, roll_deg=0.3, shadow=0.2),
        ),
    ),
    SamplePage(
        "meter-card",
        "patrick-hand",
        22,
        PageStyle(
            hand=Hand(x_height_px=35, line_pitch=3.2, word_gap=1.0),
            size=SheetSize(left=340, first_baseline=240),
            paper=Paper("grainy", (0.80, 0.87, 0.90)),
            ink=Ink((0.17, 0.16, 0.16)),
            camera=Camera(tilt_x_deg=-1.5, tilt_y_deg=2.2, roll_deg=-0.4, falloff=0.22),
        ),
    ),
    SamplePage(
        "note",
        "kalam",
        33,
        PageStyle(
            hand=Hand(x_height_px=33, line_pitch=3.4, word_gap=0.95, wander=0.12, slope_deg=-0.2),
            size=SheetSize(left=230, first_baseline=240),
            paper=Paper("plain", (0.83, 0.89, 0.92)),
            ink=Ink((0.24, 0.17, 0.15)),
            camera=Camera(tilt_x_deg=2.6, tilt_y_deg=1.6, roll_deg=0.5, shadow=0.26),
        ),
    ),
)


def sample_text(name: str) -> list[str]:
    """The lines of a shipped page."""
    text = files("inkwatch").joinpath("samples", f"{name}.txt").read_text(encoding="utf-8")
    return text.splitlines()


def make_sample(sample: SamplePage, fonts: Path | None = None) -> Page:
    """Make a shipped page again.

    Args:
        sample: one of `SAMPLE_PAGES`.
        fonts: where the fonts lie; `fonts_dir()` where not given.

    Raises:
        DataError: its font is not fetched.
    """
    font = installed_font(sample.font, fonts)
    return make_page(sample_text(sample.name), font.path, sample.style, sample.seed)
