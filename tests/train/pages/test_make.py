import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.errors import OutputError, UsageError
from inkwatch_train.pages.camera import Camera
from inkwatch_train.pages.layout import Hand, SheetSize
from inkwatch_train.pages.make import (
    Page,
    PageStyle,
    make_page,
    random_style,
    read_texts,
    write_page,
)

TEXTS = ["Two jars", "of plum jam?"]
STYLE = PageStyle(
    hand=Hand(x_height_px=26),
    size=SheetSize(500, 330, 70, 90, 40, 40),
    camera=Camera(width=470, height=310, tilt_x_deg=2.0, tilt_y_deg=-1.5, roll_deg=0.5),
)


@pytest.fixture(scope="module")
def page(plain_font: Path) -> Page:
    return make_page(TEXTS, plain_font, STYLE, 3)


def test_the_truth_is_the_text_and_lies_in_the_picture(page: Page) -> None:
    assert page.truth.text == "\n".join(TEXTS)
    assert page.image.shape == (310, 470, 3)
    for each in page.truth.characters:
        assert each.box.left >= 0
        assert each.box.top >= 0
        assert each.box.right <= 470
        assert each.box.bottom <= 310


def test_every_box_holds_ink_and_the_rest_is_paper(page: Page) -> None:
    grey = cv2.cvtColor(page.image, cv2.COLOR_BGR2GRAY)
    paper = cv2.medianBlur(grey, 51).astype(int)
    dark = grey < 0.7 * paper
    inside = np.zeros_like(dark)
    for each in page.truth.characters:
        box = each.box
        assert dark[box.top : box.bottom, box.left : box.right].mean() > 0.08, each
        inside[box.top - 1 : box.bottom + 1, box.left - 1 : box.right + 1] = True
    assert not (dark & ~inside).any()


def test_the_same_seed_gives_the_same_page(page: Page, plain_font: Path) -> None:
    again = make_page(TEXTS, plain_font, STYLE, 3)
    other = make_page(TEXTS, plain_font, STYLE, 4)
    assert np.array_equal(page.image, again.image)
    assert page.truth == again.truth
    assert not np.array_equal(page.image, other.image)


def test_another_camera_leaves_the_writing_as_it_was(page: Page, plain_font: Path) -> None:
    straight = replace(STYLE, camera=Camera(width=500, height=330, shadow=0.3))
    sheet_boxes = make_page(TEXTS, plain_font, straight, 3).truth.characters
    ratios = [
        a.box.width / b.box.width for a, b in zip(page.truth.characters, sheet_boxes, strict=True)
    ]
    assert min(ratios) > 0.75
    assert max(ratios) < 1.4


def test_text_that_the_camera_would_cut_off_is_refused(plain_font: Path) -> None:
    narrow = replace(STYLE, size=SheetSize(500, 330, 12, 90, 10, 10))
    with pytest.raises(UsageError, match="cut off"):
        make_page(TEXTS, plain_font, replace(narrow, camera=Camera(300, 310)), 3)


@given(st.integers(0, 10_000))
def test_random_looks_stay_upright_and_readable(seed: int) -> None:
    style = random_style(np.random.default_rng(seed))
    assert 22 <= style.hand.x_height_px <= 40
    assert abs(style.camera.tilt_x_deg) <= 3
    assert abs(style.camera.tilt_y_deg) <= 3
    assert max(style.ink.colour) < 0.6 * min(style.paper.colour)
    assert style == random_style(np.random.default_rng(seed))


def test_a_page_is_written_with_its_text_and_boxes(page: Page, tmp_path: Path) -> None:
    picture = write_page(page, tmp_path / "new", "jars")
    assert sorted(path.name for path in picture.parent.iterdir()) == [
        "jars.jpg",
        "jars.json",
        "jars.txt",
    ]
    assert read_texts(tmp_path / "new" / "jars.txt") == TEXTS
    opened = cv2.imread(str(picture))
    assert opened is not None
    assert opened.shape == page.image.shape
    told = json.loads((tmp_path / "new" / "jars.json").read_text(encoding="utf-8"))
    assert (told["width"], told["height"]) == (470, 310)
    first = page.truth.characters[0]
    assert told["lines"][0]["text"] == "Two jars"
    assert told["lines"][0]["characters"][0] == {
        "character": "T",
        "box": [first.box.left, first.box.top, first.box.width, first.box.height],
    }


def test_boxes_are_left_out_where_not_wanted(page: Page, tmp_path: Path) -> None:
    write_page(page, tmp_path, "jars", boxes=False)
    assert not (tmp_path / "jars.json").exists()


def test_a_folder_that_cannot_be_written_is_named(page: Page, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="file"):
        write_page(page, tmp_path / "file", "jars")


def test_a_text_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe\x00x")
    for name in ("bad.txt", "none.txt"):
        with pytest.raises(UsageError, match=name):
            read_texts(tmp_path / name)
