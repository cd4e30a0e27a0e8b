"""Several readings of one view become one: line by line, what most of them say.

A simple form of ROVER's voting (Fiscus 1997, doi:10.1109/ASRU.1997.659110), with whole lines in the
place of words, aligned by where they stand.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from inkwatch.places import Box
from inkwatch.reading import Line, Reading

SURE_FROM = 0.8
"""A reading of which at least this is expected to be right needs no second one."""

LEGIBLE_FROM = 0.5
"""What is read with less confidence as a whole is no page: a desk's grain, a cloth, a blur."""

_LEGIBLE_SHARE = 0.25
"""Unless this share of its characters stands in sure words."""

_SAME_PLACE = 0.5
"""Two lines are one where they share this much of the smaller one's box."""


@dataclass(frozen=True, slots=True)
class Elected:
    """What was agreed on; `votes` of `voters` readings say it word for word.

    `winner` is the number of the reading that it is nearest to, whose picture shows it.
    """

    reading: Reading
    votes: int
    voters: int
    winner: int


def is_sure(reading: Reading, least: float) -> bool:
    """Whether a reading stands without a vote: writing, read surely, no word below `least`."""
    words = reading.words
    return (
        bool(words)
        and reading.confidence >= SURE_FROM
        and all(word.confidence >= least for word in words)
    )


def is_legible(reading: Reading) -> bool:
    """Whether a reading is of writing at all; a bare view's is not."""
    if reading.confidence >= LEGIBLE_FROM:
        return True
    sure = sum(len(word.text) for word in reading.words if word.confidence >= SURE_FROM)
    return bool(sure) and sure >= _LEGIBLE_SHARE * len(reading.glyphs)


def agreed(readings: Sequence[Reading]) -> bool:
    """Whether two of the readings say the same, so that another would change nothing."""
    return any(count > 1 for count in Counter(reading.text for reading in readings).values())


def elect(readings: Sequence[Reading]) -> Elected:
    """Make one reading of several of the same view.

    Args:
        readings: one or more.

    Returns:
        The lines that most of them have (of the surest reading's, those that half have), each with
        the text that most give it, and of those the surest one's words.
    """
    texts = Counter(reading.text for reading in readings)
    # The text that came most often, and of the readings with that the surest one.
    winner = max(
        range(len(readings)), key=lambda n: (texts[readings[n].text], readings[n].confidence)
    )
    best = readings[winner]
    if texts[best.text] * 2 > len(readings):
        return Elected(best, texts[best.text], len(readings), winner)
    groups: list[list[Line]] = [[line] for line in best.lines]
    for number, reading in enumerate(readings):
        if number != winner:
            _join(groups, reading.lines)
    own = set(map(id, best.lines))
    # A group's first line tells whether the best reading has it: in doubt that one is believed.
    kept = [g for g in groups if len(g) * 2 + (id(g[0]) in own) > len(readings)]
    lines = tuple(_most(group) for group in kept)
    text = "\n".join(line.text for line in lines)
    return Elected(replace(best, lines=lines), max(texts[text], 1), len(readings), winner)


def _join(groups: list[list[Line]], lines: Sequence[Line]) -> None:
    """Put each line to the group that stands where it stands, or before the next one's group."""
    known = list(groups)
    free = set(range(len(known)))
    at = 0
    for line in lines:
        shares = {n: _shared(known[n][0].box, line.box) for n in free}
        nearest = max(shares, key=lambda n: shares[n], default=-1)
        if nearest >= 0 and shares[nearest] >= _SAME_PLACE:
            free.discard(nearest)
            known[nearest].append(line)
            at = next(n for n, group in enumerate(groups) if group is known[nearest]) + 1
        else:
            groups.insert(at, [line])
            at += 1


def _most(group: Sequence[Line]) -> Line:
    texts = Counter(line.text for line in group)
    return max(group, key=lambda line: (texts[line.text], line.confidence))


def _shared(one: Box, other: Box) -> float:
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    if width <= 0 or height <= 0:
        return 0.0
    smaller = min(one.width * one.height, other.width * other.height)
    return width * height / smaller
