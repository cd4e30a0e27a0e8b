import string

import pytest

from inkwatch_train.data.folder_names import character_of


@pytest.mark.parametrize(
    ("name", "character"),
    [
        ("A", "A"),
        ("a", "a"),
        ("7", "7"),
        ("+", "+"),
        ("é", "é"),
        ("upper_A", "A"),
        ("upper_a", "A"),
        ("lower_a", "a"),
        ("LOWER_A", "a"),
        ("A_caps", "A"),
        ("a_small", "a"),
        ("B-capital", "B"),
        ("uppercase Z", "Z"),
        ("z_lowercase", "z"),
        ("digit_7", "7"),
        ("Sample001", "0"),
        ("Sample011", "A"),
        ("Sample037", "a"),
        ("sample62", "z"),
    ],
)
def test_names_that_mean_a_character(name: str, character: str) -> None:
    assert character_of(name) == character


@pytest.mark.parametrize(
    "name",
    [
        "", "10", "AB", "Sample000", "Sample063", "Sample100", "upper_7", "digit_A", "upper_AB",
        "A_B", "caps", "upper_A_2", "upper__A", "letters", "big_é",
    ],
)  # fmt: skip
def test_names_that_mean_none(name: str) -> None:
    assert character_of(name) is None


def test_chars74k_in_its_order() -> None:
    order = string.digits + string.ascii_uppercase + string.ascii_lowercase
    assert "".join(character_of(f"Sample{n:03d}") or "?" for n in range(1, 63)) == order
