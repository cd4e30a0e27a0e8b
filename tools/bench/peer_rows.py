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
_JOINED_TIMES_FASTER = 12.0
_NO_DATA = "left out: its data is not here"
_REPEATS = 5


@dataclass(frozen=True)
class _Peer:
    name: str
    read: Callable[[Sequence[Path]], list[PeerPage]]


def peer_rows(
    shelves: Mapping[str, Shelf], time_page: Path, joined_page: Path | None, settings: Settings
) -> list[Row]:
    """Compare on the camera's pictures of some sets, and time all on single pages on one core.

    Args:
        shelves: the sets by name.
        time_page: a camera's picture of a page of separate letters.
        joined_page: the same of joined writing; None where there is none.
        settings: which bundles read.
    """
    rows = []
    with one_core():
        peers = _peers(shelves)
        reader = Reader(settings.bundle, lines_bundle=settings.lines_bundle)
        rows += _timed_rows(time_page, reader, peers, _TIMES_FASTER)
        if joined_page is not None:
            rows += _timed_rows(joined_page, reader, peers, _JOINED_TIMES_FASTER)
        elif peers:
            rows.append(Row("joined writing, times as long as Inkwatch", _NO_DATA))
        for name, shelf in shelves.items():
            pictures = [shelf.picture(page, "camera") for page in shelf.pages]
            truths = [page.text for page in shelf.pages]
            jobs = [
                Job(path, settings.bundle, lines_bundle=settings.lines_bundle) for path in pictures
            ]
            told = read_pages(jobs)
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


def _timed_rows(
    page: Path, reader: Reader, peers: Sequence[_Peer], times_faster: float
) -> list[Row]:
    """Time all on one page, and say how many times as long the peers take."""
    picture = load_picture(page)
    own_s: list[float] = []
    peers_s: dict[str, list[float]] = {peer.name: [] for peer in peers}
    # In turns, so that whatever else the machine does meets all of them alike.
    for _ in range(_REPEATS):
        own_s.append(spread(lambda: reader.read(picture), 1).median_s)
        for peer in peers:
            peers_s[peer.name].append(peer.read([page])[0].seconds)
    rows = [_timed(f"{page.stem}: Inkwatch", own_s)]
    for name, seconds in peers_s.items():
        ratio = statistics.median(seconds) / statistics.median(own_s)
        rows.append(_timed(f"{page.stem}: {name}", seconds))
        rows.append(_ratio(f"{page.stem}: times as long as Inkwatch: ", name, ratio, times_faster))
    return rows


def _timed(what: str, seconds: Sequence[float]) -> Row:
    times = Spread(statistics.median(seconds), min(seconds), max(seconds))
    return Row(what, times.told(), value=times.median_s)


def _ratio(what: str, name: str, ratio: float, least: float) -> Row:
    if not name.startswith("RapidOCR"):
        return Row(what + name, f"{ratio:.1f}", value=ratio)
    return Row(what + name, f"{ratio:.1f}", f"at least {least:g}", ratio >= least, ratio)


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
