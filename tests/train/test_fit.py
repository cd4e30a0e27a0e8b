import shutil
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="needs pip install 'inkwatch[train]'")

import keras

from inkwatch.errors import DataError, OutputError, UsageError
from inkwatch_train import fit as fit_module
from inkwatch_train.batches import Batches, Floats, as_input
from inkwatch_train.fit import fit, read_history
from inkwatch_train.resume import KeepBest, KeepLast
from inkwatch_train.run import Run, discard

pytestmark = pytest.mark.train


class KilledError(Exception):
    """Stands for a kill at a certain moment."""


def train(tiny: Any, folder: Path, **schedule: Any) -> keras.Sequential:
    changed = msgspec.structs.replace(tiny.recipe.schedule, **schedule)
    recipe = msgspec.structs.replace(tiny.recipe, schedule=changed)
    return fit(recipe, Run(folder), tiny.banks, tiny.validation, tiny.labels)


def epochs(folder: Path) -> list[float]:
    return [row["epoch"] for row in read_history(Run(folder))]


def val_loss_of(model: keras.Sequential, tiny: Any) -> float:
    targets = tiny.labels.targets(
        [str(label) for label in tiny.validation.labels], tiny.validation.folded
    )
    return float(
        model.evaluate(as_input(tiny.validation.crops), targets, verbose=0, return_dict=True)[
            "loss"
        ]
    )


def check_whole(tiny: Any, folder: Path, model: keras.Sequential) -> None:
    """Each epoch stands once, every step was taken, and the model is that of the best epoch."""
    history = read_history(Run(folder))
    assert [row["epoch"] for row in history] == [0, 1, 2, 3]
    assert (folder / "history.csv").read_text().count("\n") == 5
    kept = min(history, key=lambda row: row["val_loss"])
    assert int(model.optimizer.iterations) == 6 * (kept["epoch"] + 1)
    assert val_loss_of(model, tiny) == pytest.approx(kept["val_loss"], rel=1e-3)


def test_a_training_leaves_the_best_model_and_learns(tiny: Any, tiny_run: Path) -> None:
    history = read_history(Run(tiny_run))
    assert set(history[0]) == {"epoch", "loss", "accuracy", "val_loss", "val_accuracy"}
    assert history[-1]["loss"] < history[0]["loss"]
    model = keras.saving.load_model(tiny_run / "model.keras")
    check_whole(tiny, tiny_run, model)
    assert msgspec.json.decode((tiny_run / "labels.json").read_bytes()) == tiny.labels.classes
    assert (tiny_run / "done").exists()


