"""A reading as hOCR, the HTML that OCR tools exchange.

The form is Breuel's (2007, doi:10.1109/ICDAR.2007.4377078) in version 1.2. One document holds all
pages of a run; pages, lines, words and characters carry their boxes in the picture's pixels and
their confidence in percent.
"""

from html import escape

from inkwatch.reading import Box, Glyph, Line, Reading, Word

HEADER = """<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml">
<head>
<meta charset="utf-8" />
<title>Inkwatch</title>
<meta name="ocr-system" content="inkwatch" />
<meta name="ocr-capabilities" content="ocr_page ocr_line ocrx_word ocrx_cinfo" />
</head>
<body>
"""

FOOTER = "</body>\n</html>\n"


def format_hocr(reading: Reading, number: int) -> str:
    """Write one page, to stand between `HEADER` and `FOOTER`.

    Args:
        reading: what was read.
        number: the page's number in the document, from 1.
    """
    source = _quoted(reading.source)
    page = f'image "{source}"; bbox 0 0 {reading.width} {reading.height}; ppageno {number - 1}'
    lines = "".join(_line(line, f"{number}_{count}") for count, line in enumerate(reading.lines, 1))
    return f'<div class="ocr_page" id="page_{number}" title="{_attribute(page)}">\n{lines}</div>\n'


def _line(line: Line, number: str) -> str:
    words = " ".join(_word(word, f"{number}_{count}") for count, word in enumerate(line.words, 1))
    title = _attribute(f"{_bbox(line.box)}; x_wconf {_percent(line.confidence)}")
    return f'<span class="ocr_line" id="line_{number}" title="{title}">{words}</span>\n'


def _word(word: Word, number: str) -> str:
    characters = "".join(_character(glyph) for glyph in word.glyphs)
    title = _attribute(f"{_bbox(word.box)}; x_wconf {_percent(word.confidence)}")
    return f'<span class="ocrx_word" id="word_{number}" title="{title}">{characters}</span>'


def _character(glyph: Glyph) -> str:
    box = glyph.box
    title = _attribute(
        f"x_bboxes {box.left} {box.top} {box.right} {box.bottom}; x_conf "
        f"{_percent(glyph.confidence)}"
    )
    return f'<span class="ocrx_cinfo" title="{title}">{escape(glyph.character)}</span>'


def _bbox(box: Box) -> str:
    return f"bbox {box.left} {box.top} {box.right} {box.bottom}"


def _percent(confidence: float) -> int:
    # Rounded down, as in text: what may be wrong is not shown as sure.
    return int(confidence * 100 + 1e-9)


def _quoted(source: str) -> str:
    """A name inside the quotes of a title's property."""
    return source.replace("\\", "\\\\").replace('"', '\\"')


def _attribute(title: str) -> str:
    printable = title.encode("utf-8", "backslashreplace").decode("utf-8")
    return escape("".join(c if c.isprintable() else " " for c in printable))
