"""What the tests of the project as a whole share."""

import os
from pathlib import Path

import pytest

from inkwatch.reader import Reader

_ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the checkout."""
    return _ROOT


@pytest.fixture(scope="session")
def clean_environment() -> dict[str, str]:
    """This process's environment without what a surrounding `make` or the user put there."""
    unwanted = ("MAKE", "MFLAGS", "PYTHON", "INKWATCH_", "VIRTUAL_ENV", "PIP_")
    return {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}


@pytest.fixture(scope="session")
def reader() -> Reader:
    """The bundle that ships, whichever one the user has set."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("INKWATCH_MODELS", raising=False)
        return Reader()
