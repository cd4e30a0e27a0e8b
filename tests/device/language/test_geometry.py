import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.language.geometry import (
    Floats,
    GlyphHeights,
    HeightFits,
    LineMetrics,
    weigh_heights,
)
from inkwatch.language.shapes import shape_of

LABELS = "".join(sorted("oO0sSxXcCvVwWzZnaehdgpytAETHRML,'.-1l"))
ALIKE = ("oO0", "sS", "xX", "cC", "vV", "wW", "zZ", ",'.", "1l")


def fit_metrics(
    rows: Floats, labels: str, heights: GlyphHeights, expected: LineMetrics | None = None
) -> LineMetrics:
    return HeightFits(rows, labels, heights).best(expected)


def guesses(text: str) -> Floats:
    """Each character as a crop shows it: as likely as those that differ only by height."""
    rows = np.full((len(text), len(LABELS)), 1e-4)
    for row, character in zip(rows, text, strict=True):
        group = next((alike for alike in ALIKE if character in alike), character)
        row[[LABELS.index(c) for c in group]] = 1.0
    return np.asarray(rows / rows.sum(axis=1, keepdims=True), np.float64)


def heights_of(
    text: str, x_height: float = 20.0, baseline: float = 300.0, rise: float = 1.0, seed: int = 0
) -> GlyphHeights:
    """Where a steady hand puts the characters, a twentieth of an x-height off at times."""
    off = np.random.default_rng(seed).normal(0, 0.05, (2, len(text)))
    shapes = [shape_of(c) for c in text]
    tops = np.array([s.top if s.top <= 1 else 1 + (s.top - 1) * rise for s in shapes]) + off[0]
    bottoms = np.array([s.bottom for s in shapes]) + off[1]
    return GlyphHeights(baseline - x_height * tops, baseline - x_height * bottoms)


def read(text: str, heights: GlyphHeights, expected: LineMetrics | None = None) -> str:
    rows = guesses(text)
    metrics = fit_metrics(rows, LABELS, heights, expected)
    best = weigh_heights(rows, LABELS, heights, metrics).argmax(axis=1)
    return "".join(LABELS[k] for k in best)


@pytest.mark.parametrize(
    "text",
    [
        "SothecowsatonthezoosstepsO",
        "Onexoxsawhowshesang",
        "hecan'tgo,shesays",
        "Sedges,coves",
        "apexOz",
        "Xenon,don'tcopy",
    ],
)
@pytest.mark.parametrize("x_height", [8.0, 20.0, 90.0])
def test_height_tells_case_and_marks(text: str, x_height: float) -> None:
    # A zero stands as tall as a capital O: only the neighbours tell those two apart.
    found = read(text, heights_of(text, x_height)).replace("0", "O")
    assert found == text.replace("1", "l")


@pytest.mark.parametrize("text", ["THECOSTS", "MOVETOX", "ZEROCOVER", "HARM"])
def test_a_line_in_capitals(text: str) -> None:
    assert read(text, heights_of(text)).replace("0", "O") == text


def test_a_line_in_small_letters() -> None:
    assert read("hesawoxen", heights_of("hesawoxen")) == "hesawoxen"


@pytest.mark.parametrize("rise", [0.5, 1.0, 1.3])
def test_low_and_high_ascenders(rise: float) -> None:
    text = "Hesawthecowsnap"
    heights = heights_of(text, rise=rise)
    assert read(text, heights) == text
    metrics = fit_metrics(guesses(text), LABELS, heights)
    assert metrics.rise == pytest.approx(rise, abs=0.35)


@pytest.mark.parametrize("x_height", [8.0, 20.0, 90.0])
@pytest.mark.parametrize("text", ["thenapegets", "Theygapedatthehat", "THEHAT"])
def test_metrics_are_those_of_the_hand(text: str, x_height: float) -> None:
    metrics = fit_metrics(guesses(text), LABELS, heights_of(text, x_height))
    assert metrics.x_height_px == pytest.approx(x_height, rel=0.15)
    assert metrics.baseline_y == pytest.approx(300.0, abs=0.15 * x_height)


def test_the_page_tells_a_line_that_cannot_tell_itself() -> None:
    """An `o` and an `x` alone: large or small, only the rest of the page knows."""
    usual = LineMetrics(0.0, 20.0, 1.0)
    assert read("ox", heights_of("ox"), usual) == "ox"
    assert read("OX", heights_of("OX"), usual).replace("0", "O") == "OX"


def test_heights_do_not_overrule_a_sure_crop() -> None:
    rows = guesses("hesatnea")
    rows[2] = 1e-9
    rows[2, LABELS.index("S")] = 1.0
    heights = heights_of("hesatnea")
    weighed = weigh_heights(rows, LABELS, heights, fit_metrics(rows, LABELS, heights))
    assert LABELS[int(weighed[2].argmax())] == "S"


@pytest.mark.parametrize("text", ["o", ".", "-", "'", "g", "T"])
def test_a_single_glyph_has_metrics(text: str) -> None:
    metrics = fit_metrics(guesses(text), LABELS, heights_of(text))
    assert metrics.x_height_px > 0
    assert np.isfinite([metrics.baseline_y, metrics.x_height_px, metrics.rise]).all()


spans = st.lists(st.tuples(st.integers(-500, 5000), st.integers(1, 3000)), min_size=1, max_size=12)


@given(spans, st.integers(0, 2**32 - 1), st.booleans())
@settings(max_examples=80, deadline=None)
def test_rows_sum_to_one_for_any_heights(
    boxes: list[tuple[int, int]], seed: int, page_known: bool
) -> None:
    top = np.array([start for start, _ in boxes], np.float64)
    heights = GlyphHeights(top, top + np.array([height for _, height in boxes]))
    rows = np.random.default_rng(seed).dirichlet(np.full(len(LABELS), 0.1), len(boxes))
    rows[rows < 1e-3] = 0.0
    metrics = fit_metrics(
        rows, LABELS, heights, LineMetrics(0.0, 20.0, 1.0) if page_known else None
    )
    assert metrics.x_height_px > 0
    weighed = weigh_heights(rows, LABELS, heights, metrics)
    assert weighed.sum(axis=1) == pytest.approx(np.ones(len(boxes)))
    assert not weighed[rows == 0].any()


@given(spans, st.floats(-1e4, 1e4))
@settings(max_examples=40, deadline=None)
def test_it_does_not_matter_where_on_the_page_a_line_stands(
    boxes: list[tuple[int, int]], down: float
) -> None:
    rows = np.random.default_rng(len(boxes)).dirichlet(np.ones(len(LABELS)), len(boxes))
    top = np.array([start for start, _ in boxes], np.float64)
    bottom = top + np.array([height for _, height in boxes])
    here = fit_metrics(rows, LABELS, GlyphHeights(top, bottom))
    there = fit_metrics(rows, LABELS, GlyphHeights(top + down, bottom + down))
    assert there.x_height_px == pytest.approx(here.x_height_px)
    assert there.baseline_y == pytest.approx(here.baseline_y + down, abs=1e-6)


def test_guesses_that_say_nothing_leave_what_is_usual_on_the_page() -> None:
    rows = np.full((3, len(LABELS)), 1e-6)
    heights = GlyphHeights(np.array([0.0, 5.0, 1.0]), np.array([20.0, 20.0, 21.0]))
    usual = LineMetrics(0.0, 20.0, 1.0)
    assert fit_metrics(rows, LABELS, heights, usual).x_height_px == pytest.approx(20.0, rel=0.1)
