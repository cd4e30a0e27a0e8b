"""The float model of a training run, answering as a bundle does: what int8 is compared with."""

import zipfile
from pathlib import Path

import keras
import msgspec
import numpy as np
import numpy.typing as npt

from inkwatch.errors import DataError
from inkwatch.recognise.card import NOT_A_CHARACTER
from inkwatch.recognise.classifier import softmax
from inkwatch_train.batches import as_input
from inkwatch_train.run import Run


class RunClassifier:
    """A run's best model so far. Its confidence is as the training left it, not calibrated.

    Args:
        folder: the run's folder.

    Raises:
        DataError: it holds no model, or a damaged one.
    """

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        run = Run(folder)
        try:
            classes = msgspec.json.decode(run.labels.read_bytes(), type=list[str])
            self._model = keras.saving.load_model(run.model, compile=False)
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise DataError(
                f"{folder} holds no whole training run: {error}. Finish the training, or train "
                "anew with --fresh."
            ) from error
        self.labels = tuple(label for label in classes if label != NOT_A_CHARACTER)

    def probabilities(self, crops: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Give `(N, L)` float32 for `(N, 32, 32)` uint8 crops, as `Classifier.probabilities`."""
        logits = self._model.predict(as_input(crops), batch_size=512, verbose=0)
        return softmax(np.asarray(logits, np.float32))[:, : len(self.labels)]
