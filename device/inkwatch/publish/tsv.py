r"""A reading as tab-separated values, one row for each word.

Backslash, tab, newline and carriage return inside a field are written `\\`, `\t`, `\n` and `\r`,
so that every row is one line and every tab parts two columns.
"""

from inkwatch.reading import Reading

COLUMNS = (
    *("source", "line", "word", "left", "top", "width", "height"),
    *("confidence", "text", "polygon", "alternatives"),
)

_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def tsv_header() -> str:
    """The first row: the columns' names."""
    return "\t".join(COLUMNS) + "\n"


def format_tsv(reading: Reading) -> str:
    """Write a reading's words, a row each and no header.

    Lines count from 1 on the page and words from 1 on their line; boxes are in pixels;
    confidence is from 0 to 1 with four decimals; the polygon is `x,y x,y x,y x,y`; alternatives
    are `TEXT=PROBABILITY`, a space between them.

    Returns:
        Rows that each end in a newline; '' where nothing was found.
    """
    rows = []
    for line_number, line in enumerate(reading.lines, 1):
        for word_number, word in enumerate(line.words, 1):
            box = word.box
            numbers = (line_number, word_number, box.left, box.top, box.width, box.height)
            fields = (
                escaped(reading.source),
                *map(str, numbers),
                f"{word.confidence:.4f}",
                escaped(word.text),
                " ".join(f"{round(x)},{round(y)}" for x, y in word.polygon),
                " ".join(f"{escaped(w.text)}={w.probability:.4f}" for w in word.alternatives),
            )
            rows.append("\t".join(fields) + "\n")
    return "".join(rows)


def escaped(text: str) -> str:
    """A field's text with the characters escaped that would end it."""
    return text.translate(_ESCAPES)
