import gzip
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from inkwatch.errors import DataError
from inkwatch.recognise.crop import crop_glyph
from inkwatch_train.data.strokes import StrokeSource, draw_strokes, holds_characters

TEN = {
    "label": "L",
    "writer": "w1",
    "split": "val",
    "strokes": [[[10, 0], [10, 100], [60, 100]]],
}


def put(path: Path, *items: Any) -> Path:
    lines = [item if isinstance(item, str) else json.dumps(item) for item in items]
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return path


def test_a_character_is_drawn_where_its_points_are(tmp_path: Path) -> None:
    source = StrokeSource(put(tmp_path / "pens.jsonl.gz", TEN))
    (sample,) = source.samples()
    assert (source.name, source.licence, source.terms) == ("pens", "not stated", "research")
    assert (sample.label, sample.writer, sample.split) == ("L", "w1", "val")
    height, width = sample.image.shape
    assert height == 80
    assert 40 < width < 60
    ink = sample.image < 128
    # An L: ink at the left and below, paper at the upper right and all around.
    assert ink[height // 2, : width // 3].any()
    assert ink[-height // 4 :, width // 2].any()
    assert not ink[: height // 2, width // 2 :].any()
    border = np.concatenate([*sample.image[[0, -1]], *sample.image[:, [0, -1]].T])
    assert (border == 255).all()


@pytest.mark.parametrize("size_px", [64, 80, 96])
@pytest.mark.parametrize("thickness", [0.03, 0.08, 0.15])
def test_the_pen_is_as_wide_as_asked(size_px: int, thickness: float) -> None:
    image = draw_strokes([np.array([[0.0, 0.0], [0.0, 7.0]])], size_px=size_px, thickness=thickness)
    assert image.shape[0] == size_px
    rows = np.flatnonzero((image < 128).any(axis=1))
    columns = (255.0 - image[size_px // 2]).sum() / 255
    stroke = rows[-1] - rows[0] + 1 - columns
    assert abs(columns - thickness * stroke) < 0.8


def test_edges_are_smooth() -> None:
    image = draw_strokes([np.array([[0.0, 0.0], [50.0, 80.0]])])
    assert ((image > 30) & (image < 225)).sum() > 50


def test_a_dot_stays_round() -> None:
    for points in ([[5.0, 5.0]], [[5.0, 5.0], [5.0, 5.0]]):
        image = draw_strokes([np.array(points)])
        contours, _ = cv2.findContours(
            (image < 128).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
        )
        assert len(contours) == 1
        _, _, width, height = cv2.boundingRect(contours[0])
        assert 4 <= width == height <= 8


def test_a_full_stop_is_not_blown_up(tmp_path: Path) -> None:
    wiggle = [[[0, 0], [3, 2], [1, 4], [4, 5]]]
    path = put(
        tmp_path / "a.jsonl.gz",
        {"label": ".", "strokes": wiggle},
        {"label": "w", "strokes": wiggle},
    )
    dot, letter = StrokeSource(path).samples()
    assert max(dot.image.shape) < 30
    assert max(letter.image.shape) == 80


@settings(max_examples=80, deadline=None)
@given(
    strokes=st.lists(
        st.integers(1, 6).flatmap(
            lambda n: arrays(np.float64, (n, 2), elements=st.floats(-1e6, 1e6))
        ),
        min_size=1,
        max_size=4,
    ),
    size_px=st.integers(64, 96),
    thickness=st.floats(0.02, 0.2),
)
def test_any_strokes_leave_ink_inside(strokes: Any, size_px: int, thickness: float) -> None:
    image = draw_strokes(strokes, size_px=size_px, thickness=thickness)
    assert image.dtype == np.uint8
    assert max(image.shape) <= size_px
    assert image.min() < 200
    assert (image[[0, -1]] == 255).all()
    assert (image[:, [0, -1]] == 255).all()
    assert crop_glyph(image).max() > 0


def test_splits_where_none_is_stated(tmp_path: Path) -> None:
    items = [{**TEN, "writer": f"w{n % 40}", "split": None} for n in range(80)]
    samples = list(StrokeSource(put(tmp_path / "a.jsonl.gz", *items)).samples())
    sides = {sample.writer: sample.split for sample in samples}
    assert set(sides.values()) == {"train", "val"}
    assert all(sides[sample.writer] == sample.split for sample in samples)


def test_lines_of_text_are_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "a.jsonl.gz", {"text": "Mr . Smith", "strokes": [[[0, 0]]]})
    with pytest.raises(DataError, match="lines of text, not characters"):
        list(StrokeSource(path).samples())
    assert not holds_characters(path)
    assert holds_characters(put(tmp_path / "b.jsonl.gz", TEN))


@pytest.mark.parametrize(
    "item",
    [
        "{",
        "[]",
        "[" * 100_000,
        {**TEN, "label": "LL"},
        {**TEN, "label": 7},
        {**TEN, "strokes": []},
        {**TEN, "strokes": [[]]},
        {**TEN, "strokes": [[[0, 0, 0]]]},
        {**TEN, "strokes": [[["a", 0]]]},
        {**TEN, "strokes": [[[float("nan"), 0]]]},
        {**TEN, "strokes": [[[1e300, 0]]]},
        {**TEN, "strokes": None},
        {"label": "a"},
        {**TEN, "split": "exam"},
    ],
)
def test_damaged_items_are_told_with_their_line(tmp_path: Path, item: Any) -> None:
    path = put(tmp_path / "odd.jsonl.gz", TEN, item)
    samples = StrokeSource(path).samples()
    assert next(samples).label == "L"
    with pytest.raises(DataError, match=r"odd\.jsonl\.gz"):
        next(samples)


def test_missing_cut_and_foreign_files(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    with pytest.raises(DataError, match="--data"):
        list(StrokeSource(path).samples())
    whole = put(path, *[TEN] * 500).read_bytes()
    path.write_bytes(whole[:-30])
    with pytest.raises(DataError, match="cut short"):
        list(StrokeSource(path).samples())
    path.write_bytes(b"not gzip")
    with pytest.raises(DataError, match="damaged"):
        list(StrokeSource(path).samples())
    path.write_bytes(gzip.compress(b"\xff\xfe\x00"))
    with pytest.raises(DataError, match="JSON lines"):
        list(StrokeSource(path).samples())


@pytest.mark.data
def test_the_real_strokes(data_folder: Path) -> None:
    source = StrokeSource(data_folder / "research" / "chars74k_strokes.jsonl.gz")
    samples = list(source.samples())
    assert len(samples) == 2790
    assert len({sample.label for sample in samples}) == 62
    writers = {split: {s.writer for s in samples if s.split == split} for split in ("train", "val")}
    assert not writers["train"] & writers["val"]
    lines = data_folder / "research" / "iam_ondb_lines.jsonl.gz"
    with pytest.raises(DataError, match="lines of text"):
        next(StrokeSource(lines).samples())
