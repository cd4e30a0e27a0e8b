import string

import pytest

from inkwatch.language.shapes import SPREAD, shape_of


@pytest.mark.parametrize(
    "character", [*string.ascii_letters, *string.digits, *"!?#%&$@()/'\"*.,:;-+="]
)
def test_every_shape_has_a_height(character: str) -> None:
    shape = shape_of(character)
    assert -1 < shape.bottom < shape.top < 2


def test_pairs_that_a_crop_cannot_tell_apart_differ_by_more_than_the_spread() -> None:
    for pair in ("oO", "o0", "sS", "xX", "cC", "vV", "wW", "zZ", ",'", "g9"):
        one, other = shape_of(pair[0]), shape_of(pair[1])
        apart = max(abs(one.top - other.top), abs(one.bottom - other.bottom))
        assert apart > 2 * SPREAD


def test_an_unknown_character_stands_on_the_line() -> None:
    assert shape_of("é").bottom == 0.0
    assert 1.0 <= shape_of("é").top <= 1.62
