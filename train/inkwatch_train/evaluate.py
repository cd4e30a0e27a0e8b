"""How well a bundle reads single characters: the int8 model and the device's crop, on any data.

Each task asks the same model another question: to tell all letters and digits, to tell them with
case ignored, to tell digits among digits. Probabilities of labels that the task holds for one
class are added before the likeliest class is taken.
"""

import string
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from inkwatch.errors import DataError
from inkwatch.recognise.card import NOT_A_CHARACTER
from inkwatch.recognise.classifier import among
from inkwatch.recognise.crop import crop_glyphs
from inkwatch_train.alphabet import ALPHANUMERIC
from inkwatch_train.data.sample import Sample

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]

BINS = 15


@dataclass(frozen=True, slots=True)
class Task:
    """A question to the model: choose among `alphabet`, where `fold` says which are one class.

    `needs_case` tasks leave out samples whose case is not known. `wrong_cuts` tasks ask about what
    is no character: every answer to those is wrong, and the fewer are told the better.
    """

    name: str
    title: str
    alphabet: str
    fold: Callable[[str], str]
    needs_case: bool = False
    wrong_cuts: bool = False


def _lower(label: str) -> str:
    return label.lower()


def _lower_zero_is_o(label: str) -> str:
    return "o" if label == "0" else label.lower()


TASKS = (
    Task("exact", "62: letters by case, digits", ALPHANUMERIC, str, needs_case=True),
    Task("any_case", "36: case ignored", ALPHANUMERIC, _lower),
    Task("merged", "35: case ignored, 0 with O", ALPHANUMERIC, _lower_zero_is_o),
    Task("digits", "10: digits among digits", string.digits, str),
    Task("wrong_cuts", "no character at all", ALPHANUMERIC, _lower, wrong_cuts=True),
)


class Score(msgspec.Struct, frozen=True):
    """One task on one data set: `n` crops, the share `right`, and how true the confidence is.

    `ece` is the expected calibration error over 15 bins (Naeini et al. 2015,
    doi:10.1609/aaai.v29i1.9602). Of those told with at least `threshold`, `accepted` is the share
    of all and `accepted_right` the share of these that are right.
    """

    n: int
    right: float
    ece: float
    threshold: float
    accepted: float
    accepted_right: float


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What a classifier says to N samples.

    `crops` `(N, 32, 32)` uint8, `probabilities` `(N, L)` float32 over `classes`, `labels` and
    `folded` the truth.
    """

    crops: npt.NDArray[np.uint8]
    probabilities: Floats
    classes: tuple[str, ...]
    labels: tuple[str, ...]
    folded: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """The answers to one task: indices of the samples that it asks about, and what was chosen."""

    samples: npt.NDArray[np.intp]
    chosen: tuple[str, ...]
    confidence: Floats
    right: Bools


class Answerer(Protocol):
    """A bundle's `Classifier`, or the float model of a run."""

    labels: tuple[str, ...]

    def probabilities(self, crops: npt.NDArray[np.uint8]) -> Floats:
        """Give `(N, L)` for `(N, 32, 32)` uint8 crops; a lack to 1 is for no character."""
        ...


def ask(classifier: Answerer, samples: Iterable[Sample]) -> Answers:
    """Cut and classify samples of characters that the classifier knows.

    Raises:
        DataError: there are none.
    """
    known = {*classifier.labels, NOT_A_CHARACTER}
    kept = [s for s in samples if s.label in known or (s.folded and s.label.swapcase() in known)]
    if not kept:
        raise DataError("The data holds no character that this bundle knows.")
    crops = crop_glyphs([sample.image for sample in kept])
    return Answers(
        crops=crops,
        probabilities=classifier.probabilities(crops),
        classes=classifier.labels,
        labels=tuple(sample.label for sample in kept),
        folded=np.array([sample.folded for sample in kept]),
    )


def choose(answers: Answers, task: Task) -> Choice:
    """Answer one task: the likeliest class of each sample that the task asks about."""
    asked = np.array(
        [
            (label == NOT_A_CHARACTER if task.wrong_cuts else label in task.alphabet)
            and not (task.needs_case and folded)
            for label, folded in zip(answers.labels, answers.folded, strict=True)
        ],
        np.bool_,
    )
    names = sorted({task.fold(label) for label in answers.classes if label in task.alphabet})
    place = {name: k for k, name in enumerate(names)}
    allowed = np.flatnonzero([label in task.alphabet for label in answers.classes])
    merge = np.zeros((len(allowed), len(names)), np.float32)
    for row, column in enumerate(allowed):
        merge[row, place[task.fold(answers.classes[column])]] = 1.0
    samples = np.flatnonzero(asked)
    merged = among(answers.probabilities[samples], allowed) @ merge
    best = merged.argmax(axis=1) if len(samples) else np.zeros(0, np.intp)
    chosen = tuple(names[k] for k in best)
    truth = [task.fold(answers.labels[k]) for k in samples]
    return Choice(
        samples=samples,
        chosen=chosen,
        confidence=np.asarray(merged.max(axis=1, initial=0.0), np.float32),
        right=np.array([c == t for c, t in zip(chosen, truth, strict=True)], np.bool_),
    )


def score(choice: Choice, threshold: float) -> Score | None:
    """Put a task's answers into figures; None where it asks about no sample."""
    if len(choice.samples) == 0:
        return None
    accepted = choice.confidence >= threshold
    return Score(
        n=len(choice.samples),
        right=float(choice.right.mean()),
        ece=calibration_error(choice.confidence, choice.right),
        threshold=threshold,
        accepted=float(accepted.mean()),
        accepted_right=float(choice.right[accepted].mean()) if accepted.any() else 1.0,
    )


def calibration_error(confidence: Floats, right: Bools) -> float:
    """Mean distance between confidence and share of right answers, over equal bins."""
    bins = reliability(confidence, right)
    return sum(count * abs(told - true) for told, true, count in bins) / max(1, len(right))


def reliability(confidence: Floats, right: Bools) -> Sequence[tuple[float, float, int]]:
    """For each bin that holds any: mean confidence, share right, count."""
    index = np.minimum((confidence * BINS).astype(np.intp), BINS - 1)
    bins = []
    for k in range(BINS):
        own = index == k
        if own.any():
            bins.append((float(confidence[own].mean()), float(right[own].mean()), int(own.sum())))
    return bins
