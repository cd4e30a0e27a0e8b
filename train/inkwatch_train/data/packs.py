"""Ragged image packs (`*.npz`): many pictures of different sizes in one array.

Arrays: `pixels` uint8 (all pictures row-major, one after the other), `shapes` int32 (N, 2),
`labels`, `writers`, `splits` (N,) str, `meta` JSON with `ink` (`dark` or `bright`), `case`,
`licence` and `source`.
"""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from inkwatch.errors import DataError
from inkwatch_train.data.sample import Sample, Split

_ARRAYS = ("pixels", "shapes", "labels", "writers", "splits", "meta")


@dataclass(frozen=True, slots=True)
class PackSource:
    """The pictures of one pack file; `terms` follows the folder it lies in unless given."""

    path: Path
    terms: Literal["open", "research"] = "open"

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return self.path.stem

    @property
    def licence(self) -> str:
        """The licence that the pack states."""
        return str(self._meta(self._load()).get("licence", "not stated"))

    def samples(self) -> Iterator[Sample]:
        """Yield every picture of the pack, ink dark. See `Source.samples`."""
        arrays = self._load()
        meta = self._meta(arrays)
        invert = meta.get("ink") == "bright"
        folded_case = str(meta.get("case", "")).startswith("folded")
        shapes = arrays["shapes"]
        ends = np.cumsum(shapes.prod(axis=1, dtype=np.int64))
        if len(ends) and ends[-1] != len(arrays["pixels"]):
            raise DataError(f"{self.path}: its pixels do not fit its shapes; copy the file again.")
        starts = np.concatenate([[0], ends[:-1]])
        rows = zip(arrays["labels"], arrays["writers"], arrays["splits"], strict=True)
        for start, end, shape, (label, writer, split) in zip(
            starts, ends, shapes, rows, strict=True
        ):
            image = arrays["pixels"][start:end].reshape(shape)
            yield Sample(
                image=255 - image if invert else image,
                label=str(label),
                writer=str(writer),
                split=self._split(str(split)),
                folded=folded_case and str(label).isalpha(),
            )

    def _load(self) -> dict[str, Any]:
        if not self.path.is_file():
            raise DataError(
                f"{self.path} is not there. Name the folder that holds the data with --data or "
                "the environment variable INKWATCH_DATA."
            )
        try:
            with np.load(self.path, allow_pickle=False) as pack:
                return {name: pack[name] for name in _ARRAYS}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise DataError(f"{self.path} is not a whole image pack: {error}") from error

    def _meta(self, arrays: dict[str, Any]) -> dict[str, Any]:
        try:
            meta = json.loads(str(arrays["meta"]))
        except ValueError as error:
            raise DataError(f"{self.path}: its 'meta' is not JSON: {error}") from error
        if not isinstance(meta, dict):
            raise DataError(f"{self.path}: its 'meta' is not a JSON object.")
        return meta

    def _split(self, split: str) -> Split:
        if split not in get_args(Split):
            raise DataError(f"{self.path}: split '{split}' is none of train, val, test.")
        return split  # type: ignore[return-value]
