import numpy as np
import pytest

from inkwatch_train.pages.paper import Ink, Paper, flat_scan, ink_sheet, smooth_field

BLANK = np.zeros((300, 400), np.uint8)


def test_blank_paper_has_its_colour(rng: np.random.Generator) -> None:
    paper = Paper("plain", (0.8, 0.85, 0.9))
    sheet = ink_sheet(BLANK, paper, Ink(), (), rng)
    assert sheet.shape == (300, 400, 3)
    assert sheet.dtype == np.float32
    assert sheet.mean(axis=(0, 1)) == pytest.approx((0.8, 0.85, 0.9), abs=0.01)


def test_ink_is_dark_where_it_covers_and_paper_stays_light(rng: np.random.Generator) -> None:
    coverage = BLANK.copy()
    coverage[100:120, 50:300] = 255
    sheet = ink_sheet(coverage, Paper(), Ink(), (), rng)
    assert sheet[100:120, 50:300].max() < 0.5
    assert sheet[130:].min() > 0.75


def test_half_covered_pixels_are_between(rng: np.random.Generator) -> None:
    coverage = np.full_like(BLANK, 128)
    sheet = ink_sheet(coverage, Paper(), Ink((0.1, 0.1, 0.1), pressure=0.0), (), rng)
    assert sheet[..., 1].mean() == pytest.approx(0.5 * (0.88 + 0.1), abs=0.04)


def test_pressure_makes_the_ink_uneven() -> None:
    coverage = np.full_like(BLANK, 255)
    firm, shaky = (
        ink_sheet(coverage, Paper(), Ink(pressure=pressure), (), np.random.default_rng(1))
        for pressure in (0.0, 0.15)
    )
    assert shaky.std(axis=(0, 1)).min() > 2 * firm.std(axis=(0, 1)).max()


def test_rules_follow_the_baselines_faintly(rng: np.random.Generator) -> None:
    sheet = ink_sheet(BLANK, Paper("ruled"), Ink(), (70.0, 130.0, 190.0), rng)
    red = sheet[..., 2].mean(axis=1)
    dark = np.flatnonzero(red < np.median(red) - 0.05)
    rules = dark[np.diff(dark, prepend=-9) > 1]
    assert rules.size == 5  # 14, 74, 134, 194, 254: also above and below what is written
    assert np.diff(rules).tolist() == [60] * 4
    for baseline in (70, 130, 190):
        assert 0 < min(abs(rules - baseline)) < 10
    assert red.min() > 0.7


def test_a_scan_shows_dark_ink_on_white_paper_whatever_its_colour(
    rng: np.random.Generator,
) -> None:
    coverage = np.zeros((200, 300), np.uint8)
    coverage[90:110, 50:250] = 255
    scan = flat_scan(coverage, Paper("squared", (0.5, 0.5, 0.5)), (100.0, 160.0), rng)
    assert scan.dtype == np.uint8
    assert scan.shape == (200, 300)
    assert scan[92:108, 52:248].max() < 90
    assert np.median(scan) > 245
    outside = np.delete(scan, np.s_[85:115], axis=0)
    assert 150 < outside.min() < 240  # the squares


def test_grainy_paper_has_more_grain() -> None:
    plain, grainy = (
        ink_sheet(BLANK, Paper(kind), Ink(), (), np.random.default_rng(1)).std()
        for kind in ("plain", "grainy")
    )
    assert grainy > plain


def test_a_smooth_field_is_smooth_and_normed(rng: np.random.Generator) -> None:
    field = smooth_field(200, 300, 40.0, rng)
    assert field.shape == (200, 300)
    assert float(field.mean()) == pytest.approx(0, abs=1e-4)
    assert float(field.std()) == pytest.approx(1, abs=1e-3)
    assert np.abs(np.diff(field, axis=1)).max() < 0.3
