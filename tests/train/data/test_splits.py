from collections import Counter

import numpy as np

from inkwatch_train.data.splits import split_of

PIXELS = [14, 24, 32]
WRITERS = [1, 2, 5, 16, 20, 26]


def test_about_one_in_ten_validates() -> None:
    rng = np.random.default_rng(1)
    by_pixels = Counter(split_of(rng.integers(0, 256, (8, 8), np.uint8)) for _ in range(5000))
    assert 400 < by_pixels["val"] < 600
    blank = np.zeros((4, 4), np.uint8)
    by_writer = Counter(split_of(blank, f"writer {number}") for number in range(5000))
    assert 400 < by_writer["val"] < 600
    assert set(by_pixels) == set(by_writer) == {"train", "val"}


def test_a_writer_stays_on_one_side() -> None:
    rng = np.random.default_rng(2)
    for writer in ("ann", "bert", "w-017"):
        images = [rng.integers(0, 256, (5, 5), np.uint8) for _ in range(50)]
        assert len({split_of(image, writer) for image in images}) == 1


def test_the_choice_never_changes() -> None:
    # Written down once: a change would move samples from validation into training.
    images = [np.full((3, 2), level, np.uint8) for level in range(40)]
    chosen = [level for level, image in enumerate(images) if split_of(image) == "val"]
    writers = [number for number in range(40) if split_of(images[0], f"w{number}") == "val"]
    assert (chosen, writers) == (PIXELS, WRITERS)


def test_layout_in_memory_does_not_matter() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        image = rng.integers(0, 256, (6, 9), np.uint8)
        assert split_of(np.asfortranarray(image)) == split_of(image)
