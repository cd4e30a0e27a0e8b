"""A text that is followed along a line: a node of the tree of all texts that were begun."""

from inkwatch.language.line_state import WordState


class LineText:
    """A text so far: its last character, the text before, and its chances.

    `blank` is the chance of all ways that end in a blank, `character` of those that end in the
    last character, `both` their sum, each times what the language and the length are worth, and as
    shares of the likeliest text's. `fresh_*` are those of the step that is being made, the
    `step`-th. `state` is the word that is being written, looked up once it goes on; `first` whether
    it is the line's first; `factor` what its last character is worth.
    """

    __slots__ = (
        "before",
        "blank",
        "both",
        "character",
        "children",
        "column",
        "factor",
        "first",
        "fresh_blank",
        "fresh_both",
        "fresh_character",
        "state",
        "step",
    )

    def __init__(
        self,
        before: "LineText | None",
        column: int,
        state: WordState | None,
        factor: float,
        *,
        first: bool,
    ) -> None:
        self.before = before
        self.column = column
        self.state = state
        self.factor = factor
        self.first = first
        # Most texts never go on: a dictionary for each would cost more than the rest of it.
        self.children: dict[int, LineText] | None = None
        self.blank = self.character = self.both = 0.0
        self.fresh_blank = self.fresh_character = self.fresh_both = 0.0
        self.step = -1

    def columns(self) -> tuple[int, ...]:
        """Those of its characters, from the first."""
        text: list[int] = []
        at: LineText | None = self
        while at is not None and at.before is not None:
            text.append(at.column)
            at = at.before
        return tuple(reversed(text))
