"""Does a bundle give what it should in every runtime that is installed?"""

import importlib.util
from dataclasses import dataclass

import numpy as np

from inkwatch.errors import MissingPackageError
from inkwatch.recognise.bundle import Bundle
from inkwatch.recognise.checks import GOLDEN_TOLERANCE
from inkwatch.recognise.classifier import BATCH, Classifier, Crops
from inkwatch.recognise.open_model import open_model
from inkwatch.recognise.runtime import Runtime, find_runtime
from inkwatch_convert.host import tensorflow_runtime


@dataclass(frozen=True, slots=True)
class Check:
    """What one runtime gave.

    `golden_error` is the largest difference from the golden output in steps of int8;
    `batch_error` the largest between one crop at a time and a full batch, which must be 0. For
    lines, which are read one at a time, it is 0.
    """

    runtime: str
    version: str
    xnnpack: bool
    golden_error: int
    batch_error: int

    @property
    def passed(self) -> bool:
        """Whether the runtime can be trusted with the bundle."""
        return self.golden_error <= GOLDEN_TOLERANCE and self.batch_error == 0


def installed_runtimes() -> list[Runtime]:
    """Load every runtime that is installed, TensorFlow included.

    Raises:
        MissingPackageError: there is none.
    """
    # TensorFlow comes last: tflite-runtime cannot be loaded after it.
    runtimes = []
    for name in ("litert", "tflite-runtime"):
        try:
            runtimes.append(find_runtime(name))
        except MissingPackageError:
            continue
    if importlib.util.find_spec("tensorflow"):
        runtimes.append(tensorflow_runtime())
    if not runtimes:
        # It says what to install.
        find_runtime()
    return runtimes


def check_bundle(bundle: Bundle, runtime: Runtime) -> Check:
    """Run the golden example; of characters also shifted copies of it, one by one and as a batch.

    Args:
        bundle: of characters or of lines.
        runtime: what is to run it.

    Raises:
        BundleError: the runtime cannot run the model, or it is not what the card says.
        MissingPackageError: the runtime does not work on this machine.
    """
    model = open_model(bundle, runtime)
    return Check(
        runtime=runtime.name,
        version=runtime.version,
        xnnpack=model.xnnpack,
        golden_error=model.golden_error(),
        batch_error=_batch_error(model) if isinstance(model, Classifier) else 0,
    )


def _batch_error(classifier: Classifier) -> int:
    crops = shifted(classifier.bundle)
    batched = classifier.outputs(crops).astype(np.int16)
    singly = np.concatenate([classifier.outputs(crop[np.newaxis]) for crop in crops])
    return int(np.abs(batched - singly).max())


def shifted(bundle: Bundle) -> Crops:
    """Make a full batch, `(32, 32, 32)` uint8, by rolling the golden crop sideways."""
    size = bundle.card.crop.size
    crop = np.frombuffer(bundle.card.golden.pixels, np.uint8).reshape(size, size)
    return np.stack([np.roll(crop, shift, axis=1) for shift in range(BATCH)])
