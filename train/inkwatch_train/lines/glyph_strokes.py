"""Handwriting fonts as strokes of a pen: each glyph's paths, traced once and kept."""

import hashlib
import logging
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from inkwatch_train.fonts.draw import open_font
from inkwatch_train.fonts.fetch import FontFace, fonts_dir
from inkwatch_train.lines.alphabet import LINE_ALPHABET
from inkwatch_train.lines.font_line import characters_of, size_of
from inkwatch_train.lines.skeleton import pen_paths

_log = logging.getLogger(__name__)

Path2 = npt.NDArray[np.float32]

SPACING = 0.07
"""Points of a path are this many x-heights apart."""

_VERSION = 3
_X_HEIGHT_PX = 40
_MOST_PX = 400
_INK = 128
_ON_PATH_PX = 2.5
_FLAT = 2.0
_FARTHEST_BACK = 1.4
"""How far a pen goes back over its own stroke to where the next begins, in x-heights."""


@dataclass(frozen=True, slots=True, eq=False)
class Glyph:
    """One character: `paths` of points `(x, y)`, `(n, 2)` float32; `advance` to the next one.

    Lengths count in x-heights, y downwards, from the left end of the baseline.
    """

    paths: tuple[Path2, ...]
    advance: float


@dataclass(frozen=True, slots=True, eq=False)
class Strokes:
    """A font's characters as strokes; `joined` where its letters are meant to join."""

    name: str
    joined: bool
    glyphs: dict[str, Glyph]

    def can_write(self, text: str) -> bool:
        """Whether it has every character of a text."""
        return all(character == " " or character in self.glyphs for character in text)


def strokes_of_fonts(faces: Sequence[FontFace]) -> list[Strokes]:
    """Give fonts as strokes. Tracing takes about half a second a font, once; then it is kept.

    Args:
        faces: the fonts.

    Raises:
        DataError: a font cannot be opened.
    """
    return [_strokes(face) for face in faces]


def _strokes(face: FontFace) -> Strokes:
    version = f"{face.name} {face.version} {_VERSION}"
    glyphs = kept_glyphs(face.name, version, lambda: trace_font(face.path).items())
    return Strokes(face.name, face.kind == "joined", dict(glyphs))


def kept_glyphs(
    name: str, version: str, trace: Callable[[], Iterable[tuple[str, Glyph]]]
) -> list[tuple[str, Glyph]]:
    """Give what was traced once, or trace it now and keep it.

    Args:
        name: what is traced, for the file's name and the log.
        version: changes where it would be traced otherwise.
        trace: traces characters.
    """
    key = hashlib.sha256(version.encode()).hexdigest()[:16]
    kept = fonts_dir().parent / "strokes" / f"{name}-{key}.npz"
    try:
        return _read_glyphs(kept)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        _log.info("tracing the strokes of %s; this is done once", name)
        glyphs = list(trace())
        _write_glyphs(kept, glyphs)
        return glyphs


def trace_font(path: Path) -> dict[str, Glyph]:
    """Trace all characters that a font has of `LINE_ALPHABET`, but for the space.

    Raises:
        DataError: the font cannot be opened.
    """
    font = open_font(path, size_of(path, _X_HEIGHT_PX))
    known = characters_of(path)
    glyphs = {}
    for character in LINE_ALPHABET[1:]:
        if character in known:
            paths = _trace(font, character)
            if paths:
                glyphs[character] = Glyph(paths, font.getlength(character) / _X_HEIGHT_PX)
    return glyphs


def _trace(font: ImageFont.FreeTypeFont, character: str) -> tuple[Path2, ...]:
    left, top, right, bottom = (int(side) for side in font.getbbox(character, anchor="ls"))
    width, height = min(right - left, _MOST_PX), min(bottom - top, _MOST_PX)
    if width < 1 or height < 1:
        return ()
    canvas = Image.new("L", (width + 4, height + 4), 0)
    draw = ImageDraw.Draw(canvas)
    draw.text((2 - left, 2 - top), character, fill=255, font=font, anchor="ls")
    offset = np.array([left - 2, top - 2], np.float32) / np.float32(_X_HEIGHT_PX)
    return tuple(path + offset for path in trace_ink(np.asarray(canvas) >= _INK, _X_HEIGHT_PX))


