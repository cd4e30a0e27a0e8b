"""Words in a text file, spaces or line ends between them."""

from pathlib import Path

from inkwatch.errors import UsageError


def listed_words(path: str, named_by: str) -> tuple[str, ...]:
    """Give the words of a file.

    Args:
        path: the file, UTF-8.
        named_by: what names it, for the error: an option or a setting.

    Raises:
        UsageError: the file cannot be read.
    """
    try:
        # Windows' editors begin a file with a mark that is no part of the first word.
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or "no such file"
        raise UsageError(f"{named_by}: the list of words cannot be read: {reason}.") from error
    except ValueError as error:
        raise UsageError(f"{named_by}: the list of words is no text in UTF-8.") from error
    return tuple(text.split())
