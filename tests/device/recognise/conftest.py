"""The committed tiny bundle, and copies of it to damage."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inkwatch.recognise.bundle import Bundle, load_bundle

TINY = Path(__file__).parents[2] / "data" / "tiny_bundle"


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have these set."""
    monkeypatch.delenv("INKWATCH_MODELS", raising=False)


@pytest.fixture(scope="session")
def tiny() -> Bundle:
    """A model of a few KB that tells 0123ABETabet apart; `make_tiny_bundle.py` makes it."""
    return load_bundle(TINY)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tiny bundle's folder that a test may damage."""
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))


@pytest.fixture
def change_card(folder: Path) -> Callable[..., None]:
    """Change entries of the card in `folder`: `change_card("crop", version=99)`."""

    def change(*keys: str, **entries: Any) -> None:
        path = folder / "card.json"
        card = json.loads(path.read_text())
        inner = card
        for key in keys:
            inner = inner[key]
        inner.update(entries)
        path.write_text(json.dumps(card))

    return change
