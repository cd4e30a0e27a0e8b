"""A reading as plain text."""

from inkwatch.reading import Reading


def format_text(reading: Reading, *, confidence: bool = False) -> str:
    """Write a reading line by line.

    Args:
        reading: what was read.
        confidence: put each line's confidence before it, as in ` 97%  hello world`.

    Returns:
        One row for each line, each ended by a newline; '' where nothing was found.
    """
    if not confidence:
        return "".join(f"{line.text}\n" for line in reading.lines)
    return "".join(f"{percent(line.confidence)}  {line.text}\n" for line in reading.lines)


def percent(probability: float) -> str:
    """A probability as four characters, such as ` 97%`; only certainty is `100%`."""
    # Rounded down: what may be wrong must not be shown as sure.
    return f"{int(probability * 100 + 1e-9):3d}%"
