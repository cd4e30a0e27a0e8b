"""Transcripts as they stand on paper: marks that databases set apart go back to their words."""

import re

_BEFORE = re.compile(r" +([,.;:!?)\]])")
_BEHIND = re.compile(r"([(\[]) +")
_CROSSED_OUT = "#"


def on_paper(text: str) -> str | None:
    """Give a transcript's text as somebody wrote it.

    IAM and IAM-OnDB write each mark as a word of its own, and a crossed-out word as `#`.

    Returns:
        Printable ASCII; None where what is on the paper is not told, or is no ASCII.
    """
    if _CROSSED_OUT in text or not text.strip() or not text.isascii():
        return None
    joined = _BEHIND.sub(r"\1", _BEFORE.sub(r"\1", " ".join(text.split())))
    # Quotation marks open and close in turn.
    parts = joined.split('"')
    told = parts[0]
    for number, part in enumerate(parts[1:]):
        opens = number % 2 == 0
        told = f'{told}"{part.lstrip()}' if opens else f'{told.rstrip()}"{part}'
    return told.strip() or None
