"""A reading as ALTO, the XML of libraries and archives.

The form is that of version 4.3 (https://www.loc.gov/standards/alto/). One document holds all pages
of a run. Lines have baselines, and lines, words and characters their polygons.
"""

import math
import os
from urllib.parse import quote

from inkwatch._version import __version__
from inkwatch.places import Box, Polygon
from inkwatch.publish.xml_text import attribute, pairs, text
from inkwatch.reading import Glyph, Line, Reading, Word
from inkwatch.unread import Unread

NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"

_LONGEST_VARIANT = 3

FOOTER = "</Layout>\n</alto>\n"


def alto_header(source: str = "") -> str:
    """What comes before the first page.

    Args:
        source: the picture's name, where the document holds one page alone; '' names none.
    """
    name = f"<fileName>{text(source)}</fileName>" if source else ""
    image = f"<sourceImageInformation>{name}</sourceImageInformation>\n" if source else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="{NAMESPACE}" xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="{NAMESPACE} http://www.loc.gov/standards/alto/v4/alto-4-3.xsd"
 SCHEMAVERSION="4.3">
<Description>
<MeasurementUnit>pixel</MeasurementUnit>
{image}<Processing ID="inkwatch">
<processingCategory>contentGeneration</processingCategory>
<processingSoftware>
<softwareName>Inkwatch</softwareName>
<softwareVersion>{__version__}</softwareVersion>
</processingSoftware>
</Processing>
</Description>
<Layout>
"""


def format_alto(reading: Reading, number: int) -> str:
    """Write one page, to stand between `alto_header` and `FOOTER`.

    Args:
        reading: what was read.
        number: the page's number in the document, from 1.
    """
    size = f'WIDTH="{reading.width}" HEIGHT="{reading.height}"'
    lines = "".join(_line(line, f"{number}_{count}") for count, line in enumerate(reading.lines, 1))
    unread = "".join(_unread(it, f"{number}_{k}") for k, it in enumerate(reading.unread, 1))
    around = _place(Box.around(line.box for line in reading.lines)) if reading.lines else ""
    # A page has no field for its picture, but a block may link to one.
    link = f'xlink:href="{quote(os.fsencode(reading.source))}"' if reading.source else ""
    block = f'<TextBlock ID="block_{number}" {around} {link}>\n{lines}</TextBlock>\n'
    return (
        f'<Page ID="page_{number}" PHYSICAL_IMG_NR="{number}" {size} '
        f'PC="{reading.confidence:.4f}" PROCESSINGREFS="inkwatch">\n'
        f'<PrintSpace HPOS="0" VPOS="0" {size}>\n{block}{unread}</PrintSpace>\n</Page>\n'
    )


def _line(line: Line, number: str) -> str:
    parts: list[str] = []
    for count, word in enumerate(line.words, 1):
        if parts:
            parts.append(_space(line.words[count - 2].box, word.box))
        parts.append(_word(word, f"{number}_{count}"))
    baseline = pairs(line.baseline)
    return (
        f'<TextLine ID="line_{number}" {_place(line.box)} BASELINE="{baseline}">'
        f"{_shape(line.polygon)}\n{''.join(parts)}</TextLine>\n"
    )


def _space(before: Box, after: Box) -> str:
    gap = after.left - before.right
    if gap < 0:
        return "<SP/>\n"  # a line that does not run to the right
    return f'<SP HPOS="{before.right}" VPOS="{before.top}" WIDTH="{gap}"/>\n'


def _word(word: Word, number: str) -> str:
    others = "".join(
        f'<ALTERNATIVE PURPOSE="recognition {other.probability:.4f}">{text(other.text)}'
        "</ALTERNATIVE>"
        for other in word.alternatives
    )
    glyphs = "".join(_glyph(glyph, f"{number}_{k}") for k, glyph in enumerate(word.glyphs, 1))
    unsure = " ".join(str(_unsureness(glyph)) for glyph in word.glyphs for _ in glyph.character)
    return (
        f'<String ID="word_{number}" {_place(word.box)} CONTENT="{attribute(word.text)}" '
        f'WC="{word.confidence:.4f}" CC="{unsure}">'
        f"{_shape(word.polygon)}{others}\n{glyphs}</String>\n"
    )


def _glyph(glyph: Glyph, number: str) -> str:
    if len(glyph.character) != 1:
        return ""  # ALTO's glyphs are one character each; the String holds the text all the same
    variants = "".join(
        f'<Variant CONTENT="{attribute(other.character)}" VC="{other.probability:.4f}"/>'
        for other in glyph.candidates[1:]
        if len(other.character) <= _LONGEST_VARIANT
    )
    return (
        f'<Glyph ID="glyph_{number}" {_place(glyph.box)} CONTENT="{attribute(glyph.character)}" '
        f'GC="{glyph.confidence:.4f}">{_shape(glyph.polygon)}{variants}</Glyph>\n'
    )


def _unread(unread: Unread, number: str) -> str:
    return (
        f'<Illustration ID="unread_{number}" {_place(unread.box)} TYPE="unread: {unread.reason}">'
        f"{_shape(unread.polygon)}</Illustration>\n"
    )


def _unsureness(glyph: Glyph) -> int:
    """From 0, sure, to 9; rounded up: what may be wrong is not shown as sure."""
    return math.ceil(9 * (1 - glyph.confidence) - 1e-9)


def _place(box: Box) -> str:
    return f'HPOS="{box.left}" VPOS="{box.top}" WIDTH="{box.width}" HEIGHT="{box.height}"'


def _shape(polygon: Polygon) -> str:
    return f'<Shape><Polygon POINTS="{pairs(polygon)}"/></Shape>'
