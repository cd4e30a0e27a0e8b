"""Kaggle's A-Z table (`A_Z Handwritten Data.csv`): label 0 to 25, then 784 pixels, ink bright."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inkwatch.errors import DataError
from inkwatch_train.data.sample import Sample, Terms
from inkwatch_train.data.splits import split_of

_SIDE_PX = 28
_COLUMNS = 1 + _SIDE_PX * _SIDE_PX
_ROWS_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class AzCsvSource:
    """Capitals from NIST, 28x28 each, read in blocks so that memory stays small.

    The table states no parts: one tenth validates, chosen by `splits.split_of`. Its labels are
    capitals; a few of its shapes are lower case.
    """

    path: Path
    terms: Terms = "open"
    licence: str = "CC0 (Kaggle A-Z, from NIST)"

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return self.path.stem

    def samples(self) -> Iterator[Sample]:
        """Yield every capital, ink dark. See `Source.samples`."""
        if not self.path.is_file():
            raise DataError(f"{self.path} is not there. Check the path.")
        rows = 0
        try:
            with self.path.open(encoding="ascii", newline=None) as file:
                while lines := list(itertools.islice(file, _ROWS_AT_ONCE)):
                    first = rows + 1
                    rows += len(lines)
                    if first == 1 and lines[0].lower().startswith(("label", '"label')):
                        lines = lines[1:]
                        first = 2
                    for row in self._block(lines, first):
                        image = (255 - row[1:]).astype(np.uint8).reshape(_SIDE_PX, _SIDE_PX)
                        yield Sample(image, chr(ord("A") + row[0]), "", split_of(image))
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"{self.path} cannot be read as a table: {error}") from error
        if not rows:
            raise DataError(f"{self.path} is empty. Get it again.")

    def _block(self, lines: list[str], first: int) -> npt.NDArray[np.int16]:
        """Read lines, the first of them being line `first` of the file: `(n, 785)` int16."""
        lines = [line for line in lines if not line.isspace()]
        if not lines:
            return np.zeros((0, _COLUMNS), np.int16)
        try:
            block = np.loadtxt(lines, np.int16, delimiter=",", comments=None, ndmin=2)
        except ValueError:
            block = np.zeros((0, 0), np.int16)
        if block.shape == (len(lines), _COLUMNS):
            good = (block >= 0).all() and (block[:, 0] <= 25).all() and (block <= 255).all()
            if good:
                return block
        raise DataError(
            f"{self.path}: lines {first} to {first + len(lines) - 1} do not all hold a label from "
            f"0 to 25 and {_COLUMNS - 1} pixels from 0 to 255. Get the file again."
        )
