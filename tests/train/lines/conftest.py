"""The fonts that recipes draw with, where they were fetched, and a recipe for a tiny network."""

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import pytest

from inkwatch.errors import DataError

TINY = """
engine = "lines"
name = "tiny"
val_lines = 3
data = [{source = "fonts-joined"}, {source = "fonts-print"}]
[network]
stem = 2
stages = [[2], [2], [3]]
sequence = 4
dilations = [1, 2]
[schedule]
epochs = 3
batches_per_epoch = 2
batch_columns = 1280
learning_rate = 0.01
"""


@pytest.fixture(scope="session")
def faces() -> Sequence[Any]:
    """Some of the fonts."""
    pytest.importorskip("fontTools", reason="needs pip install 'inkwatch[train]'")
    pytest.importorskip("wordfreq", reason="needs pip install 'inkwatch[train]'")
    from inkwatch_train.fonts.fetch import installed_fonts

    try:
        found = installed_fonts()
    except DataError as error:
        pytest.skip(str(error))
    kinds = ("joined", "print", "other")
    return [face for kind in kinds for face in found if face.kind == kind and not face.held_out][
        ::12
    ]


@pytest.fixture
def tiny_lines(faces: Sequence[Any]) -> Any:
    """A recipe that trains in a second or two."""
    from inkwatch_train.lines.recipe import LineRecipe

    assert faces
    return msgspec.toml.decode(TINY, type=LineRecipe)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)
