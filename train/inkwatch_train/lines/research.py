"""Lines of the IAM databases, for research bundles: as the device's own page reader cuts them.

IAM: Marti and Bunke 2002, doi:10.1007/s100320200071. IAM-OnDB: Liwicki and Bunke 2005,
doi:10.1109/ICDAR.2005.132. Cutting them takes minutes, so what was cut is kept in the cache.
"""

import csv
import hashlib
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.errors import DataError
from inkwatch.recognise.line_image import LINE_VERSION
from inkwatch_train.data.strokes import records, strokes_of
from inkwatch_train.fonts.fetch import fonts_dir
from inkwatch_train.lines.real_lines import (
    cut_line,
    read_lines_file,
    write_lines,
)
from inkwatch_train.lines.source import LabelledLine
from inkwatch_train.lines.transcripts import on_paper

Grey = npt.NDArray[np.uint8]

_log = logging.getLogger(__name__)

IAM = "iam-lines"
ONDB = "iam-ondb"
LICENCES = {
    IAM: "non-commercial research only (IAM Handwriting Database)",
    ONDB: "non-commercial research only (IAM On-Line Handwriting Database)",
}

_LINE_HEIGHT_PX = 110
"""Height at which a line of strokes is drawn, from its lowest point to its highest."""

_PEN = 0.035
_FINE = 2


def research_lines(name: str, split: str, root: Path) -> list[LabelledLine]:
    """Give a database's lines.

    Args:
        name: `IAM` or `ONDB`.
        split: `train` or `val`.
        root: the data folder, which holds `research/`.

    Raises:
        DataError: the database is not there, or is damaged.
    """
    folder = root / "research"
    path = folder / ("iam_lines.tsv" if name == IAM else "iam_ondb_lines.jsonl.gz")
    if not path.is_file():
        raise DataError(f"{path} is not there: {name} needs it. Name the data folder with --data.")
    version = hashlib.sha256(path.read_bytes() + bytes([LINE_VERSION])).hexdigest()[:12]
    kept = fonts_dir().parent / "lines" / f"{name}-{split}-{version}.npz"
    if not kept.is_file():
        _log.info("cutting the lines of %s (%s); this is done once", name, split)
        pairs = _iam(path, split) if name == IAM else _ondb(path, split)
        cut = [line for picture, text in pairs if (line := cut_line(picture, text)) is not None]
        write_lines(kept, cut)
    return read_lines_file(kept)


def _iam(table: Path, split: str) -> Iterator[tuple[Grey, str]]:
    try:
        with (
            zipfile.ZipFile(table.with_suffix(".zip")) as pictures,
            table.open(encoding="utf-8", newline="") as file,
        ):
            places = {Path(name).stem: name for name in pictures.namelist()}
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                text = on_paper(row["text"].replace("|", " "))
                if row["split"] != split or text is None:
                    continue
                data = np.frombuffer(pictures.read(places[row["line_id"]]), np.uint8)
                picture = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
                if picture is not None:
                    yield np.asarray(picture, np.uint8), text
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise DataError(f"{table} or its pictures are damaged: {error}. Get them again.") from error


def _ondb(path: Path, split: str) -> Iterator[tuple[Grey, str]]:
    for count, item in records(path):
        text = on_paper(str(item.get("text", "")))
        if item.get("split") == split and text is not None:
            yield draw_line(strokes_of(f"{path}, line {count}", item)), text


def draw_line(strokes: list[npt.NDArray[np.float64]]) -> Grey:
    """Draw a line of pen strokes, `(n, 2)` float64 each, black on white."""
    points = np.concatenate(strokes)
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    scale = _FINE * _LINE_HEIGHT_PX / max(float(extent[1]), 1e-6)
    pen = max(1, round(_PEN * _FINE * _LINE_HEIGHT_PX))
    margin = 4 * _FINE
    width, height = (int(side * scale) + 2 * margin for side in extent)
    fine = np.full((height, min(width, 12_000)), 255, np.uint8)
    for stroke in strokes:
        path = np.rint(((stroke - low) * scale + margin) * 16).astype(np.int32)
        path = np.repeat(path, 2, axis=0) if len(path) == 1 else path
        cv2.polylines(fine, [path], False, 0, pen, cv2.LINE_AA, 4)
    size = (fine.shape[1] // _FINE, fine.shape[0] // _FINE)
    return np.asarray(cv2.resize(fine, size, interpolation=cv2.INTER_AREA), np.uint8)
