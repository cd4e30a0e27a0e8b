"""Inkwatch reads handwriting: `from inkwatch import Reader; Reader().read(image).text`.

Importing this package is cheap; OpenCV and the interpreter load when a `Reader` is made.
"""

from typing import TYPE_CHECKING, Any

from inkwatch._version import __version__
from inkwatch.errors import ExitCode, InkwatchError
from inkwatch.places import Box, Shares
from inkwatch.reading import Candidate, Glyph, Line, Reading, Word, WordCandidate
from inkwatch.unread import Reason, Unread

if TYPE_CHECKING:
    from inkwatch.reader import Reader

__all__ = [
    "Box",
    "Candidate",
    "ExitCode",
    "Glyph",
    "InkwatchError",
    "Line",
    "Reader",
    "Reading",
    "Reason",
    "Shares",
    "Unread",
    "Word",
    "WordCandidate",
    "__version__",
]


def __getattr__(name: str) -> Any:
    """Load `Reader` when it is first asked for, since it brings OpenCV and the runtime."""
    if name == "Reader":
        from inkwatch.reader import Reader

        return Reader
    raise AttributeError(f"module 'inkwatch' has no attribute '{name}'")
