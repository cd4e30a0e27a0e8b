"""Pictures of real characters, sorted by who wrote them, to write pages with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from inkwatch.errors import DataError, UsageError
from inkwatch.recognise.crop import extract_ink
from inkwatch_train.data.sample import Grey, Source, Split
from inkwatch_train.pages.uneven import Coverage

Picture = Coverage
"""`(h, w)` uint8: one character's ink, bright, cut to its box, at the data set's own scale."""

_INKED = 128
_DOTTED = "ij"
_SPECK_SHARE = 0.25
_LEAST_SIDE_PX = 12
_MOST_PIECES = 5
_MOST_INKED = 0.75
_DIGITS = frozenset("0123456789")


@dataclass(frozen=True, slots=True, eq=False)
class RealHand:
    """What one writer wrote, or one data set where its writers are unknown.

    `name` is the data set's, followed by `/` and the writer where known.
    """

    name: str
    pictures: Mapping[str, tuple[Picture, ...]]


@dataclass(frozen=True, slots=True)
class _Wanted:
    characters: frozenset[str]
    splits: frozenset[Split]


def real_hands(
    sources: Iterable[Source], splits: Sequence[Split], characters: Iterable[str]
) -> list[RealHand]:
    """Cut every usable character out of data sets.

    Letters whose case is not told (`Sample.folded`) are left out, as are pictures that are mere
    specks, blots or blank.

    Args:
        sources: the data sets.
        splits: the parts to take, such as `val`.
        characters: those that are wanted.

    Returns:
        The hands in the order of the sources, then of writers' names.

    Raises:
        DataError: a source is damaged, or none of them has a wanted character in these parts.
    """
    wanted = _Wanted(frozenset(characters), frozenset(splits))
    hands = [hand for source in sources for hand in _hands_of(source, wanted)]
    if not hands:
        raise DataError(
            f"None of the data sets has characters in its part {' or '.join(splits)}. Name others; "
            "'inkwatch-train data show' lists them."
        )
    return hands


def choose_hands(
    hands: Sequence[RealHand], text: str, rng: np.random.Generator
) -> tuple[RealHand, ...]:
    """Choose whose characters a page is written with, so that it looks like one person's.

    One hand gives the letters and, where it can, the digits too; others only fill what it lacks.

    Args:
        hands: what there is.
        text: the page's text.
        rng: makes the choice.

    Returns:
        The hands, to be asked in this order.

    Raises:
        UsageError: no hand has one of the letters or digits.
    """
    needed = frozenset(character for character in text if character.isalnum())
    lacking = needed - {each for hand in hands for each in hand.pictures}
    if lacking:
        raise UsageError(
            f"No data set has '{min(lacking)}' in these parts. Name more sets, or take it out of "
            "the text."
        )
    letters, digits = needed - _DIGITS, needed & _DIGITS
    chosen = [_widest(hands, part, rng) for part in (letters, digits) if part]
    if len(chosen) == 2 and digits <= chosen[0].pictures.keys():
        chosen.pop()
    rest = [hands[index] for index in rng.permutation(len(hands))]
    return tuple(dict.fromkeys((*chosen, *rest)))


def _widest(hands: Sequence[RealHand], part: frozenset[str], rng: np.random.Generator) -> RealHand:
    """One of the hands that lack the fewest characters."""
    lacks = [len(part - hand.pictures.keys()) for hand in hands]
    best = [hand for hand, lack in zip(hands, lacks, strict=True) if lack == min(lacks)]
    return best[rng.integers(len(best))]


def _hands_of(source: Source, wanted: _Wanted) -> list[RealHand]:
    writers: dict[str, dict[str, list[Picture]]] = {}
    for sample in source.samples():
        if sample.split not in wanted.splits or sample.label not in wanted.characters:
            continue
        picture = None if sample.folded else _cut(sample.image, sample.label)
        if picture is not None:
            writers.setdefault(sample.writer, {}).setdefault(sample.label, []).append(picture)
    return [
        RealHand(
            f"{source.name}/{writer}" if writer else source.name,
            {label: tuple(pictures) for label, pictures in sorted(writers[writer].items())},
        )
        for writer in sorted(writers)
    ]


def _cut(image: Grey, label: str) -> Picture | None:
    """The ink of a picture, or None where it is no clean character."""
    ink = extract_ink(image)
    if ink is None:
        return None
    if label not in _DOTTED:
        ink = _without_specks(ink)
    if max(ink.shape) < _LEAST_SIDE_PX:
        return None
    height, width = ink.shape
    mask = ink >= _INKED
    count, _ = cv2.connectedComponents(mask.astype(np.uint8))
    if not 1 <= count - 1 <= _MOST_PIECES:
        return None
    blot = mask.mean() > _MOST_INKED and min(ink.shape) > 0.5 * max(ink.shape)
    # An underline, or a part of one, under a narrow letter.
    underlined = label in _DOTTED and width > height
    return None if blot or underlined else ink


def _without_specks(ink: Picture) -> Picture:
    """Leave out pieces that are small beside the largest, and cut to what stays."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((ink >= _INKED).astype(np.uint8))
    if count <= 2:
        return ink
    areas = stats[1:, cv2.CC_STAT_AREA]
    kept = np.isin(labels, 1 + np.flatnonzero(areas >= _SPECK_SHARE * areas.max()))
    near = cv2.dilate(kept.astype(np.uint8), np.ones((3, 3), np.uint8))
    left, top, width, height = cv2.boundingRect(near)
    cleaned = np.where(near > 0, ink, np.uint8(0))
    return np.ascontiguousarray(cleaned[top : top + height, left : left + width])
