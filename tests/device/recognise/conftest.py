"""The committed tiny bundles, and copies of them to damage."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inkwatch.recognise.bundle import Bundle, load_bundle
from inkwatch.recognise.card import LINES

DATA = Path(__file__).parents[2] / "data"
TINY = DATA / "tiny_bundle"
TINY_LINES = DATA / "tiny_lines"


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have these set."""
    monkeypatch.delenv("INKWATCH_MODELS", raising=False)


@pytest.fixture(scope="session")
def tiny() -> Bundle:
    """A model of a few KB that tells 0123ABETabet apart; `make_tiny_bundle.py` makes it."""
    return load_bundle(TINY)


@pytest.fixture(scope="session")
def tiny_lines() -> Bundle:
    """A model of a few KB that reads lines of 0123ABETabet; `make_tiny_lines.py` makes it."""
    return load_bundle(TINY_LINES, LINES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tiny bundle's folder that a test may damage."""
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))


@pytest.fixture
def lines_folder(tmp_path: Path) -> Path:
    """A copy of the tiny bundle for lines that a test may damage."""
    return Path(shutil.copytree(TINY_LINES, tmp_path / "tiny-lines"))


@pytest.fixture
def change_card(folder: Path) -> Callable[..., None]:
    """Change entries of the card in `folder`: `change_card("crop", version=99)`."""
    return _changer(folder)


@pytest.fixture
def change_lines_card(lines_folder: Path) -> Callable[..., None]:
    """The same for the card in `lines_folder`."""
    return _changer(lines_folder)


def _changer(folder: Path) -> Callable[..., None]:
    def change(*keys: str, **entries: Any) -> None:
        path = folder / "card.json"
        card = json.loads(path.read_text())
        inner = card
        for key in keys:
            inner = inner[key]
        inner.update(entries)
        path.write_text(json.dumps(card))

    return change
