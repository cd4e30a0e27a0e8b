"""What stands between a page and its cuts, kept for those who want to look at it."""

from dataclasses import dataclass

from inkwatch.vision.lines import SeparateLines
from inkwatch.vision.straighten import Straightened
from inkwatch.vision.writing import Writing


@dataclass(slots=True)
class CutSteps:
    """Is handed to `cut_found`, which keeps its steps here; None is what was not come to.

    Attributes:
        even: the page under even light, with all that is printed on it.
        writing: the writing found on it, in the same pixels; it may lean.
        separate: its pieces by lines, in the pixels of the page that was cut: upright.
    """

    even: Straightened | None = None
    writing: Writing | None = None
    separate: SeparateLines | None = None

    def keep_even(self, even: Straightened) -> None:
        """Keep the page under even light."""
        self.even = even
