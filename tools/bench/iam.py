"""Pages of the IAM database (Marti and Bunke 2002, doi:10.1007/s100320200071), where they stand.

They lie in `research/iam_pages` of the data folder, their texts in `iam_pages.tsv` beside it. IAM
may not be passed on: the cache keeps only what the camera simulator made of them, on this machine.
"""

import csv
import hashlib
import os
import sys
from pathlib import Path

import cv2
import numpy as np

from inkwatch.errors import DataError
from tools.bench.page_set import (
    PageFacts,
    PageSet,
    Shelf,
    beside_data,
    load_set,
    new_folder,
    seen_through,
    store_set,
)


def iam_set(cache: Path, count: int | None = None) -> Shelf | None:
    """Give the pages, with pictures by the camera simulator made now if they are not there.

    Args:
        cache: where the sets lie.
        count: only the first so many pages.

    Returns:
        None where the pages or the simulator are not on this machine.

    Raises:
        DataError: a page's picture is missing or damaged.
    """
    root, simulator = os.environ.get("INKWATCH_DATA"), beside_data("camera_sim")
    table = Path(root or ".") / "research" / "iam_pages.tsv"
    if root is None or simulator is None or not table.is_file():
        return None
    scans = table.parent / "iam_pages"
    folder = cache / ("iam" if count is None else f"iam-{count}")
    code = Path(str(simulator.__file__)).read_bytes()
    version = hashlib.sha256(code + table.read_bytes()).hexdigest()[:16]
    known = load_set(folder)
    if known is not None and known.version == version:
        return Shelf(scans, folder, known.pages)
    print(f"making the pages of {folder} ...", file=sys.stderr, flush=True)
    pages = tuple(_listed(table)[:count])
    with new_folder(folder) as making:
        for page in pages:
            path = scans / f"{page.name}.png"
            scan = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
            if scan is None:
                raise DataError(f"{path} is missing or no picture. Copy the data again.")
            seed = simulator.page_seed(page.name, 0)
            picture, _ = seen_through(simulator, np.asarray(scan, np.uint8), seed)
            (making / f"{page.name}.jpg").write_bytes(picture)
        store_set(making, PageSet(version, "camera_sim", pages))
    return Shelf(scans, folder, pages)


def _listed(table: Path) -> list[PageFacts]:
    with table.open(encoding="utf-8", newline="") as file:
        # Transcripts have quotation marks of their own: none of them is the table's.
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        PageFacts(
            name=row["page_id"],
            text=row["text"].replace("\\n", "\n"),
            writing="real",
            hand=row["writer"],
            paper="plain",
        )
        for row in rows
    ]
