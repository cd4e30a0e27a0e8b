from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from inkwatch.errors import DataError
from inkwatch_train.data.folder import FolderSource, ink_is_bright

Image = npt.NDArray[Any]


def glyph(seed: int, paper: int = 220, ink: int = 40) -> npt.NDArray[np.uint8]:
    """A bar of ink on paper, with a little noise so that no two are alike."""
    image = np.random.default_rng(seed).integers(paper - 8, paper + 8, (24, 20)).astype(np.uint8)
    image[4:20, 8:12] = ink
    return image


def put(path: Path, image: Image) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), image)
    return path


def test_a_folder_per_class(tmp_path: Path) -> None:
    root = tmp_path / "mine"
    put(root / "upper_A" / "1.png", glyph(1))
    put(root / "lower_a" / "deeper" / "2.jpg", glyph(2))
    put(root / "7" / "3.PNG", glyph(3))
    (root / "7" / "notes.txt").write_text("no picture")
    (root / "7" / ".hidden.png").write_text("no picture")
    (root / ".ipynb_checkpoints").mkdir()
    (root / "__MACOSX").mkdir()
    source = FolderSource(root)
    samples = list(source.samples())
    assert (source.name, source.terms, source.licence) == ("mine", "research", "not stated")
    assert [sample.label for sample in samples] == ["7", "a", "A"]
    assert samples[0].image.tolist() == glyph(3).tolist()
    assert {sample.writer for sample in samples} == {""}


def test_bright_ink_is_turned_for_the_whole_source(tmp_path: Path) -> None:
    for number in range(9):
        put(tmp_path / "A" / f"{number}.png", glyph(number, paper=20, ink=230))
    # One that says otherwise, and a blank one: they go with the rest.
    put(tmp_path / "B" / "odd.png", glyph(1))
    put(tmp_path / "B" / "zero.png", np.zeros((9, 9), np.uint8))
    samples = {s.image.tobytes() for s in FolderSource(tmp_path).samples()}
    assert (255 - glyph(0, paper=20, ink=230)).tobytes() in samples
    assert (255 - glyph(1)).tobytes() in samples
    assert bytes([255] * 81) in samples


def test_ink_is_bright() -> None:
    dark, bright = glyph(1), glyph(1, paper=30, ink=90)
    assert not ink_is_bright([dark])
    assert ink_is_bright([bright])
    assert ink_is_bright([bright, dark, bright])
    # Grey paper by poor light is darker than mid-grey, and paper all the same.
    assert not ink_is_bright([glyph(2, paper=90, ink=20)])
    assert not ink_is_bright([])
    assert not ink_is_bright([np.zeros((1, 1), np.uint8)])


def test_parts_that_the_folders_state(tmp_path: Path) -> None:
    for number, part in enumerate(("train", "valid", "Testing")):
        put(tmp_path / part / "A" / "1.png", glyph(number))
    parts = {sample.split for sample in FolderSource(tmp_path).samples()}
    assert parts == {"train", "val", "test"}


def test_validation_is_taken_from_training_where_none_is_stated(tmp_path: Path) -> None:
    for number in range(120):
        put(tmp_path / "train" / "A" / f"{number}.png", glyph(number))
    put(tmp_path / "test" / "A" / "1.png", glyph(500))
    samples = list(FolderSource(tmp_path).samples())
    assert sum(sample.split == "test" for sample in samples) == 1
    assert 2 <= sum(sample.split == "val" for sample in samples) <= 30

    put(tmp_path / "val" / "A" / "1.png", glyph(501))
    assert sum(sample.split == "val" for sample in FolderSource(tmp_path).samples()) == 1


def test_a_picture_stays_on_its_side_when_others_come(tmp_path: Path) -> None:
    for number in range(40):
        put(tmp_path / "a_small" / f"{number:03d}.png", glyph(number))
    before = {s.image.tobytes(): s.split for s in FolderSource(tmp_path).samples()}
    for number in range(100, 140):
        put(tmp_path / "A_caps" / f"{number}.png", glyph(number))
    after = {s.image.tobytes(): s.split for s in FolderSource(tmp_path).samples()}
    assert len(after) == 80
    assert before.items() <= after.items()


