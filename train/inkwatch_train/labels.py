"""From characters to the network's outputs and back."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.preprocessing import LabelBinarizer

from inkwatch.recognise.card import NOT_A_CHARACTER


class Labels:
    """One-hot targets by scikit-learn's `LabelBinarizer`, whose class order the bundle carries.

    Where the case of a letter was folded away, its target has a one for either case.

    Args:
        alphabet: the characters.
        reject: whether there is a class for what is no character; it comes last.
    """

    def __init__(self, alphabet: str, *, reject: bool = False) -> None:
        self._binarizer = LabelBinarizer()
        self._binarizer.fit(sorted({*alphabet, *(NOT_A_CHARACTER if reject else "")}))
        self.classes: list[str] = [str(character) for character in self._binarizer.classes_]
        self._known = frozenset(self.classes)

    def knows(self, label: str, *, folded: bool = False) -> bool:
        """Tell whether the label (either case of it, where folded) is among the classes."""
        return label in self._known or (folded and label.swapcase() in self._known)

    def targets(
        self, labels: Sequence[str], folded: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.float32]:
        """Turn labels into targets.

        Args:
            labels: N characters, each known.
            folded: `(N,)` bool, true where either case is right.

        Returns:
            `(N, L)` float32 of zeros and ones.
        """
        one_hot = self._binarizer.transform(list(labels)).astype(np.float32)
        swapped = [
            label.swapcase() if either else label
            for label, either in zip(labels, folded, strict=True)
        ]
        other = self._binarizer.transform(swapped).astype(np.float32)
        return np.asarray(np.maximum(one_hot, other), np.float32)
