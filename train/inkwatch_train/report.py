"""The report of a training: figures, tables and pictures in the run's folder."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt

from inkwatch_train.fit import read_history
from inkwatch_train.labels import Labels
from inkwatch_train.mixture import Crops
from inkwatch_train.plots import plot_confusion, plot_curves, plot_mistakes
from inkwatch_train.recipe import Recipe
from inkwatch_train.run import Run

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.intp]

FOUR = ("loss", "accuracy", "val_loss", "val_accuracy")
_MISTAKES = 60


class ClassScore(msgspec.Struct, frozen=True):
    """How one character is read: `recall` is the share of its crops that were read as it."""

    label: str
    count: int
    recall: float
    precision: float
    mistaken_for: str


class Report(msgspec.Struct, frozen=True):
    """Everything in `report.json`.

    The four figures are those of the epoch whose model was kept: `loss` and `accuracy` on the
    augmented training crops, `val_loss` and `val_accuracy` on the validation crops as they are.
    """

    recipe: str
    epochs: int
    epoch_kept: int
    four: dict[str, float]
    parameters: int
    multiply_adds: int
    validation: dict[str, dict[str, float]]
    classes: list[ClassScore]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Validation crops with what the model said: `(N,)` class index and its probability."""

    truth: Crops
    predicted: Ints
    probability: Floats
    right: npt.NDArray[np.bool_]


def judge(truth: Crops, logits: Floats, labels: Labels) -> Judged:
    """Compare `(N, L)` logits with the truth; either case is right where it was folded away."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = shifted / shifted.sum(axis=1, keepdims=True)
    predicted = probabilities.argmax(axis=1)
    targets = labels.targets([str(label) for label in truth.labels], truth.folded)
    rows = np.arange(len(predicted))
    return Judged(truth, predicted, probabilities[rows, predicted], targets[rows, predicted] > 0)


def write_report(
    run: Run, recipe: Recipe, labels: Labels, judged: Judged, *, parameters: int, operations: int
) -> Report:
    """Write `report.json`, `report.md`, `curves.png`, `confusion.png` and `mistakes.png`."""
    history = read_history(run)
    kept = min(history, key=lambda row: row["val_loss"])
    report = Report(
        recipe=recipe.name,
        epochs=len(history),
        epoch_kept=int(kept["epoch"]) + 1,
        four={name: kept[name] for name in FOUR},
        parameters=parameters,
        multiply_adds=operations,
        validation=_by_source(judged),
        classes=_by_class(judged, labels.classes),
    )
    (run.folder / "report.json").write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    (run.folder / "report.md").write_text(_markdown(report), encoding="utf-8")
    plot_curves(history, run.folder / "curves.png")
    plot_confusion(_confusion(judged, labels.classes), labels.classes, run.folder / "confusion.png")
    wrong = np.flatnonzero(~judged.right)
    worst = wrong[np.argsort(-judged.probability[wrong], kind="stable")][:_MISTAKES]
    plot_mistakes(
        judged.truth.crops[worst],
        [
            f"{judged.truth.labels[k]} as {labels.classes[judged.predicted[k]]}"
            f" {judged.probability[k]:.2f}\n{judged.truth.sources[k]}"
            for k in worst
        ],
        run.folder / "mistakes.png",
    )
    return report


def _by_source(judged: Judged) -> dict[str, dict[str, float]]:
    """For each source its number of crops and the share of them that was read right."""
    return {
        str(source): {
            "n": float((judged.truth.sources == source).sum()),
            "accuracy": float(judged.right[judged.truth.sources == source].mean()),
        }
        for source in np.unique(judged.truth.sources)
    }


def _by_class(judged: Judged, classes: Sequence[str]) -> list[ClassScore]:
    # A folded letter counts for the class it was read as where that is right.
    truth = _true_class(judged, classes)
    scores = []
    for index, label in enumerate(classes):
        own, read = truth == index, judged.predicted == index
        others = judged.predicted[own & ~judged.right]
        mistaken = np.bincount(others, minlength=len(classes)) if len(others) else None
        scores.append(
            ClassScore(
                label=label,
                count=int(own.sum()),
                recall=float((own & read).sum() / max(1, own.sum())),
                precision=float((own & read).sum() / max(1, read.sum())),
                mistaken_for="" if mistaken is None else classes[int(mistaken.argmax())],
            )
        )
    return scores


def _true_class(judged: Judged, classes: Sequence[str]) -> Ints:
    index = {label: k for k, label in enumerate(classes)}
    named = np.array([index[str(label)] for label in judged.truth.labels])
    return np.where(judged.right, judged.predicted, named)


def _confusion(judged: Judged, classes: Sequence[str]) -> Ints:
    """`(L, L)` counts: rows are the truth, columns what was read."""
    counts = np.zeros((len(classes), len(classes)), np.intp)
    np.add.at(counts, (_true_class(judged, classes), judged.predicted), 1)
    return counts


def _markdown(report: Report) -> str:
    four = "\n".join(f"| {name} | {report.four[name]:.4f} |" for name in FOUR)
    sources = "\n".join(
        f"| {name} | {figures['n']:.0f} | {100 * figures['accuracy']:.2f} % |"
        for name, figures in report.validation.items()
    )
    classes = "\n".join(
        f"| {_code(c.label)} | {c.count} | {100 * c.recall:.1f} % | {100 * c.precision:.1f} % | "
        f"{_code(c.mistaken_for)} |"
        for c in report.classes
        if c.count
    )
    return f"""# Training report: {report.recipe}

{report.epochs} epochs, the model of epoch {report.epoch_kept} kept (lowest validation loss).
{report.parameters:,} parameters, {report.multiply_adds / 1e6:.1f} M multiply-adds for one crop.

| figure | value |
| --- | --- |
{four}

`loss` and `accuracy` are on augmented training crops, with label smoothing and dropout; the
validation figures are on crops as they are. So the validation accuracy may well be the higher.

## Validation by source

| source | crops | accuracy |
| --- | --- | --- |
{sources}

## By character

| character | crops | recall | precision | most mistaken for |
| --- | --- | --- | --- | --- |
{classes}

![Learning curves](curves.png)
![Confusion matrix](confusion.png)
![The surest mistakes](mistakes.png)
"""


def _code(character: str) -> str:
    """Set a character as code in a table's cell; double ticks hold a tick, a bar is escaped."""
    escaped = character.replace("|", r"\|")
    return f"`` {escaped} ``" if character else ""
