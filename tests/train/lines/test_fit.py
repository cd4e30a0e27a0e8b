import math
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="needs pip install 'inkwatch[train]'")

import keras
import tensorflow as tf

from inkwatch.errors import BundleError, DataError, OutputError
from inkwatch_train.fit import read_history
from inkwatch_train.lines import artefacts
from inkwatch_train.lines import fit as fit_module
from inkwatch_train.lines.alphabet import BLANK, OUTPUTS
from inkwatch_train.lines.artefacts import PIECE_PX, write_line_artefacts
from inkwatch_train.lines.fit import ctc_loss, fit_lines
from inkwatch_train.lines.network import build_line_network
from inkwatch_train.lines.recipe import LineRecipe
from inkwatch_train.lines.score import error_rate, read_lines
from inkwatch_train.lines.sets import drawn_lines, open_line_sources
from inkwatch_train.lines.source import LabelledLine
from inkwatch_train.resume import KeepLast
from inkwatch_train.run import Run, claim

pytestmark = pytest.mark.train


class KilledError(Exception):
    """Stands for a kill at a certain moment."""


class FakeFeed:
    """Batches of noise, the same for the same epoch, without other processes."""

    first_epochs: ClassVar[list[int]] = []

    def __init__(self, recipe: LineRecipe, *, first_epoch: int, **places: object) -> None:
        del places
        FakeFeed.first_epochs.append(first_epoch)
        self._epoch = first_epoch
        self._steps = recipe.schedule.batches_per_epoch

    def __enter__(self) -> "FakeFeed":
        return self

    def __exit__(self, *args: object) -> None:
        pass

    def batches(self) -> Any:
        epoch = self._epoch
        while True:
            for step in range(self._steps):
                rng = np.random.default_rng([epoch, step])
                pictures = rng.random((4, 48, 128, 1), dtype=np.float32)
                yield pictures, rng.integers(0, BLANK, (4, 6)).astype(np.int32)
            epoch += 1


@pytest.fixture(autouse=True)
def fed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    FakeFeed.first_epochs = []
    monkeypatch.setattr(fit_module, "Feed", FakeFeed)
    # Six steps are taken sooner than a graph of them is made.
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.fixture
def recipe() -> LineRecipe:
    network = {
        "stem": 2,
        "stages": [[2], [2], [3]],
        "sequence": 4,
        "dilations": [1, 2],
        "dropout": 0.0,
    }
    schedule = {"epochs": 3, "batches_per_epoch": 2, "learning_rate": 0.01}
    values = {"engine": "lines", "name": "tiny", "data": [{"source": "fonts-print"}]}
    return msgspec.convert({**values, "network": network, "schedule": schedule}, LineRecipe)


@pytest.fixture
def lines() -> dict[str, list[LabelledLine]]:
    rng = np.random.default_rng(1)
    made = [
        LabelledLine(rng.integers(0, 256, (48, 40 + 30 * k), dtype=np.uint8), text)
        for k, text in enumerate(("ab", "a word", "1"))
    ]
    return {"drawn": made, "other": made[:1]}


def best_rate(folder: Path, recipe: LineRecipe, lines: list[LabelledLine]) -> float:
    model = build_line_network(recipe.network)
    model.load_weights(Run(folder).best_weights)
    return error_rate(read_lines(model, lines), [line.text for line in lines])


