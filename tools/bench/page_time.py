"""How long one camera page takes on one core, and how that grows with text and pixels."""

from collections import defaultdict
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from inkwatch import Reader
from tools.bench.accuracy import Settings
from tools.bench.grounds import GROUNDS, ground
from tools.bench.page_set import Image, Shelf
from tools.bench.read_pages import load_picture
from tools.bench.table import Row
from tools.bench.timing import Spread, one_core, spread

_PAGE = "time-250"
_LIMIT_S = 0.150
_JOINED_LIMIT_S = 0.200
_ENLARGED = (1, 2, 4)
_GROUND_LIMIT_S = 1.5


def page_time_rows(shelf: Shelf, bundle: str | None, repeats: int) -> list[Row]:
    """Time the page of 250 characters, its stages, then other lengths and other sizes."""
    pictures = {page.name: load_picture(shelf.picture(page, "camera")) for page in shelf.pages}
    reader = Reader(bundle)
    with one_core() as kept:
        core = "one core" if kept else "one thread of OpenCV"
        rows = []
        for name, picture in pictures.items():
            times = spread(partial(reader.read, picture), repeats)
            rows.append(_row(f"camera page, {name.split('-')[1]} characters, {core}", times, name))
        page = pictures[_PAGE]
        rows += _stage_rows(reader, page, repeats)
        for factor in _ENLARGED:
            large = cv2.resize(page, None, fx=factor**0.5, fy=factor**0.5)
            picture = np.asarray(large, np.uint8)
            times = spread(partial(reader.read, picture), max(3, repeats // 2))
            size = f"{picture.shape[1]}x{picture.shape[0]}"
            rows.append(Row(f"the same page at {size}", times.told(), value=times.median_s))
        rows.append(_ground_row(reader, max(3, repeats // 4)))
    return rows


def joined_time_row(page: Path | None, settings: Settings, repeats: int) -> Row:
    """Time a page of joined writing of about 250 characters; None where there is none."""
    what = "camera page of joined writing, about 250 characters"
    target = f"at most {1e3 * _JOINED_LIMIT_S:.0f} ms"
    if page is None:
        return Row(what, "left out: its data is not here", target)
    reader = Reader(settings.bundle, lines_bundle=settings.lines_bundle)
    picture = load_picture(page)
    with one_core() as kept:
        times = spread(partial(reader.read, picture), repeats)
    core = "one core" if kept else "one thread of OpenCV"
    met = times.median_s <= _JOINED_LIMIT_S
    return Row(f"{what} ({page.stem}), {core}", times.told(), target, met, times.median_s)


def _ground_row(reader: Reader, repeats: int) -> Row:
    """The dearest of the drawn grounds."""
    times = {name: spread(partial(reader.read, ground(name)), repeats) for name in GROUNDS}
    worst = max(times, key=lambda name: times[name].median_s)
    median_s = times[worst].median_s
    what = f"nothing written, the worst of {len(times)} drawn grounds: {worst}"
    met = median_s <= _GROUND_LIMIT_S
    limit = f"at most {1e3 * _GROUND_LIMIT_S:.0f} ms"
    return Row(what, times[worst].told(), limit, met, median_s)


def _row(what: str, times: Spread, name: str) -> Row:
    if name != _PAGE:
        return Row(what, times.told(), value=times.median_s)
    met = times.median_s <= _LIMIT_S
    return Row(what, times.told(), f"at most {1e3 * _LIMIT_S:.0f} ms", met, times.median_s)


def _stage_rows(reader: Reader, page: Image, repeats: int) -> list[Row]:
    """Medians of what a reading says of its stages; nothing where it says nothing."""
    seen: dict[str, list[float]] = defaultdict(list)
    for _ in range(repeats):
        for stage, seconds in stage_times(reader.read(page)).items():
            seen[stage].append(seconds)
    return [
        Row(
            f"  of which {stage}",
            f"{1e3 * float(np.median(times)):.1f} ms",
            value=float(np.median(times)),
        )
        for stage, times in seen.items()
    ]


def stage_times(reading: object) -> dict[str, float]:
    """Seconds by stage, in order, where a reading carries `timings`: a mapping or a dataclass."""
    timings = getattr(reading, "timings", None)
    if timings is None:
        return {}
    names = getattr(timings, "__dataclass_fields__", None)
    pairs = ((name, getattr(timings, name)) for name in names) if names else dict(timings).items()
    return {
        str(name).removesuffix("_s"): float(value)
        for name, value in pairs
        if isinstance(value, int | float)
    }
