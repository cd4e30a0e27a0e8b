from typing import Any

import numpy as np
import pytest

pytest.importorskip("keras", reason="needs pip install 'inkwatch[train]'")

from inkwatch_train.lines.alphabet import BLANK, LINE_ALPHABET, OUTPUTS
from inkwatch_train.lines.score import error_rate, read_lines
from inkwatch_train.lines.source import LabelledLine

pytestmark = pytest.mark.train


@pytest.mark.parametrize(
    ("read", "true", "rate"),
    [
        ([], [], 0.0),
        (["abc"], ["abc"], 0.0),
        (["abd"], ["abc"], 1 / 3),
        (["", "ab"], ["ab", "ab"], 0.5),
        (["abcd"], ["ab"], 1.0),
        (["kitten"], ["sitting"], 3 / 7),
        (["x"], [""], 1.0),
    ],
)
def test_errors_count_over_all_characters(read: list[str], true: list[str], rate: float) -> None:
    assert error_rate(read, true) == pytest.approx(rate)


def test_each_text_needs_a_reading() -> None:
    with pytest.raises(ValueError, match="zip"):
        error_rate(["a"], ["a", "b"])


class Brightness:
    """Reads one letter, by how bright a line is, and spaces around it."""

    def __init__(self) -> None:
        self.columns = 0

    def __call__(self, pictures: Any, *, training: bool) -> Any:
        assert not training
        self.columns = max(self.columns, pictures.shape[0] * pictures.shape[2])
        logits = np.zeros((len(pictures), pictures.shape[2] // 4, OUTPUTS), np.float32)
        logits[:, :, BLANK] = 1.0
        for row, picture in zip(logits, pictures, strict=True):
            row[0, 0] = row[2, 0] = 2.0
            row[1, round(float(picture.max()) * 255)] = 2.0
        return logits


def test_texts_come_in_the_order_of_the_lines() -> None:
    rng = np.random.default_rng(1)
    lines = [
        LabelledLine(np.full((48, int(rng.integers(20, 3000))), 33 + k % 26, np.uint8), "")
        for k in range(60)
    ]
    model = Brightness()
    assert read_lines(model, lines) == [LINE_ALPHABET[33 + k % 26] for k in range(60)]
    assert model.columns <= 20000
    assert read_lines(model, []) == []
