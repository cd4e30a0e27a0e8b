"""TensorFlow, loaded late and kept quiet."""

import importlib
import os
import warnings
from typing import Any

from inkwatch.errors import MissingPackageError
from inkwatch.recognise.runtime import Interpreter, Runtime
from inkwatch_train.quiet import native_output_held


def load_tensorflow() -> Any:
    """Import TensorFlow without its start-up messages.

    Raises:
        MissingPackageError: it is not installed.
    """
    # It must be set before the first import; what the user has set stays.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        with native_output_held():
            return importlib.import_module("tensorflow")
    except ImportError as error:
        raise MissingPackageError(
            f"Converting needs TensorFlow: pip install 'inkwatch[train]' ({error})."
        ) from error


def tensorflow_runtime() -> Runtime:
    """Give TensorFlow's own interpreter in the form that the device's code takes.

    Raises:
        MissingPackageError: TensorFlow is not installed.
    """
    tensorflow = load_tensorflow()

    def factory(*, model_content: bytes, num_threads: int) -> Interpreter:
        with warnings.catch_warnings():
            # It advises to use ai-edge-litert, which is what the device does.
            warnings.simplefilter("ignore", UserWarning)
            interpreter: Interpreter = tensorflow.lite.Interpreter(
                model_content=model_content, num_threads=num_threads
            )
        return interpreter

    return Runtime("tensorflow", str(tensorflow.__version__), factory)
