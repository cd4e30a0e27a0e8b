"""A reading as hOCR, the HTML that OCR tools exchange.

The form is Breuel's (2007, doi:10.1109/ICDAR.2007.4377078) in version 1.2. One document holds all
pages of a run; pages, lines, words and characters carry their boxes in the picture's pixels and
their confidence in percent. Lines and words have their polygons as well, lines their baseline, and
words what else they may be.
"""

import math

from inkwatch.places import Box, Polygon
from inkwatch.publish.xml_text import attribute, pairs, text
from inkwatch.reading import Glyph, Line, Reading, Word
from inkwatch.unread import Unread

HEADER = """<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8" />
<title>Inkwatch</title>
<meta name="ocr-system" content="inkwatch" />
<meta name="ocr-capabilities"
 content="ocr_page ocr_line ocr_noise ocrx_word ocrx_cinfo ocrp_poly ocrp_nlp" />
</head>
<body>
"""

FOOTER = "</body>\n</html>\n"


# Of a line's full height in x-heights, what is above and below its small letters.
_ASCENDERS, _DESCENDERS = 0.7, 0.65

_STEEP_DEG = 45.0
"""A line that runs steeper than this has no baseline that is a function of x, but an angle."""

_LEAST = 1e-9


def format_hocr(reading: Reading, number: int) -> str:
    """Write one page, to stand between `HEADER` and `FOOTER`.

    Args:
        reading: what was read.
        number: the page's number in the document, from 1.
    """
    source = reading.source.replace("\\", "\\\\").replace('"', '\\"')
    page = f'image "{source}"; bbox 0 0 {reading.width} {reading.height}; ppageno {number - 1}'
    lines = "".join(_line(line, f"{number}_{count}") for count, line in enumerate(reading.lines, 1))
    noise = "".join(_unread(unread) for unread in reading.unread)
    title = attribute(page)
    return f'<div class="ocr_page" id="page_{number}" title="{title}">\n{lines}{noise}</div>\n'


def _line(line: Line, number: str) -> str:
    words = " ".join(_word(word, f"{number}_{count}") for count, word in enumerate(line.words, 1))
    title = "; ".join(
        (
            _bbox(line.box),
            _poly(line.polygon),
            *_run(line),
            *_sizes(line),
            f"x_wconf {_percent(line.confidence)}",
        )
    )
    return f'<span class="ocr_line" id="line_{number}" title="{title}">{words}</span>\n'


def _run(line: Line) -> tuple[str, ...]:
    """Where the line runs: a baseline from the box's lower left corner on, or an angle."""
    (x0, y0), (x1, y1) = line.baseline[0], line.baseline[-1]
    angle = math.degrees(math.atan2(y0 - y1, x1 - x0))
    if abs(angle) > _STEEP_DEG:
        return (f"textangle {round(angle, 1) % 360:g}",)
    slope = (y1 - y0) / (x1 - x0) if x1 > x0 else 0.0
    start = y0 + slope * (line.box.left - x0) - line.box.bottom
    return (f"baseline {_number(slope, 4)} {_number(start, 1)}",)


def _sizes(line: Line) -> tuple[str, ...]:
    """Sizes as Tesseract names them: what the three leave of the first is the x-height."""
    if not line.x_height_px:
        return ()
    up, down = _ASCENDERS * line.x_height_px, _DESCENDERS * line.x_height_px
    whole = line.x_height_px + up + down
    return (f"x_size {whole:.1f}", f"x_ascenders {up:.1f}", f"x_descenders {down:.1f}")


def _word(word: Word, number: str) -> str:
    characters = "".join(_character(glyph) for glyph in word.glyphs)
    title = f"{_bbox(word.box)}; {_poly(word.polygon)}; x_wconf {_percent(word.confidence)}"
    best = f'<span class="ocrx_word" id="word_{number}" title="{title}">{characters}</span>'
    if not word.alternatives:
        return best
    # Around the word, not in it: whoever takes the text of each ocrx_word gets what was read.
    others = "".join(
        f'<del class="alt" title="{_nlp(other.probability)}">{text(other.text)}</del>'
        for other in word.alternatives
    )
    first = f'<ins class="alt" title="{_nlp(word.confidence)}">{best}</ins>'
    return f'<span class="alternatives">{first}{others}</span>'


def _character(glyph: Glyph) -> str:
    box = glyph.box
    title = (
        f"x_bboxes {box.left} {box.top} {box.right} {box.bottom}; x_conf "
        f"{_percent(glyph.confidence)}"
    )
    return f'<span class="ocrx_cinfo" title="{title}">{text(glyph.character)}</span>'


def _unread(unread: Unread) -> str:
    title = f"{_bbox(unread.box)}; {_poly(unread.polygon)}; x_unread {unread.reason}"
    return f'<div class="ocr_noise" title="{title}"></div>\n'


def _bbox(box: Box) -> str:
    return f"bbox {box.left} {box.top} {box.right} {box.bottom}"


def _poly(polygon: Polygon) -> str:
    return f"poly {pairs(polygon, between=' ')}"


def _nlp(probability: float) -> str:
    """The negative natural logarithm, as the specification has it."""
    return f"nlp {_number(-math.log(max(probability, _LEAST)), 3)}"


def _number(value: float, decimals: int) -> str:
    # Adding 0 turns -0.0, which a reader may stumble over, into 0.
    return f"{round(value, decimals) + 0.0:g}"


def _percent(confidence: float) -> int:
    # Rounded down, as in text: what may be wrong is not shown as sure.
    return int(confidence * 100 + 1e-9)
