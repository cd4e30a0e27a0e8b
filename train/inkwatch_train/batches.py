"""Feeds the network: each batch is drawn anew, and is the same again after a resume."""

from collections.abc import Sequence

import keras
import numpy as np
import numpy.typing as npt

from inkwatch.recognise.crop import Grey
from inkwatch_train.labels import Labels
from inkwatch_train.mixture import Bank, draw_batch
from inkwatch_train.recipe import Recipe

Floats = npt.NDArray[np.float32]


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """One epoch's batches, drawn in a thread beside the training.

    A batch depends on the recipe's seed, the epoch and its place in it, and on nothing else:
    a training that was killed goes on with the very batches that it would have had.
    """

    def __init__(
        self, banks: Sequence[Bank], labels: Labels, recipe: Recipe, first_epoch: int
    ) -> None:
        super().__init__(workers=1, use_multiprocessing=False, max_queue_size=8)
        self._banks = banks
        self._labels = labels
        self._recipe = recipe
        self._epoch = first_epoch

    def __len__(self) -> int:
        return self._recipe.schedule.batches_per_epoch

    def __getitem__(self, index: int) -> tuple[Floats, Floats]:
        rng = np.random.default_rng([self._recipe.seed, self._epoch, index])
        crops, names, folded = draw_batch(
            self._banks,
            self._recipe.schedule.batch_size,
            rng,
            self._recipe.augment,
            self._recipe.reject,
        )
        return as_input(crops), self._labels.targets(names, folded)

    def on_epoch_end(self) -> None:
        """Move on, so that the next epoch draws other batches."""
        self._epoch += 1


def as_input(crops: Grey) -> Floats:
    """Turn `(N, 32, 32)` uint8 crops into the network's `(N, 32, 32, 1)` float32 from 0 to 1."""
    return (crops[..., None].astype(np.float32)) / np.float32(255)
