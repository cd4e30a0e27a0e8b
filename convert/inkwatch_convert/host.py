"""TensorFlow, loaded late and kept quiet."""

import importlib
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any

from inkwatch.errors import MissingPackageError
from inkwatch.recognise.runtime import Interpreter, Runtime


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


@contextmanager
def native_output_held() -> Iterator[None]:
    """Hold back what the converter's C++ and Python parts print; show it if the block fails.

    They write to the file descriptors themselves, to standard output too, which is for data.
    """
    saved = os.dup(1), os.dup(2)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as held:
        try:
            with redirect_stdout(held), redirect_stderr(held):
                os.dup2(held.fileno(), 1)
                os.dup2(held.fileno(), 2)
                try:
                    yield
                finally:
                    for descriptor, copy in enumerate(saved, start=1):
                        os.dup2(copy, descriptor)
                        os.close(copy)
        except BaseException:
            held.seek(0)
            sys.stderr.write(held.read())
            raise
