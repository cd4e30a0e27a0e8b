from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="needs pip install 'inkwatch[train]'")

import keras

from inkwatch.errors import DataError
from inkwatch_train.resume import KeepBest, KeepLast, read_rows, restore, trim_rows

pytestmark = pytest.mark.train

HISTORY = """epoch,accuracy,loss,val_accuracy,val_loss
0,0.1,2.0,0.2,1.9
1,0.2,1.8,0.3,1.7
2,0.3,1.6,0.4,1.8
"""


class FakeModel:
    """Writes a number where a model is saved, and knows when it was stopped."""

    def __init__(self) -> None:
        self.stop_training = False
        self.epoch = 0

    def save(self, path: Path) -> None:
        path.write_text(str(self.epoch))


def small_model() -> keras.Sequential:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile(keras.optimizers.Adam(0.01), "mse")
    return model


def row(epoch: int, val_loss: float) -> dict[str, float]:
    return {"epoch": epoch, "val_loss": val_loss}


def run_epochs(best: KeepBest, losses: list[float], first: int = 0) -> FakeModel:
    model = FakeModel()
    best.set_model(model)
    for epoch, loss in enumerate(losses, start=first):
        model.epoch = epoch
        best.on_epoch_end(epoch, {"val_loss": loss})
        if model.stop_training:
            break
    return model


def test_the_best_epoch_is_kept(tmp_path: Path) -> None:
    best = KeepBest(tmp_path / "model.keras", 10, [])
    run_epochs(best, [3.0, 2.0, 2.5, 2.0, float("nan")])
    assert (tmp_path / "model.keras").read_text() == "1"
    assert best.epoch == 1
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]


def test_training_stops_when_no_better_epoch_came_for_long(tmp_path: Path) -> None:
    best = KeepBest(tmp_path / "model.keras", 3, [])
    model = run_epochs(best, [3.0, 2.0, 2.1, 2.2, 2.3, 1.0])
    assert model.stop_training
    assert model.epoch == 4


def test_patience_counts_over_a_resume(tmp_path: Path) -> None:
    history = [row(0, 3.0), row(1, 2.0), row(2, 2.5)]
    best = KeepBest(tmp_path / "model.keras", 3, history)
    assert not best.is_stale(2)
    model = run_epochs(best, [2.1, 2.2, 1.0], first=3)
    assert model.epoch == 4
    assert best.epoch == 1
    assert not (tmp_path / "model.keras").exists()
    assert KeepBest(tmp_path / "model.keras", 3, [*history, row(3, 2.1), row(4, 2.2)]).is_stale(4)


def test_a_training_that_runs_away_ends_too(tmp_path: Path) -> None:
    model = run_epochs(KeepBest(tmp_path / "model.keras", 3, []), [float("nan")] * 9)
    assert model.epoch == 2
    assert not (tmp_path / "model.keras").exists()


def test_weights_and_optimiser_come_back(tmp_path: Path) -> None:
    x, y = np.ones((8, 3), np.float32), np.zeros((8, 2), np.float32)
    path = tmp_path / "resume" / "latest.weights.h5"
    model = small_model()
    model.fit(x, y, batch_size=2, epochs=3, verbose=0, callbacks=[KeepLast(path)])
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    other = small_model()
    assert restore(other, path, batches_per_epoch=4) == 3
    np.testing.assert_array_equal(other.get_weights()[0], model.get_weights()[0])
    for mine, theirs in zip(model.optimizer.variables, other.optimizer.variables, strict=True):
        np.testing.assert_array_equal(np.asarray(mine), np.asarray(theirs))


def test_without_a_file_training_begins_at_the_beginning(tmp_path: Path) -> None:
    assert restore(small_model(), tmp_path / "latest.weights.h5", 4) == 0


@pytest.mark.parametrize("kept_bytes", [0, 100, 3000, -1])
def test_a_damaged_file_is_told(tmp_path: Path, kept_bytes: int) -> None:
    path = tmp_path / "latest.weights.h5"
    last = KeepLast(path)
    last.set_model(small_model())
    last.on_epoch_end(0)
    path.write_bytes(path.read_bytes()[:kept_bytes])
    with pytest.raises(DataError, match="--fresh") as told:
        restore(small_model(), path, 4)
    assert str(path) in str(told.value)


def test_a_kill_while_the_file_is_written_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "latest.weights.h5"
    last = KeepLast(path)
    last.set_model(small_model())
    last.on_epoch_end(0)
    before = path.read_bytes()

    def killed(part: Path) -> None:
        part.write_bytes(b"half")
        raise KeyboardInterrupt

    last.set_model(SimpleNamespace(save_weights=killed))
    with pytest.raises(KeyboardInterrupt):
        last.on_epoch_end(1)
    assert path.read_bytes() == before


def test_a_history_is_read_as_numbers(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    assert read_rows(path) == []
    path.write_text(HISTORY)
    rows = read_rows(path)
    assert [r["epoch"] for r in rows] == [0, 1, 2]
    assert rows[1] == {
        "epoch": 1, "accuracy": 0.2, "loss": 1.8, "val_accuracy": 0.3, "val_loss": 1.7,
    }  # fmt: skip


def test_a_row_logged_twice_counts_once_and_one_cut_short_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_text(HISTORY + "2,0.5,1.5,0.5,1.5\n3,0.4,1.")
    rows = read_rows(path)
    assert [r["epoch"] for r in rows] == [0, 1, 2]
    assert rows[2]["val_loss"] == 1.5


def test_trimming_keeps_whole_epochs(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_text(HISTORY + "3,0.4,1.")
    assert [r["epoch"] for r in trim_rows(path, 2)] == [0, 1]
    assert path.read_text().splitlines() == HISTORY.splitlines()[:3]
    assert trim_rows(path, 2) == read_rows(path)
    assert trim_rows(path, 0) == []
    assert not path.exists()
    assert trim_rows(path, 0) == []
