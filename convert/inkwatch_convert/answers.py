"""Which answers are right for each validation crop."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkwatch_convert.run_folder import Validation


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The right answers to N crops, as indices of L labels.

    `target` is `(N,)` int, the label's index; `folded` is `(N,)` bool, true where either case is
    right; `other_case` is `(L,)` int, the index of the letter's other case, or its own.
    """

    target: npt.NDArray[np.intp]
    folded: npt.NDArray[np.bool_]
    other_case: npt.NDArray[np.intp]

    @property
    def accepted(self) -> npt.NDArray[np.bool_]:
        """`(N, L)` bool: all answers that are right."""
        accepted = np.zeros((len(self.target), len(self.other_case)), np.bool_)
        rows = np.arange(len(self.target))
        accepted[rows, self.target] = True
        accepted[rows[self.folded], self.other_case[self.target[self.folded]]] = True
        return accepted

    def is_right(self, predicted: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
        """Tell for `(N,)` predicted indices which are right: `(N,)` bool."""
        other = self.folded & (predicted == self.other_case[self.target])
        right: npt.NDArray[np.bool_] = (predicted == self.target) | other
        return right

    def take(self, rows: npt.NDArray[np.intp]) -> "Answers":
        """Give the answers to some of the crops."""
        return Answers(self.target[rows], self.folded[rows], self.other_case)


def answers_of(validation: Validation, labels: Sequence[str]) -> Answers:
    """Look the validation labels up; all of them must be among `labels`."""
    index = {label: i for i, label in enumerate(labels)}
    target = np.array([index[label] for label in validation.labels.tolist()], np.intp)
    other = np.array([index.get(c.swapcase(), i) for i, c in enumerate(labels)], np.intp)
    return Answers(target, validation.folded, other)
