"""Which bundles for whole lines are measured, and what is asked of each."""

from dataclasses import dataclass

from inkwatch.recognise.bundle import DEFAULT_LINES, find_bundle, list_bundles, read_card

RESEARCH_LINES = "lines-research"
"""Measured beside the default where it is there."""


@dataclass(frozen=True)
class LineTargets:
    """The most characters that may be wrong, and the least share of sure words that are right.

    Shares from 0 to 1: of single lines, of pages as scans, of pages by the camera.
    """

    line_cer: float
    scans_cer: float
    camera_cer: float
    told_right: float


_OPEN = LineTargets(line_cer=0.12, scans_cer=0.12, camera_cer=0.13, told_right=0.97)
_RESEARCH = LineTargets(line_cer=0.06, scans_cer=0.06, camera_cer=0.07, told_right=0.98)


def line_bundles(chosen: str | None = None) -> dict[str, LineTargets]:
    """Give the bundles to measure by name or path, with the targets of their terms.

    Args:
        chosen: this one alone; None takes the default, and the one for research where it is.

    Raises:
        BundleError: one is missing, or its card is damaged.
    """
    if chosen is not None:
        names = [chosen]
    else:
        names = [DEFAULT_LINES, *(name for name in list_bundles() if name == RESEARCH_LINES)]
    return {name: _targets(name) for name in names}


def _targets(name: str) -> LineTargets:
    return _OPEN if read_card(find_bundle(name)).terms == "open" else _RESEARCH
