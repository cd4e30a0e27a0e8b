from collections.abc import Callable

import pytest

from inkwatch.recognise.crop import Grey
from inkwatch_train.augment.canvas import to_canvas
from inkwatch_train.fonts.hershey import draw_text


@pytest.fixture(scope="session")
def canvas_of() -> Callable[[str], Grey]:
    """Draw a character with a stroke font and lay it on its canvas."""

    def draw(character: str) -> Grey:
        canvas = to_canvas(draw_text(character))
        assert canvas is not None
        return canvas

    return draw
