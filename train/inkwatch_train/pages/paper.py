"""Ink coverage → a sheet of paper with ink on it, under even light."""

from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch_train.pages.ruling import RULINGS, print_ruling
from inkwatch_train.pages.uneven import Coverage

Picture = npt.NDArray[np.float32]
"""`(H, W, 3)` float32 in BGR order: 0 is black, 1 the brightest that the camera tells apart."""

PaperKind = Literal["plain", "grainy", "ruled", "squared", "dotted"]

_SCANNED_INK = (0.1, 0.1, 0.1)


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of paper.

    `colour` is its share of reflected light in B, G, R. `rule_strength` says how much of the
    colour of printed rules, squares or dots shows.
    """

    kind: PaperKind = "plain"
    colour: tuple[float, float, float] = (0.84, 0.88, 0.90)
    rule_strength: float = 0.35


@dataclass(frozen=True, slots=True)
class Ink:
    """What the pen leaves.

    `colour` is its share of reflected light in B, G, R where it is densest; `pressure` is the
    standard deviation of its density along the writing.
    """

    colour: tuple[float, float, float] = (0.26, 0.16, 0.14)
    pressure: float = 0.06


def smooth_field(
    height: int, width: int, cell_px: float, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """A random field that changes over about `cell_px` pixels.

    Returns:
        `(height, width)` float32, mean 0 and standard deviation 1.
    """
    rows, columns = (max(2, round(side / cell_px) + 1) for side in (height, width))
    coarse = rng.standard_normal((rows, columns)).astype(np.float32)
    field = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray((field - field.mean()) / (field.std() + 1e-6), np.float32)


def ink_sheet(
    coverage: Coverage,
    paper: Paper,
    ink: Ink,
    baselines: tuple[float, ...],
    rng: np.random.Generator,
) -> Picture:
    """Lay ink on paper.

    Args:
        coverage: `(H, W)` uint8, 255 where ink covers the pixel.
        paper: its kind, and what is printed on it.
        ink: its colour and how unevenly it flows.
        baselines: rows of the written lines.
        rng: gives grain and pressure.

    Returns:
        The sheet under even light; see `Picture`.
    """
    height, width = coverage.shape
    sheet = np.empty((height, width, 3), np.float32)
    sheet[:] = paper.colour
    if paper.kind in RULINGS:
        print_ruling(sheet, paper.kind, baselines, paper.rule_strength)
    sheet *= _grain(paper.kind, height, width, rng)[..., None]
    # Pressure changes within a word, ink flow within a line.
    density = 0.95 + ink.pressure * (
        0.7 * smooth_field(height, width, 45.0, rng) + 0.5 * smooth_field(height, width, 9.0, rng)
    )
    share = coverage.astype(np.float32) / 255.0 * np.clip(density, 0.6, 1.0)
    dark = np.array(ink.colour, np.float32)
    sheet += share[..., None] * (dark - sheet)
    return sheet


def flat_scan(
    coverage: Coverage, paper: Paper, baselines: tuple[float, ...], rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """Lay a sheet on a scanner: dark ink on white paper, with what is printed on it.

    Args:
        coverage: `(H, W)` uint8, 255 where ink covers the pixel.
        paper: its kind and print; scanners show its colour as white.
        baselines: rows of the written lines.
        rng: gives grain and pressure.

    Returns:
        `(H, W)` uint8.
    """
    white = replace(paper, colour=(1.0, 1.0, 1.0))
    grey = cv2.cvtColor(
        ink_sheet(coverage, white, Ink(_SCANNED_INK), baselines, rng), cv2.COLOR_BGR2GRAY
    )
    return np.asarray(np.clip(grey * 255.0 + 0.5, 0, 255), np.uint8)


def _grain(
    kind: PaperKind, height: int, width: int, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """`(H, W)` factors around 1: fibres, and on grainy paper fine pits."""
    fibres = 0.006 * smooth_field(height, width, 14.0, rng)
    clouds = 0.006 * smooth_field(height, width, 160.0, rng)
    grain = 1.0 + fibres + clouds
    if kind == "grainy":
        pits = rng.standard_normal((height, width), np.float32)
        grain += 0.06 * cv2.GaussianBlur(pits, (0, 0), 1.1)
    return np.asarray(grain, np.float32)