def falling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each epoch's error rate be lower than the one before."""
    rates = iter(0.9 - 0.1 * k for k in range(100))

    def on_epoch_end(self: Any, epoch: int, logs: dict[str, float]) -> None:
        logs["cer_drawn"] = logs["val_cer"] = next(rates)

    monkeypatch.setattr(fit_module.ErrorRates, "on_epoch_end", on_epoch_end)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the run that was not killed lies; the first test that wants it trains it."""
    return tmp_path_factory.mktemp("runs") / "whole"


@pytest.fixture
def trained(recipe: LineRecipe, lines: dict[str, list[LabelledLine]], whole: Path) -> Path:
    """The folder of a finished run. Read only."""
    if not whole.exists():
        fit_lines(recipe, Run(whole), lines)
    return whole


def test_a_training_leaves_weights_and_history(
    recipe: LineRecipe, lines: dict[str, list[LabelledLine]], trained: Path
) -> None:
    history = read_history(Run(trained))
    assert [row["epoch"] for row in history] == [0, 1, 2]
    assert {"loss", "cer_drawn", "cer_other", "val_cer"} <= set(history[0])
    assert all(row["val_cer"] == row["cer_drawn"] for row in history)
    assert all(math.isfinite(row["loss"]) for row in history)
    least = min(row["val_cer"] for row in history)
    assert best_rate(trained, recipe, lines["drawn"]) == pytest.approx(least)
    assert (trained / "done").exists()
    assert msgspec.json.decode((trained / "recipe.json").read_bytes(), type=LineRecipe) == recipe


def test_killed_at_an_epochs_end_it_goes_on_with_the_same_history(
    recipe: LineRecipe,
    lines: dict[str, list[LabelledLine]],
    tmp_path: Path,
    trained: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep = KeepLast.on_epoch_end

    def kill(self: Any, epoch: int, logs: dict[str, float] | None = None) -> None:
        keep(self, epoch, logs)
        if epoch == 1:
            raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(KeepLast, "on_epoch_end", kill)
        with pytest.raises(KilledError):
            fit_lines(recipe, Run(tmp_path), lines)
    assert not (tmp_path / "done").exists()
    FakeFeed.first_epochs = []
    fit_lines(recipe, Run(tmp_path), lines)
    assert FakeFeed.first_epochs == [2]
    for one, other in zip(read_history(Run(trained)), read_history(Run(tmp_path)), strict=True):
        assert one == pytest.approx(other, rel=1e-4)


def test_killed_before_the_best_was_kept_it_is_kept_when_going_on(
    recipe: LineRecipe,
    lines: dict[str, list[LabelledLine]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    falling(monkeypatch)
    save = fit_module._KeepBestWeights.save
    saved: list[int] = []

    def killed(self: Any, model: keras.Model) -> None:
        if len(saved) == 1:
            raise KilledError
        saved.append(int(model.optimizer.iterations))
        save(self, model)

    with monkeypatch.context() as patch:
        patch.setattr(fit_module._KeepBestWeights, "save", killed)
        with pytest.raises(KilledError):
            fit_lines(recipe, Run(tmp_path), lines)
    assert saved == [2]

    def noted(self: Any, model: keras.Model) -> None:
        saved.append(int(model.optimizer.iterations))
        save(self, model)

    monkeypatch.setattr(fit_module._KeepBestWeights, "save", noted)
    fit_lines(recipe, Run(tmp_path), lines)
    assert saved == [2, 4, 6]


def test_a_history_that_lost_epochs_is_told(
    recipe: LineRecipe, lines: dict[str, list[LabelledLine]], trained: Path, tmp_path: Path
) -> None:
    run = Path(shutil.copytree(trained, tmp_path / "run"))
    (run / "history.csv").unlink()
    (run / "done").unlink()
    with pytest.raises(DataError, match=r"tells of 0 epochs, but 3 were trained.*--fresh"):
        fit_lines(recipe, Run(run), lines)


def test_another_recipe_in_the_same_folder_is_refused(
    recipe: LineRecipe, lines: dict[str, list[LabelledLine]], tmp_path: Path
) -> None:
    claim(Run(tmp_path), recipe)
    other = msgspec.structs.replace(recipe, seed=2)
    with pytest.raises(DataError, match=r"another recipe.*--run.*--fresh"):
        fit_lines(other, Run(tmp_path), lines)
    assert FakeFeed.first_epochs == []


def test_a_folder_that_cannot_be_written_is_told(
    recipe: LineRecipe,
    lines: dict[str, list[LabelledLine]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(OutputError, match="--run"):
            fit_lines(recipe, Run(folder), lines)

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(fit_module, "_train", full)
    with pytest.raises(OutputError, match=r"No space left.*Make room"):
        fit_lines(recipe, Run(tmp_path / "run"), lines)


def test_a_run_to_begin_with_that_is_not_there_is_told(
    recipe: LineRecipe, lines: dict[str, list[LabelledLine]], tmp_path: Path
) -> None:
    lost = msgspec.structs.replace(recipe, start_from=str(tmp_path / "none"))
    with pytest.raises(BundleError, match="none"):
        fit_lines(lost, Run(tmp_path / "run"), lines)


def test_training_can_begin_with_an_earlier_runs_weights(
    recipe: LineRecipe,
    lines: dict[str, list[LabelledLine]],
    trained: Path,
    tmp_path: Path,
) -> None:
    schedule = msgspec.structs.replace(
        recipe.schedule, epochs=1, batches_per_epoch=1, learning_rate=1e-9, weight_decay=0.0
    )
    later = msgspec.structs.replace(recipe, schedule=schedule, start_from=str(trained), seed=5)
    fit_lines(later, Run(tmp_path), lines)
    first, second = (build_line_network(recipe.network) for _ in range(2))
    first.load_weights(Run(trained).best_weights)
    second.load_weights(Run(tmp_path).best_weights)
    for one, other in zip(first.trainable_weights, second.trainable_weights, strict=True):
        assert np.allclose(one.numpy(), other.numpy(), atol=1e-6)


def test_the_loss_is_the_sum_over_all_ways() -> None:
    """Two steps, worked out by hand: `a` by aa, a- and -a; `ab` by ab alone; nothing by --."""
    a, b = 4, 9
    probabilities = np.full((3, 2, OUTPUTS), 1e-9)
    for row in probabilities:
        row[0, [a, b, BLANK]] = 0.5, 0.2, 0.3
        row[1, [a, b, BLANK]] = 0.1, 0.6, 0.3
    logits = np.log(probabilities / probabilities.sum(axis=2, keepdims=True)).astype(np.float32)
    target = np.array([[a, BLANK], [a, b], [b, BLANK]], np.int32)
    told = keras.ops.convert_to_numpy(ctc_loss(target, logits))
    ways = [0.5 * 0.1 + 0.5 * 0.3 + 0.3 * 0.1, 0.5 * 0.6, 0.2 * 0.6 + 0.2 * 0.3 + 0.3 * 0.6]
    characters = (1 + 2 + 1) / 3
    assert told == pytest.approx([-math.log(way) / characters for way in ways], rel=1e-4)


def test_an_alike_pair_needs_a_blank_in_the_loss() -> None:
    a = 7
    probabilities = np.full((1, 3, OUTPUTS), 1e-9)
    probabilities[0, :, a], probabilities[0, :, BLANK] = 0.75, 0.25
    logits = np.log(probabilities).astype(np.float32)
    told = keras.ops.convert_to_numpy(ctc_loss(np.array([[a, a]], np.int32), logits))
    assert told == pytest.approx([-math.log(0.75 * 0.25 * 0.75) / 2], rel=1e-4)


def test_the_rate_rises_and_falls(recipe: LineRecipe) -> None:
    schedule = msgspec.structs.replace(
        recipe.schedule, epochs=10, batches_per_epoch=20, warmup_epochs=2, learning_rate=0.5
    )
    rate: Callable[[int], Any] = fit_module._rate(schedule)
    rates = np.array([float(rate(step)) for step in range(200)])
    assert rates[0] == pytest.approx(0.02)
    assert int(rates.argmax()) == 40
    assert rates[40] == pytest.approx(0.5)
    assert (np.diff(rates[40:]) < 0).all()
    assert rates[-1] == pytest.approx(0.01, abs=0.002)


def test_a_run_leaves_what_conversion_needs(
    tiny_lines: LineRecipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artefacts, "_REPRESENTATIVE", 20)
    validation = {"drawn": drawn_lines(40)}
    run = Run(tmp_path)
    write_line_artefacts(run, tiny_lines, open_line_sources(tiny_lines), validation, {"loss": 1.5})
    card = msgspec.json.decode((tmp_path / "run.json").read_bytes())
    assert (card["recipe"], card["terms"], card["report"]) == ("tiny", "open", {"loss": 1.5})
    assert [source["name"] for source in card["sources"]] == ["fonts-joined", "fonts-print"]
    with np.load(tmp_path / "representative.npz") as pack:
        assert pack["crops"].shape == (20, 48, PIECE_PX)
        assert pack["crops"].any(axis=(1, 2)).all()
    with np.load(tmp_path / "validation.npz") as pack:
        parts = np.split(pack["pixels"], np.cumsum(pack["widths"])[:-1], axis=1)
        assert pack["texts"].tolist() == [line.text for line in validation["drawn"]]
        assert set(pack["sources"].tolist()) == {"drawn"}
    for part, line in zip(parts, validation["drawn"], strict=True):
        assert np.array_equal(part, line.pixels)
