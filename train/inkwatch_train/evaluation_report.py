"""An evaluation told to people and programs: Markdown, JSON, and pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inkwatch.recognise.card import NOT_A_CHARACTER
from inkwatch_train.evaluate import TASKS, Answers, Choice, Score, choose, reliability, score
from inkwatch_train.evaluation_file import write_evaluation_file
from inkwatch_train.plots import plot_confusion, plot_mistakes, plot_reliability

_MISTAKES = 60
_MAIN = "any_case"
_WRONG_CUTS = "wrong_cuts"
_NO_CHARACTER = {NOT_A_CHARACTER: "none"}


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A classifier's answers on one data set, `name`, scored at `threshold`."""

    name: str
    answers: Answers
    threshold: float

    @cached_property
    def choices(self) -> dict[str, Choice]:
        """The answers to each task, by its name."""
        return {task.name: choose(self.answers, task) for task in TASKS}

    @cached_property
    def scores(self) -> dict[str, Score]:
        """The figures of each task that asks about any sample."""
        scored = {name: score(choice, self.threshold) for name, choice in self.choices.items()}
        return {name: figures for name, figures in scored.items() if figures is not None}


def table(evaluations: Sequence[Evaluation]) -> str:
    """Write the figures as a Markdown table, a row for each task of each data set."""
    lines = [
        "| data | question | crops | right | calibration error | told | right of these |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    titles = {task.name: task.title for task in TASKS}
    lines += [
        f"| {evaluation.name} | {titles[name]} | {s.n} | {100 * s.right:.2f} % | {s.ece:.3f} | "
        f"{100 * s.accepted:.1f} % | {_right_of_told(s)} |"
        for evaluation in evaluations
        for name, s in evaluation.scores.items()
    ]
    return "\n".join(lines)


def _right_of_told(score: Score) -> str:
    return f"{100 * score.accepted_right:.2f} %" if score.accepted else "-"


def write_evaluation(
    evaluations: Sequence[Evaluation], bundle: str, folder: Path, model_sha256: str = ""
) -> None:
    """Write `evaluation.md`, `evaluation.json` and three pictures for each data set.

    `model_sha256` says which model was asked, so that its card can take the figures over. The
    pictures tell of the task with case ignored; where there are only wrong cuts, of these.

    Raises:
        OSError: the folder cannot be written.
    """
    sections = []
    for evaluation in evaluations:
        stem = evaluation.name.replace("/", "-").replace(":", "-")
        _draw(evaluation, folder, stem)
        sections.append(
            f"## {evaluation.name}\n\n![How true the confidence is](reliability-{stem}.png)\n"
            f"![Confusion matrix](confusion-{stem}.png)\n"
            f"![The surest mistakes](mistakes-{stem}.png)\n"
        )
    figures = {evaluation.name: evaluation.scores for evaluation in evaluations}
    write_evaluation_file(folder, bundle, model_sha256, figures)
    text = f"# Evaluation of {bundle}\n\n{table(evaluations)}\n\n" + "\n".join(sections)
    (folder / "evaluation.md").write_text(text, encoding="utf-8")


def _draw(evaluation: Evaluation, folder: Path, stem: str) -> None:
    main = _MAIN if _MAIN in evaluation.scores else _WRONG_CUTS
    choice, answers = evaluation.choices[main], evaluation.answers
    truth = [_NO_CHARACTER.get(label := answers.labels[k], label.lower()) for k in choice.samples]
    names = sorted(set(truth) | set(choice.chosen))
    place = {name: k for k, name in enumerate(names)}
    counts: npt.NDArray[np.intp] = np.zeros((len(names), len(names)), np.intp)
    for true, chosen in zip(truth, choice.chosen, strict=True):
        counts[place[true], place[chosen]] += 1
    plot_confusion(counts, names, folder / f"confusion-{stem}.png")
    bins = reliability(choice.confidence, choice.right)
    plot_reliability(bins, folder / f"reliability-{stem}.png")
    wrong = np.flatnonzero(~choice.right)
    worst = wrong[np.argsort(-choice.confidence[wrong], kind="stable")][:_MISTAKES]
    plot_mistakes(
        answers.crops[choice.samples[worst]],
        [f"{truth[k]} as {choice.chosen[k]} {choice.confidence[k]:.2f}" for k in worst],
        folder / f"mistakes-{stem}.png",
    )
