import io
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageFont


@pytest.fixture(scope="session")
def plain_font(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real TrueType font with small letters, that comes with Pillow."""
    pytest.importorskip("fontTools.ttLib", reason="needs: pip install 'inkwatch[train]'")
    embedded = ImageFont.load_default(20)
    assert isinstance(embedded, ImageFont.FreeTypeFont)
    assert isinstance(embedded.path, io.BytesIO)
    path = tmp_path_factory.mktemp("fonts") / "plain.ttf"
    path.write_bytes(embedded.path.getvalue())
    return path


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)
