"""How well pages of joined writing are read: as scans and by the camera, with each lines bundle."""

from dataclasses import replace

from tools.bench.accuracy import Settings, read_shelf, shelf_scores, structure_rows
from tools.bench.line_targets import LineTargets
from tools.bench.page_set import PageFacts, Shelf, View
from tools.bench.table import Row, at_most

_WORSE_BY = 0.03
_TIME_CHARACTERS = 250


def iam_rows(shelf: Shelf, settings: Settings, name: str, targets: LineTargets) -> list[Row]:
    """Measure pages of the IAM database, each line by the engine that suits it.

    Args:
        shelf: the pages.
        settings: how they are read.
        name: the bundle for whole lines.
        targets: what is asked of it.
    """
    rows, rates = [], {}
    limits: dict[View, float] = {"flat": targets.scans_cer, "camera": targets.camera_cer}
    for view, limit in limits.items():
        told = read_shelf(shelf, view, replace(settings, lines_bundle=name))
        what = f"IAM, {'scans' if view == 'flat' else 'camera'}, {name}"
        scores = shelf_scores(shelf.pages, told)
        rates[view] = scores.cer
        rows += [
            at_most(f"{what}: CER", scores.cer, limit),
            at_most(f"{what}: CER, marks joined", scores.cer_joined),
            at_most(f"{what}: WER, marks joined", scores.wer_joined),
            *structure_rows(what, shelf.pages, told, targets.told_right),
        ]
    worse = rates["camera"] - rates["flat"]
    what, points = f"IAM, {name}: CER, camera against scans", f"{100 * worse:+.1f} points"
    return [*rows, Row(what, points, "at most 3 more", worse <= _WORSE_BY, worse)]


def time_page(shelf: Shelf) -> PageFacts:
    """The page whose count of characters without spaces comes nearest to 250."""
    return min(shelf.pages, key=lambda page: abs(characters(page) - _TIME_CHARACTERS))


def characters(page: PageFacts) -> int:
    """How many characters stand on a page, spaces not counted."""
    return len("".join(page.text.split()))
