from collections import Counter

import numpy as np

from inkwatch_train.fonts.hershey import HersheySource, draw_text


def test_each_character_comes_in_each_face_and_thickness() -> None:
    source = HersheySource("aB7")
    samples = list(source.samples())
    assert Counter(sample.label for sample in samples) == {"a": 15, "B": 15, "7": 15}
    assert len({sample.writer for sample in samples}) == 5
    assert source.terms == "open"
    assert not any(sample.folded for sample in samples)
    for sample in samples:
        assert sample.image.dtype == np.uint8
        assert sample.image.max() == 255
        assert sample.image.min() == 0


def test_the_validating_face_trains_nothing() -> None:
    splits = {(s.writer, s.split) for s in HersheySource("ab").samples()}
    assert len(splits) == 5  # no face on both sides
    assert [writer for writer, split in splits if split == "val"] == ["duplex"]


def test_the_order_is_always_the_same() -> None:
    first, second = (
        [(s.label, s.writer, s.image.tobytes()) for s in HersheySource("ab").samples()]
        for _ in range(2)
    )
    assert first == second


def test_characters_that_the_faces_lack_are_left_out() -> None:
    assert {s.label for s in HersheySource("aé?\t€").samples()} == {"a", "?"}


def test_text_is_drawn_whole_and_as_tall_as_said() -> None:
    for thickness in (2, 4, 7):
        image = draw_text("HIgjQy_|", thickness=thickness)
        rows, columns = np.nonzero(image < 128)
        assert rows.min() > 0
        assert columns.min() > 0
        assert rows.max() < image.shape[0] - 1
        assert columns.max() < image.shape[1] - 1
    rows, _ = np.nonzero(draw_text("H", thickness=4) < 128)
    assert abs(np.ptp(rows) + 1 - 64) <= 6
