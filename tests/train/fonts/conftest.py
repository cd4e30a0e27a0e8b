import io
from pathlib import Path

import pytest
from PIL import ImageFont


@pytest.fixture(scope="session")
def plain_font(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real TrueType font with small letters, that comes with Pillow."""
    embedded = ImageFont.load_default(20)
    assert isinstance(embedded, ImageFont.FreeTypeFont)
    assert isinstance(embedded.path, io.BytesIO)
    path = tmp_path_factory.mktemp("fonts") / "plain.ttf"
    path.write_bytes(embedded.path.getvalue())
    return path


@pytest.fixture(scope="session")
def capitals_font(plain_font: Path) -> Path:
    """The same font with its capitals in the places of the small letters."""
    ttlib = pytest.importorskip("fontTools.ttLib", reason="needs: pip install 'inkwatch[train]'")
    path = plain_font.with_name("capitals.ttf")
    with ttlib.TTFont(plain_font) as font:
        for table in font["cmap"].tables:
            for code in range(ord("a"), ord("z") + 1):
                if code in table.cmap:
                    table.cmap[code] = table.cmap[code - 32]
        font.save(path)
    return path
