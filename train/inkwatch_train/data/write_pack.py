"""Write samples as a pack, the form in which the data folder keeps them (`packs`)."""

import contextlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from inkwatch.errors import DataError, OutputError
from inkwatch_train.data.sample import Sample


def write_pack(path: Path, samples: Iterable[Sample], *, licence: str, source: str) -> int:
    """Write a pack, whole or not at all.

    Args:
        path: the file, `*.npz`; folders are made.
        samples: what goes into it; all or none of the letters have their case folded.
        licence: in words.
        source: where the pictures come from, in words.

    Returns:
        How many samples were written.

    Raises:
        DataError: there are none.
        OutputError: the file cannot be written.
    """
    given = list(samples)
    if not given:
        raise DataError("There are no samples to write.")
    folded = any(sample.folded for sample in given)
    meta = {
        "ink": "dark",
        "case": "folded to lower case" if folded else "as written",
        "licence": licence,
        "source": source,
    }
    arrays = {
        "pixels": np.concatenate([sample.image.ravel() for sample in given]),
        "shapes": np.array([sample.image.shape for sample in given], np.int32),
        "labels": np.array([sample.label for sample in given]),
        "writers": np.array([sample.writer for sample in given]),
        "splits": np.array([sample.split for sample in given]),
        "meta": np.array(json.dumps(meta)),
    }
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
        part.replace(path)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror or error}. Make room, or name another "
            "data folder with --data."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return len(given)