def test_a_finished_run_is_not_trained_again(
    tiny: Any, tiny_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trained(*args: object, **options: object) -> None:
        raise AssertionError("trained again")

    monkeypatch.setattr(fit_module, "_train", trained)
    before = {path.name: path.stat().st_mtime_ns for path in tiny_run.iterdir()}
    check_whole(tiny, tiny_run, train(tiny, tiny_run))
    untouched = ("model.keras", "history.csv", "done")
    assert all((tiny_run / name).stat().st_mtime_ns == before[name] for name in untouched)


def test_another_recipe_in_the_same_folder_is_refused(tiny: Any, tiny_run: Path) -> None:
    before = (tiny_run / "recipe.json").read_bytes()
    with pytest.raises(DataError, match=r"another recipe.*--run.*--fresh"):
        train(tiny, tiny_run, learning_rate=0.5)
    assert (tiny_run / "recipe.json").read_bytes() == before


def test_killed_in_an_epoch_it_goes_on_from_the_one_before(
    tiny: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killing(Batches):
        begun = 0

        def on_epoch_begin(self) -> None:
            Killing.begun += 1
            if Killing.begun == 3:
                raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(fit_module, "Batches", Killing)
        with pytest.raises(KilledError):
            train(tiny, tmp_path)
    assert epochs(tmp_path) == [0, 1]
    first = (tmp_path / "history.csv").read_text()
    check_whole(tiny, tmp_path, train(tiny, tmp_path))
    assert (tmp_path / "history.csv").read_text().startswith(first)


@pytest.mark.parametrize("moment", [(KeepLast, "on_epoch_end"), (KeepBest, "save")])
def test_killed_between_two_files_it_comes_out_whole(
    tiny: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: tuple[type, str]
) -> None:
    owner, name = moment
    called = []

    def killed(*args: object) -> None:
        called.append(args)
        if len(called) == 2:
            raise KilledError
        whole(*args)

    whole = getattr(owner, name)
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, killed)
        with pytest.raises(KilledError):
            train(tiny, tmp_path)
    check_whole(tiny, tmp_path, train(tiny, tmp_path))


def test_a_run_that_had_stopped_early_is_not_trained_on(
    tiny: Any, tiny_run: Path, tmp_path: Path
) -> None:
    run = Path(shutil.copytree(tiny_run, tmp_path / "run"))
    (run / "done").unlink()
    (run / "recipe.json").unlink()
    # The first epoch was the best, and the three after it are all that patience allows.
    lines = (run / "history.csv").read_text().splitlines()
    lines[1] = lines[1].rsplit(",", 1)[0] + ",0.0"
    (run / "history.csv").write_text("\n".join(lines) + "\n")
    train(tiny, run, epochs=50, patience_epochs=3)
    assert epochs(run) == [0, 1, 2, 3]
    assert (run / "done").exists()


def test_the_schedule_rises_and_falls(tiny: Any) -> None:
    schedule = msgspec.structs.replace(
        tiny.recipe.schedule, epochs=10, batches_per_epoch=20, warmup_epochs=2, learning_rate=0.5
    )
    rate = fit_module._rate(schedule)
    rates: Floats = np.array([float(rate(step)) for step in range(200)], np.float32)
    assert rates[0] == pytest.approx(0.02)
    assert int(rates.argmax()) == 40
    assert rates[40] == pytest.approx(0.5)
    assert (np.diff(rates[:40]) > 0).all()
    assert (np.diff(rates[40:]) < 0).all()
    assert rates[120] == pytest.approx(0.25, abs=0.01)
    assert rates[-1] < 0.01


def test_a_model_that_was_never_kept_is_told(
    tiny: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit_module, "_train", lambda *args, **options: None)
    with pytest.raises(DataError, match="Lower learning_rate"):
        train(tiny, tmp_path)
    assert not (tmp_path / "done").exists()


@pytest.mark.parametrize("damage", ["missing", "cut"])
def test_a_finished_run_whose_model_is_damaged_is_told(
    tiny: Any, tiny_run: Path, tmp_path: Path, damage: str
) -> None:
    run = Path(shutil.copytree(tiny_run, tmp_path / "run"))
    model = run / "model.keras"
    if damage == "missing":
        model.unlink()
    else:
        model.write_bytes(model.read_bytes()[:2000])
    with pytest.raises(DataError, match=r"missing or damaged.*--fresh"):
        train(tiny, run)


def test_a_history_that_lost_epochs_is_told(tiny: Any, tiny_run: Path, tmp_path: Path) -> None:
    run = Path(shutil.copytree(tiny_run, tmp_path / "run"))
    (run / "done").unlink()
    (run / "history.csv").unlink()
    with pytest.raises(DataError, match=r"tells of 0 epochs, but 4 were trained.*--fresh"):
        train(tiny, run)


def test_a_folder_that_cannot_be_written_is_told(
    tiny: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(OutputError, match="--run"):
            train(tiny, folder)

    def full(*args: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(fit_module, "_train", full)
    with pytest.raises(OutputError, match=r"No space left.*Make room"):
        train(tiny, tmp_path / "run")


def test_only_runs_are_thrown_away(tiny_run: Path, tmp_path: Path) -> None:
    run = Path(shutil.copytree(tiny_run, tmp_path / "run"))
    discard(Run(run))
    assert not run.exists()
    discard(Run(run))  # nothing there: nothing to do
    run.mkdir()
    discard(Run(run))
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="holds no training run"):
        discard(Run(mine))
    assert (mine / "thesis.txt").exists()
    with pytest.raises(OutputError, match="thrown away"):
        discard(Run(mine / "thesis.txt"))