def trace_ink(ink: npt.NDArray[np.bool_], x_height_px: float) -> list[Path2]:
    """Trace the strokes of one glyph's ink, in the order and the direction in which one writes.

    Args:
        ink: `(H, W)` bool.
        x_height_px: how many pixels an x-height is.

    Returns:
        Paths as of `Glyph`, from the ink's upper left corner.
    """
    paths = sorted(map(_in_writing_order, pen_paths(ink)), key=lambda path: float(path[:, 0].min()))
    unit = np.float32(x_height_px)
    return [evenly(path / unit) for path in _gone_back_over(paths, _FARTHEST_BACK * x_height_px)]


def _in_writing_order(path: Path2) -> Path2:
    """Begin above and to the left, as whoever writes from left to right mostly does."""
    return path[::-1] if float((path[-1] - path[0]).sum()) < 0 else path


def _gone_back_over(paths: list[Path2], most: float) -> list[Path2]:
    """Where a stroke begins on one that ends nearby, go back over that one and on, as in n and m.

    A pen that is not lifted does so; and whoever writes quickly rounds what was sharp there.
    """
    joined: list[Path2] = []
    for path in paths:
        wide, tall = np.ptp(path, axis=0)
        if wide > _FLAT * tall:  # a bar, for which pens are lifted
            joined.append(path)
            continue
        for number, before in enumerate(joined):
            near = np.hypot(*(before - path[0]).T)
            at = int(near.argmin())
            if near[at] <= _ON_PATH_PX and 2 < len(before) - 1 - at <= most:
                joined[number] = np.concatenate([before, before[at:-1][::-1], path])
                break
        else:
            joined.append(path)
    return joined


def evenly(path: Path2) -> Path2:
    """Set a path's points evenly, about `SPACING` apart; a dot stays one point."""
    steps = np.hypot(*np.diff(path, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    if along[-1] < SPACING:
        return np.asarray(path[:1], np.float32)
    at = np.linspace(0.0, along[-1], max(2, round(along[-1] / SPACING) + 1))
    points = [np.interp(at, along, path[:, axis]) for axis in (0, 1)]
    return np.asarray(np.stack(points, axis=1), np.float32)


def _write_glyphs(kept: Path, glyphs: Sequence[tuple[str, Glyph]]) -> None:
    """Keep characters with their glyphs in a file."""
    paths = [path for _, glyph in glyphs for path in glyph.paths]
    kept.parent.mkdir(parents=True, exist_ok=True)
    part = kept.with_name(f"part-{os.getpid()}-{kept.name}")
    np.savez_compressed(
        part,
        characters=np.array("".join(character for character, _ in glyphs)),
        advances=np.array([glyph.advance for _, glyph in glyphs], np.float32),
        counts=np.array([len(glyph.paths) for _, glyph in glyphs], np.int32),
        lengths=np.array([len(path) for path in paths], np.int32),
        points=np.concatenate(paths) if paths else np.zeros((0, 2), np.float32),
    )
    part.replace(kept)


def _read_glyphs(kept: Path) -> list[tuple[str, Glyph]]:
    """Read what `_write_glyphs` wrote.

    Raises:
        OSError, ValueError, KeyError, EOFError, BadZipFile: it is not there, or damaged.
    """
    with np.load(kept, allow_pickle=False) as pack:
        ends = np.cumsum(pack["lengths"])
        paths = iter(np.split(pack["points"], ends[:-1]))
        return [
            (character, Glyph(tuple(next(paths) for _ in range(count)), float(advance)))
            for character, count, advance in zip(
                str(pack["characters"]), pack["counts"].tolist(), pack["advances"], strict=True
            )
        ]
