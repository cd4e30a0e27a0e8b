import warnings
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="needs pip install 'inkwatch[train]'")

from matplotlib import pyplot as plt

from inkwatch_train.plots import plot_confusion, plot_curves, plot_mistakes

AWKWARD = ["$", "\\", "_", "^", "{", "%", "#", "&", "é"]


def picture(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    image = cv2.imread(str(path))
    assert image is not None
    return np.asarray(image, np.uint8)


def row(epoch: int) -> dict[str, float]:
    return {
        "epoch": epoch, "loss": 2.0 / (epoch + 1), "accuracy": 0.5, "val_loss": 1.0,
        "val_accuracy": 0.6,
    }  # fmt: skip


def test_curves_are_drawn_from_one_epoch_up(tmp_path: Path) -> None:
    drawn = []
    for epochs in (1, 5):
        plot_curves([row(epoch) for epoch in range(epochs)], tmp_path / "curves.png")
        drawn.append(picture(tmp_path / "curves.png"))
    assert drawn[0].shape == drawn[1].shape
    assert not np.array_equal(drawn[0], drawn[1])


def test_a_confusion_shows_where_the_counts_are(tmp_path: Path) -> None:
    pictures = []
    for counts in (np.eye(9), np.eye(9)[::-1], np.zeros((9, 9))):
        plot_confusion(counts.astype(np.intp), AWKWARD, tmp_path / "confusion.png")
        pictures.append(picture(tmp_path / "confusion.png").astype(int))
    slopes = []
    for drawn in pictures[:2]:
        rows, columns = np.nonzero(drawn[..., 0] - drawn[..., 2] > 60)  # blue above red
        slopes.append(float(np.corrcoef(rows, columns)[0, 1]))
    # From the top left to the bottom right, then the other way; then nowhere.
    assert slopes[0] > 0.9
    assert slopes[1] < -0.9
    assert not (pictures[2][..., 0] - pictures[2][..., 2] > 60).any()


@pytest.mark.parametrize("count", [0, 1, 10, 23])
def test_mistakes_fill_rows_of_ten(tmp_path: Path, count: int) -> None:
    crops = np.full((count, 32, 32), 255, np.uint8)
    captions = [f"{AWKWARD[k % 9]} as ${k}$ 0.9\nsource_{k}" for k in range(count)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plot_mistakes(crops, captions, tmp_path / "mistakes.png")
    image = picture(tmp_path / "mistakes.png")
    rows = max(1, -(-count // 10))
    assert image.shape[0] == pytest.approx(rows * 1.5 * 110, abs=3)
    assert image.shape[1] == pytest.approx(12.5 * 110, abs=3)
    # Ink is drawn dark: each crop of ink is a black square.
    dark = (image.max(axis=2) < 10).mean()
    assert dark > 0.2 * count / (10 * rows) if count else dark == 0


def test_no_figure_stays_open(tmp_path: Path) -> None:
    plot_mistakes(np.zeros((1, 32, 32), np.uint8), ["a"], tmp_path / "mistakes.png")
    plot_curves([row(0)], tmp_path / "curves.png")
    assert plt.get_fignums() == []