def test_chars74k_knows_its_writers(tmp_path: Path) -> None:
    for writer in range(1, 56):
        put(tmp_path / "Sample011" / f"img011-{writer:03d}.png", glyph(writer))
        put(tmp_path / "Sample037" / f"img037-{writer:03d}.png", glyph(writer + 100))
    samples = list(FolderSource(tmp_path).samples())
    assert {sample.label for sample in samples} == {"A", "a"}
    assert len({sample.writer for sample in samples}) == 55
    writers = {split: {s.writer for s in samples if s.split == split} for split in ("train", "val")}
    assert writers["val"]
    assert not writers["train"] & writers["val"]


@pytest.mark.parametrize("form", ["colour", "alpha", "deep", "deep grey"])
def test_all_kinds_of_pictures_become_grey(tmp_path: Path, form: str) -> None:
    grey = glyph(1)
    image: Image = {
        "colour": cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR),
        # Black everywhere, and only the alpha tells ink from nothing.
        "alpha": np.dstack([np.zeros((*grey.shape, 3), np.uint8), 255 - grey]),
        "deep": cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR).astype(np.uint16) * 257,
        "deep grey": grey.astype(np.uint16) * 257,
    }[form]
    put(tmp_path / "A" / "1.png", image)
    (sample,) = FolderSource(tmp_path).samples()
    assert sample.image.dtype == np.uint8
    assert np.abs(sample.image.astype(int) - grey).max() <= 1


def test_a_camera_picture_is_turned_as_its_exif_says(tmp_path: Path) -> None:
    upright = cv2.GaussianBlur(glyph(1), (5, 5), 0)
    stored = cv2.rotate(upright, cv2.ROTATE_90_COUNTERCLOCKWISE)
    jpeg = put(tmp_path / "A" / "1.jpg", stored).read_bytes()
    # One tag, Orientation (0x0112) = 6: turn it right by a quarter to see it upright.
    tags = bytes.fromhex("4d4d002a00000008000101120003000000010006000000000000")
    app1 = b"Exif\0\0" + tags
    exif = b"\xff\xe1" + (len(app1) + 2).to_bytes(2, "big") + app1
    (tmp_path / "A" / "1.jpg").write_bytes(jpeg[:2] + exif + jpeg[2:])
    (sample,) = FolderSource(tmp_path).samples()
    assert sample.image.shape == upright.shape
    assert np.abs(sample.image.astype(int) - upright).mean() < 8


def test_an_unknown_folder_is_told(tmp_path: Path) -> None:
    put(tmp_path / "A" / "1.png", glyph(1))
    put(tmp_path / "rubbish" / "1.png", glyph(1))
    with pytest.raises(DataError, match=r"rubbish.*Rename the folder"):
        list(FolderSource(tmp_path).samples())


def test_parts_and_classes_side_by_side_are_told(tmp_path: Path) -> None:
    put(tmp_path / "A" / "1.png", glyph(1))
    put(tmp_path / "train" / "A" / "1.png", glyph(1))
    with pytest.raises(DataError, match="side by side"):
        list(FolderSource(tmp_path).samples())


@pytest.mark.parametrize("harm", ["text", "empty", "cut", "half", "folder"])
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".webp"])
def test_a_damaged_picture_is_told(tmp_path: Path, harm: str, suffix: str) -> None:
    put(tmp_path / "A" / "1.png", glyph(1))
    path = tmp_path / "A" / f"2{suffix}"
    if harm == "folder":
        path.mkdir()
    elif harm in ("cut", "half"):
        content = put(path, glyph(2)).read_bytes()
        path.write_bytes(content[: 40 if harm == "cut" else len(content) // 2])
    else:
        path.write_bytes(b"hello" if harm == "text" else b"")
    with pytest.raises(DataError, match=rf"2\{suffix}.*Get it again or take it out"):
        list(FolderSource(tmp_path).samples())


def test_no_folder_and_no_pictures(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not a folder"):
        list(FolderSource(tmp_path / "none").samples())
    with pytest.raises(DataError, match="no pictures"):
        list(FolderSource(tmp_path).samples())
    (tmp_path / "A").mkdir()
    with pytest.raises(DataError, match="no pictures"):
        list(FolderSource(tmp_path).samples())
