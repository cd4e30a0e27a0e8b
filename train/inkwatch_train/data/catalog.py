"""From the name of a data set to its source: what recipes and the command line go through.

The data folder has two parts, `open/` and `research/`: the terms of a set follow the part that
it lies in.
"""

import difflib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from inkwatch.errors import DataError
from inkwatch_train.data.az_csv import AzCsvSource
from inkwatch_train.data.emnist import EMNIST_SPLITS, EmnistSource
from inkwatch_train.data.fetch import emnist_dir
from inkwatch_train.data.folder import FolderSource
from inkwatch_train.data.idx import IdxSource
from inkwatch_train.data.packs import PackSource
from inkwatch_train.data.sample import Source, Terms
from inkwatch_train.data.strokes import SUFFIX, StrokeSource, holds_characters
from inkwatch_train.data.wrong_cuts import PREFIX, WrongCutSource

VARIABLE = "INKWATCH_DATA"

FORMS = (
    "a name in the data folder, folder:PATH, idx:IMAGES_PATH, emnist:SPLIT, az-csv:PATH or "
    "wrong-cuts: before any of these"
)
"""How a source can be named, for help texts and errors."""


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    path: Path
    terms: Terms

    def open(self) -> Source:
        if self.path.suffix == ".npz":
            return PackSource(self.path, self.terms)
        return StrokeSource(self.path, self.terms)


def data_root(explicit: Path | None = None) -> Path:
    """Find the data folder: `explicit`, or what INKWATCH_DATA names.

    Raises:
        DataError: neither is given, or the folder is not there.
    """
    named = os.environ.get(VARIABLE)
    if explicit is None and not named:
        raise DataError(
            f"No data folder is named. Give --data DIR, or set the environment variable {VARIABLE}."
        )
    root = explicit if explicit is not None else Path(named or "")
    if not root.is_dir():
        origin = "--data" if explicit is not None else VARIABLE
        raise DataError(f"The data folder {root} ({origin}) is not there. Name one that is.")
    return root


def list_sources(root: Path, *, may_be_empty: bool = False) -> list[Source]:
    """List the sets of characters in a data folder: `open` first, packs before strokes, by name.

    Files of whole text lines are passed over.

    Raises:
        DataError: a stroke file is damaged, or the folder holds no sets at all and must not be
            empty.
    """
    entries = [
        entry
        for entry in _entries(root)
        if entry.path.suffix == ".npz" or holds_characters(entry.path)
    ]
    if not entries and not may_be_empty:
        raise DataError(
            f"{root} holds no data sets. It should have the folders open/ and research/ with "
            f"*.npz packs and *{SUFFIX} strokes in them."
        )
    return [entry.open() for entry in entries]


def open_source(spec: str, root: Path | None = None, *, terms: Terms | None = None) -> Source:
    """Open the data set that `spec` names.

    Args:
        spec: a name in the data folder (`paper62`, `chars74k_strokes`), `folder:PATH`,
            `idx:IMAGES_PATH` (one images file, or a folder with MNIST's four), `emnist:SPLIT`
            (looked for in the data folder's `emnist/`, then where `data fetch emnist` puts it),
            or `az-csv:PATH`. `wrong-cuts:` before one of these makes wrong cuts of it.
        root: the data folder; where None, INKWATCH_DATA names it when it is needed.
        terms: for data of the user's own, under which terms it came; `research` where None.
            EMNIST and the A-Z table are `open` unless stated. Has no effect on names in the
            data folder.

    Raises:
        DataError: there is no such set.
    """
    if spec.startswith(PREFIX):
        return WrongCutSource(open_source(spec.removeprefix(PREFIX), root, terms=terms))
    kind, colon, rest = spec.partition(":")
    if not colon:
        return _named(spec, data_root(root))
    own: Terms = terms or "research"
    if kind == "folder" and rest:
        return FolderSource(Path(rest), own)
    if kind == "idx" and rest:
        return IdxSource(Path(rest), own)
    if kind == "az-csv" and rest:
        return AzCsvSource(Path(rest), terms or "open")
    if kind == "emnist" and rest:
        return _emnist(rest, root, terms or "open")
    raise DataError(f"'{spec}' names no data set. Give {FORMS}.")


def _entries(root: Path) -> list[_Entry]:
    return [
        _Entry(path.name.removesuffix(suffix), path, terms)
        for terms in get_args(Terms)
        for suffix in (".npz", SUFFIX)
        for path in sorted((root / terms).glob(f"*{suffix}"))
    ]


def _named(name: str, root: Path) -> Source:
    entries = {entry.name: entry for entry in reversed(_entries(root))}
    if name in entries:
        return entries[name].open()
    near = difflib.get_close_matches(name, entries, n=1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    raise DataError(
        f"{root} has no data set '{name}'.{hint} Give {FORMS}; "
        "'inkwatch-train data show' lists the names."
    )


def _emnist(split: str, root: Path | None, terms: Terms) -> Source:
    for known in EMNIST_SPLITS:
        if split == known:
            break
    else:
        raise DataError(f"EMNIST has no '{split}'. It has {', '.join(EMNIST_SPLITS)}.")
    named = os.environ.get(VARIABLE)
    if root is None and named:
        root = Path(named)
    beside = root / "emnist" if root is not None else None
    folder = beside if beside is not None and beside.is_dir() else emnist_dir()
    return EmnistSource(folder, known, terms)
