from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="needs pip install 'inkwatch[train]'")

import keras

from inkwatch_train.batches import as_input
from inkwatch_train.fit import read_history
from inkwatch_train.labels import Labels
from inkwatch_train.mixture import Crops
from inkwatch_train.report import FOUR, Report, judge, write_report
from inkwatch_train.run import Run

pytestmark = pytest.mark.train

LABELS = Labels("aAbB|$")  # in order: $ A B a b |


def truth(labels: str, folded: str = "", sources: str = "") -> Crops:
    """Blank crops of these labels; those at a `1` in `folded` may be either case."""
    count = len(labels)
    return Crops(
        crops=np.zeros((count, 32, 32), np.uint8),
        labels=np.array(list(labels)),
        sources=np.array([f"from {source}" for source in sources or "x" * count]),
        folded=np.array([mark == "1" for mark in folded.ljust(count, "0")]),
    )


def reading(labels: str, sure: float = 5.0) -> np.ndarray[Any, np.dtype[np.float32]]:
    logits = np.zeros((len(labels), len(LABELS.classes)), np.float32)
    logits[range(len(labels)), [LABELS.classes.index(label) for label in labels]] = sure
    return logits


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "history.csv").write_text(
        "epoch,accuracy,loss,val_accuracy,val_loss\n"
        "0,0.5,1.5,0.6,1.25\n1,0.7,1.0,0.8,0.75\n2,0.8,0.9,0.85,0.875\n"
    )
    return tmp_path


def report(folder: Path, tiny: Any, crops: Crops, read: str) -> Report:
    judged = judge(crops, reading(read), LABELS)
    return write_report(
        Run(folder), tiny.recipe, LABELS, judged, parameters=1234, operations=2_500_000
    )


def test_judging_compares_the_likeliest_class_with_the_truth() -> None:
    judged = judge(truth("aAb"), reading("aab", sure=2.0), LABELS)
    assert judged.right.tolist() == [True, False, True]
    assert [LABELS.classes[k] for k in judged.predicted] == ["a", "a", "b"]
    sure = np.exp(2.0) / (np.exp(2.0) + 5)
    np.testing.assert_allclose(judged.probability, sure, rtol=1e-5)


def test_judging_takes_either_case_where_it_was_folded() -> None:
    judged = judge(truth("aaab", "1110"), reading("aAbB"), LABELS)
    assert judged.right.tolist() == [True, True, False, False]


def test_judging_stays_finite_with_great_logits() -> None:
    judged = judge(truth("aB"), reading("aA", sure=1e4), LABELS)
    np.testing.assert_array_equal(judged.probability, [1, 1])


def test_the_four_figures_are_those_of_the_epoch_that_was_kept(folder: Path, tiny: Any) -> None:
    made = report(folder, tiny, truth("ab"), "ab")
    assert made.epochs == 3
    assert made.epoch_kept == 2
    assert made.four == {"loss": 1.0, "accuracy": 0.7, "val_loss": 0.75, "val_accuracy": 0.8}
    assert (made.recipe, made.parameters, made.multiply_adds) == ("tiny", 1234, 2_500_000)


def test_figures_by_source_and_by_character(folder: Path, tiny: Any) -> None:
    made = report(folder, tiny, truth("aaaabB", sources="112222"), "aabAbb")
    assert made.validation == {
        "from 1": {"n": 2.0, "accuracy": 1.0},
        "from 2": {"n": 4.0, "accuracy": 0.25},
    }
    scores = {score.label: score for score in made.classes}
    assert list(scores) == LABELS.classes
    assert (scores["a"].count, scores["a"].recall, scores["a"].precision) == (4, 0.5, 1.0)
    assert scores["a"].mistaken_for in "bA"
    assert (scores["b"].count, scores["b"].recall) == (1, 1.0)
    assert scores["b"].precision == pytest.approx(1 / 3)
    assert scores["b"].mistaken_for == ""
    assert (scores["B"].recall, scores["B"].mistaken_for) == (0.0, "b")
    assert (scores["$"].count, scores["$"].recall, scores["$"].precision) == (0, 0.0, 0.0)


def test_a_folded_letter_counts_for_the_case_it_was_rightly_read_as(
    folder: Path, tiny: Any
) -> None:
    made = report(folder, tiny, truth("aaa", "111"), "aAb")
    scores = {score.label: score for score in made.classes}
    assert (scores["A"].count, scores["A"].recall) == (1, 1.0)
    assert (scores["a"].count, scores["a"].recall, scores["a"].mistaken_for) == (2, 0.5, "b")


def test_the_files_hold_what_was_returned(folder: Path, tiny: Any) -> None:
    made = report(folder, tiny, truth("aab$|"), "aAb|$")
    assert msgspec.json.decode((folder / "report.json").read_bytes(), type=Report) == made
    text = (folder / "report.md").read_text()
    for name in FOUR:
        assert f"| {name} | {made.four[name]:.4f} |" in text
    assert "| from x | 5 | 40.00 % |" in text
    assert "epoch 2 kept" in text
    assert "1,234 parameters, 2.5 M multiply-adds" in text
    assert "| `` b `` | 1 | 100.0 % | 100.0 % |  |" in text
    # A bar would end the cell, were it not escaped.
    assert r"| `` \| `` | 1 | 0.0 % | 0.0 % | `` $ `` |" in text
    for name in ("curves.png", "confusion.png", "mistakes.png"):
        assert f"]({name})" in text
        assert cv2.imread(str(folder / name)) is not None


def test_with_nothing_wrong_there_is_a_sheet_of_no_mistakes(folder: Path, tiny: Any) -> None:
    report(folder, tiny, truth("ab"), "ab")
    sheet = cv2.imread(str(folder / "mistakes.png"), cv2.IMREAD_GRAYSCALE)
    assert sheet is not None
    assert sheet.min() == 255


def test_the_report_of_a_training_agrees_with_its_model(tiny: Any, tiny_run: Path) -> None:
    made = msgspec.json.decode((tiny_run / "report.json").read_bytes(), type=Report)
    history = read_history(Run(tiny_run))
    assert made.epochs == len(history) == 4
    assert made.four == {name: history[made.epoch_kept - 1][name] for name in FOUR}
    model = keras.saving.load_model(tiny_run / "model.keras")
    assert made.parameters == model.count_params()
    logits = model.predict(as_input(tiny.validation.crops), verbose=0)
    right = judge(tiny.validation, logits, tiny.labels).right
    assert made.four["val_accuracy"] == pytest.approx(right.mean(), abs=1e-6)
    assert made.validation["hershey"] == {"n": 21.0, "accuracy": pytest.approx(right.mean())}
    assert sum(score.count for score in made.classes) == 21
    for name in ("curves.png", "confusion.png", "mistakes.png", "report.md"):
        assert (tiny_run / name).stat().st_size > 500
