"""Keep the start-up notes of big libraries off the user's terminal."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

from inkwatch.errors import MissingPackageError


@contextmanager
def native_output_held() -> Iterator[None]:
    """Hold back what C++ and Python parts print in the block; show it if the block fails.

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


def require_keras() -> None:
    """Import Keras with its back-end, quietly.

    Raises:
        MissingPackageError: it is not installed.
    """
    # TensorFlow greets with a page of notes about the processor; errors still show.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        with native_output_held():
            import keras  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise MissingPackageError(
            "Training needs tensorflow, which is not installed: pip install 'inkwatch[train]'; in "
            "a checkout, make train does it."
        ) from error
