"""Float against int8 on the same validation crops: what did quantisation cost?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkwatch.errors import ParityError
from inkwatch.recognise.quantise import Float32
from inkwatch_convert.answers import Answers

CLASS_MIN = 20
"""Crops that a class must have before its drop says anything."""


@dataclass(frozen=True, slots=True)
class Score:
    """Share of `n` crops read right, from 0 to 1, by the float and by the int8 model."""

    n: int
    float_accuracy: float
    int8_accuracy: float

    @property
    def loss_points(self) -> float:
        """Percentage points that int8 reads worse; below 0 where it reads better."""
        return 100.0 * (self.float_accuracy - self.int8_accuracy)

    @property
    def figures(self) -> dict[str, float]:
        """The score as a card states it: `accuracy` is what the device gets."""
        return {
            "n": self.n,
            "accuracy": round(self.int8_accuracy, 5),
            "accuracy_float": round(self.float_accuracy, 5),
        }


@dataclass(frozen=True, slots=True)
class Parity:
    """The comparison.

    `agreement` is the share of crops for which both models say the same; `by_source` has the
    score on each data set; `by_class` on each label that has at least 20 crops.
    """

    overall: Score
    agreement: float
    by_source: dict[str, Score]
    by_class: dict[str, Score]

    @property
    def worst_class(self) -> str:
        """The label that lost most; '' where none with crops enough lost anything."""
        losses = {label: score.loss_points for label, score in self.by_class.items()}
        worst = max(losses, key=losses.__getitem__, default="")
        return worst if worst and losses[worst] > 0 else ""

    @property
    def figures(self) -> dict[str, dict[str, float]]:
        """All of it as a card states it, keyed by data set."""
        figures = {f"{name}/val": score.figures for name, score in self.by_source.items()}
        figures["val"] = self.overall.figures | {"agreement": round(self.agreement, 5)}
        if self.worst_class:
            figures[f"val/worst class '{self.worst_class}'"] = self.by_class[
                self.worst_class
            ].figures
        return figures


def compare(
    float_logits: Float32,
    int8_logits: Float32,
    answers: Answers,
    labels: Sequence[str],
    sources: npt.NDArray[np.str_],
) -> Parity:
    """Compare two models' logits, each `(N, L)`, on N crops; `sources` is `(N,)` str."""
    by_float = float_logits.argmax(axis=1)
    by_int8 = int8_logits.argmax(axis=1)
    float_right = answers.is_right(by_float)
    int8_right = answers.is_right(by_int8)

    def score(rows: npt.NDArray[np.bool_]) -> Score:
        n = int(rows.sum())
        return Score(n, float(float_right[rows].mean()), float(int8_right[rows].mean()))

    counts = np.bincount(answers.target, minlength=len(labels))
    return Parity(
        overall=score(np.ones(len(sources), np.bool_)),
        agreement=float((by_float == by_int8).mean()),
        by_source={str(name): score(sources == name) for name in np.unique(sources)},
        by_class={
            labels[i]: score(answers.target == i)
            for i in np.flatnonzero(counts >= CLASS_MIN).tolist()
        },
    )


def require_parity(parity: Parity, max_loss_points: float) -> None:
    """Let a bundle be written only if int8 reads about as well.

    Raises:
        ParityError: int8 loses more than `max_loss_points` percentage points of accuracy.
    """
    overall = parity.overall
    if overall.loss_points <= max_loss_points:
        return
    worst = parity.worst_class
    hint = f", most on '{worst}' ({parity.by_class[worst].loss_points:.1f} points)" if worst else ""
    raise ParityError(
        f"The int8 model reads {100 * overall.int8_accuracy:.2f} % of {overall.n} crops right, "
        f"the float model {100 * overall.float_accuracy:.2f} %: it loses "
        f"{overall.loss_points:.2f} points, {max_loss_points:g} are allowed{hint}. No bundle was "
        "written. Use representative crops that look like what the device sees, or allow more "
        "with --max-loss."
    )
