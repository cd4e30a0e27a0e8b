import numpy as np
import pytest

from inkwatch_train.pages.ruling import RULINGS, Ruling, print_ruling


def printed(ruling: Ruling, strength: float = 1.0) -> np.ndarray:
    sheet = np.ones((400, 300, 3), np.float32)
    print_ruling(sheet, ruling, (100.0, 200.0), strength)
    return np.asarray(1.0 - sheet.mean(axis=2))


def test_rules_run_from_side_to_side_just_below_the_baselines() -> None:
    dark = printed("ruled")
    rows = np.flatnonzero((dark > 0.05).all(axis=1))
    assert {106, 206, 306} <= set(rows.tolist())
    assert len(rows) <= 2 * 4


def test_squares_have_lines_both_ways_at_the_same_pitch() -> None:
    dark = printed("squared") > 0.05
    rows, columns = np.flatnonzero(dark.all(axis=1)), np.flatnonzero(dark.all(axis=0))
    assert set(np.diff(rows[::2])) == set(np.diff(columns[::2])) == {50}


def test_dots_are_round_and_apart() -> None:
    dark = printed("dotted") > 0.05
    assert dark.any()
    assert dark.mean() < 0.02
    assert not dark.all(axis=1).any()
    assert not dark.all(axis=0).any()


@pytest.mark.parametrize("ruling", RULINGS)
def test_a_weaker_print_is_fainter(ruling: Ruling) -> None:
    assert 0 < printed(ruling, 0.3).max() < printed(ruling, 0.9).max()


def test_a_blank_sheet_has_nothing_printed() -> None:
    sheet = np.ones((50, 50, 3), np.float32)
    print_ruling(sheet, "squared", (), 1.0)
    assert (sheet == 1).all()
