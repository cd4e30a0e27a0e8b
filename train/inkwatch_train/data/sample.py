"""The one form in which every data set arrives, and the interface that its loader offers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Split = Literal["train", "val", "test"]
Terms = Literal["open", "research"]
"""`open`: a model trained on it may be given away freely; `research`: it may not."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One labelled picture of a character.

    `image` is `(H, W)` uint8, **dark ink on light paper** whatever the file held. `label` is one
    character. `writer` is '' where unknown. `folded` marks a letter whose label is lower case
    whatever its shape (NIST): it may be either case.
    """

    image: Grey
    label: str
    writer: str
    split: Split
    folded: bool = False


class Source(Protocol):
    """A data set of labelled characters."""

    @property
    def name(self) -> str:
        """Short name, as recipes and reports use it."""
        ...

    @property
    def licence(self) -> str:
        """The licence that the data came under, in words."""
        ...

    @property
    def terms(self) -> Terms:
        """`open` where a model trained on it may be given away freely, else `research`."""
        ...

    def samples(self) -> Iterator[Sample]:
        """Yield every sample, in an order that does not change between runs.

        Raises:
            DataError: the data is missing or not in the form it should be; the message names
                the file and says what to do.
        """
        ...
