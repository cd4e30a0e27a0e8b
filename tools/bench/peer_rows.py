"""Inkwatch beside its peers: error rates and time per page, on the same pages in the same run."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from inkwatch import Reader
from tools.bench.accuracy import Settings
from tools.bench.page_set import Shelf
from tools.bench.peers import (
    PAGE_MODES,
    PeerPage,
    rapidocr_version,
    read_with_rapidocr,
    read_with_tesseract,
    tesseract_version,
)
from tools.bench.read_pages import Job, load_picture, read_pages
from tools.bench.scores import text_scores
from tools.bench.table import Row, percent
from tools.bench.timing import Spread, one_core, spread

_TIMES_FASTER = 10.0
_REPEATS = 5


@dataclass(frozen=True)
class _Peer:
    name: str
    read: Callable[[Sequence[Path]], list[PeerPage]]


def peer_rows(shelves: Mapping[str, Shelf], time_page: Path, settings: Settings) -> list[Row]:
    """Compare on the camera's pictures of some sets, and time all on one page on one core.

    Args:
        shelves: the sets by name.
        time_page: a camera's picture of one page.
        settings: which bundle reads.
    """
    rows = []
    with one_core():
        peers = _peers(shelves)
        reader = Reader(settings.bundle)
        page = load_picture(time_page)
        own_s: list[float] = []
        peers_s: dict[str, list[float]] = {peer.name: [] for peer in peers}
        # In turns, so that whatever else the machine does meets all of them alike.
        for _ in range(_REPEATS):
            own_s.append(spread(lambda: reader.read(page), 1).median_s)
            for peer in peers:
                peers_s[peer.name].append(peer.read([time_page])[0].seconds)
        own_median_s = statistics.median(own_s)
        rows.append(_timed(f"{time_page.stem}: Inkwatch", own_s))
        for name, seconds in peers_s.items():
            rows.append(_timed(f"{time_page.stem}: {name}", seconds))
            rows.append(_ratio(name, statistics.median(seconds) / own_median_s))
        for name, shelf in shelves.items():
            pictures = [shelf.picture(page, "camera") for page in shelf.pages]
            truths = [page.text for page in shelf.pages]
            told = read_pages([Job(path, settings.bundle) for path in pictures])
            ours = text_scores(truths, [each.text for each in told]).cer
            rows.append(Row(f"{name}, camera: Inkwatch: CER", percent(ours), value=ours))
            for peer in peers:
                pages = peer.read(pictures)
                cer = text_scores(truths, [each.text for each in pages]).cer
                each_s = statistics.median(each.seconds for each in pages)
                figure = f"{percent(cer)}, {1e3 * each_s:.0f} ms a page"
                rows.append(Row(f"{name}, camera: {peer.name}: CER", figure, value=cer))
    if not peers:
        rows.append(Row("peers", "none is installed: make bench-peers"))
    return rows


def _timed(what: str, seconds: Sequence[float]) -> Row:
    times = Spread(statistics.median(seconds), min(seconds), max(seconds))
    return Row(what, times.told(), value=times.median_s)


def _ratio(name: str, ratio: float) -> Row:
    what = f"times as long as Inkwatch: {name}"
    if not name.startswith("RapidOCR"):
        return Row(what, f"{ratio:.1f}", value=ratio)
    return Row(what, f"{ratio:.1f}", f"at least {_TIMES_FASTER:g}", ratio >= _TIMES_FASTER, ratio)


def _peers(shelves: Mapping[str, Shelf]) -> list[_Peer]:
    peers = []
    tesseract, rapidocr = tesseract_version(), rapidocr_version()
    if tesseract is not None:
        mode = _best_mode(shelves)
        name = f"Tesseract {tesseract}, page mode {mode}"
        peers.append(_Peer(name, lambda paths: read_with_tesseract(paths, mode)))
    if rapidocr is not None:
        peers.append(_Peer(f"RapidOCR {rapidocr}", read_with_rapidocr))
    return peers


def _best_mode(shelves: Mapping[str, Shelf], count: int = 8) -> str:
    """The page mode with which Tesseract makes the fewest errors on each set's first pages."""
    pairs = [
        (shelf.picture(page, "camera"), page.text)
        for shelf in shelves.values()
        for page in shelf.pages[:count]
    ]
    pictures, truths = [path for path, _ in pairs], [text for _, text in pairs]

    def error(mode: str) -> float:
        read = read_with_tesseract(pictures, mode)
        return text_scores(truths, [page.text for page in read]).cer

    return min(PAGE_MODES, key=error) if pairs else PAGE_MODES[0]
