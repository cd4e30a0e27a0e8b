"""Ragged image packs (`*.npz`): many pictures of different sizes in one array.

Arrays: `pixels` uint8 (all pictures row-major, one after the other), `shapes` int32 (N, 2),
`labels`, `writers`, `splits` (N,) str, `meta` JSON with `ink` (`dark` or `bright`), `case`,
`licence` and `source`.
"""

import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np

from inkwatch.errors import DataError
from inkwatch_train.data.sample import Sample, Split, Terms

_ARRAYS = ("pixels", "shapes", "labels", "writers", "splits", "meta")


@dataclass(frozen=True, slots=True)
class PackSource:
    """The pictures of one pack file; `terms` follows the folder it lies in unless given."""

    path: Path
    terms: Terms = "open"

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return self.path.stem

    @property
    def licence(self) -> str:
        """The licence that the pack states."""
        return str(self._meta(self._load("meta")).get("licence", "not stated"))

    def samples(self) -> Iterator[Sample]:
        """Yield every picture of the pack, ink dark. See `Source.samples`."""
        arrays = self._load(*_ARRAYS)
        self._check(arrays)
        meta = self._meta(arrays)
        invert = meta.get("ink") == "bright"
        folded_case = str(meta.get("case", "")).startswith("folded")
        shapes = arrays["shapes"]
        sizes = shapes.prod(axis=1, dtype=np.int64)
        ends = np.cumsum(sizes)
        starts = ends - sizes
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

    def _load(self, *names: str) -> dict[str, Any]:
        if not self.path.is_file():
            raise DataError(
                f"{self.path} is not there. Name the folder that holds the data with --data or "
                "the environment variable INKWATCH_DATA."
            )
        try:
            with np.load(self.path, allow_pickle=False) as pack:
                return {name: pack[name] for name in names}
        # NotImplementedError: a damaged header may name a way of packing that nobody knows.
        # TypeError: a lone .npy array opens without complaint, but is no archive.
        except (
            OSError, ValueError, TypeError, KeyError, EOFError, NotImplementedError, SyntaxError,
            MemoryError, RuntimeError, zipfile.BadZipFile, zlib.error,
        ) as error:  # fmt: skip
            raise DataError(
                f"{self.path} is not a whole image pack ({error}). Copy the file again."
            ) from error

    def _check(self, arrays: dict[str, Any]) -> None:
        """Refuse arrays that do not belong together, before they are taken apart."""
        pixels, shapes = arrays["pixels"], arrays["shapes"]
        count = len(shapes) if shapes.ndim == 2 and shapes.shape[1] == 2 else -1
        rows = [arrays[name].shape for name in ("labels", "writers", "splits")]
        if (
            pixels.dtype != np.uint8
            or shapes.dtype.kind not in "iu"
            or rows != [(count,)] * 3
            or (shapes < 1).any()
            or pixels.shape != (int(shapes.prod(axis=1, dtype=np.int64).sum()),)
        ):
            raise DataError(
                f"{self.path}: its arrays do not fit together (pixels {pixels.dtype} "
                f"{pixels.shape}, shapes {shapes.shape}, labels, writers, splits {rows}). "
                "Copy the file again."
            )
        if any(len(str(label)) != 1 for label in arrays["labels"]):
            raise DataError(f"{self.path}: a label is not one character. Copy the file again.")

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
