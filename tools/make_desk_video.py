"""Draws the sample video that ships: `python -m tools.make_desk_video [OUT]`.

A camera held by hand comes near a desk, finds its focus on one sample page, sees a second one laid
there, and the desk cleared. Only the sample pages, a drawn desk, and a simulated camera are in it.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.frames.samples import sample_pages

Pixels = npt.NDArray[np.float32]

OUT = Path("device/inkwatch/samples/desk.mp4")
WIDTH_PX, HEIGHT_PX = 1024, 768
RATE_HZ = 10.0
PAGES = ("meter-card.jpg", "note.jpg")
PAGE_WIDTH_PX = 920

_SEED = 20_260_301
_NOISE = 0.6


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: where both pages lie (left edge in pixels, None is away), and the camera.

    `zoom` is 1.0 where the page fills the picture; `blur_px` and `shift_px` (right, down) are the
    camera's.
    """

    first: float | None
    second: float | None
    zoom: float = 1.0
    blur_px: float = 0.0
    shift_px: tuple[float, float] = (0.0, 0.0)


def shots() -> list[Shot]:
    """The story, a picture each tenth of a second."""
    rng = np.random.default_rng(_SEED)
    home, right = (WIDTH_PX - PAGE_WIDTH_PX) / 2, float(WIDTH_PX)
    told = []
    for step in np.linspace(0, 1, 24):  # a hand brings the camera nearer
        shake = 14 * (1 - 0.8 * step)
        shift = (float(rng.normal(0, shake)), float(rng.normal(0, shake)))
        told.append(Shot(home, None, 0.55 + 0.45 * float(step), 7.0, shift))
    # The lens finds its focus.
    told += [Shot(home, None, 1.0, blur) for blur in (6.0, 5.0, 4.0, 2.5, 1.2, 0.5)]
    told += [Shot(home, None)] * 34
    told += [Shot(home + 105.0 * n, None) for n in range(1, 11)]
    told += [Shot(None, right - (right - home) * n / 10, blur_px=1.5) for n in range(1, 11)]
    told += [Shot(None, home)] * 36
    told += [Shot(None, home + 105.0 * n) for n in range(1, 11)]
    return told + [Shot(None, None)] * 26


def draw(shot: Shot, pages: list[Pixels], desk: Pixels) -> Pixels:
    """Draw one picture, `(768, 1024, 3)` BGR from 0 to 255, without noise."""
    scene = desk.copy()
    for page, left in zip(pages, (shot.first, shot.second), strict=True):
        if left is not None and left < WIDTH_PX:
            seen = page[:, : round(WIDTH_PX - left)]
            top = (HEIGHT_PX - page.shape[0]) // 2
            scene[top : top + page.shape[0], round(left) : round(left) + seen.shape[1]] = seen
    if shot.zoom != 1.0 or shot.shift_px != (0.0, 0.0):
        matrix = cv2.getRotationMatrix2D((WIDTH_PX / 2, HEIGHT_PX / 2), 0, shot.zoom)
        matrix[:, 2] += np.asarray(shot.shift_px)
        size = (WIDTH_PX, HEIGHT_PX)
        border = cv2.BORDER_REFLECT_101
        scene = np.asarray(cv2.warpAffine(scene, matrix, size, borderMode=border), np.float32)
    if shot.blur_px:
        scene = np.asarray(cv2.GaussianBlur(scene, (0, 0), shot.blur_px), np.float32)
    return scene


def make(out: Path) -> None:
    """Write the video: MPEG-4, which every OpenCV writes and reads."""
    samples = {sample.name: sample.image() for sample in sample_pages()}
    pages = [_page(samples[name]) for name in PAGES]
    desk = _desk()
    rng = np.random.default_rng(_SEED)
    fourcc = cv2.VideoWriter.fourcc(*"mp4v")
    video = cv2.VideoWriter(str(out), cv2.CAP_FFMPEG, fourcc, RATE_HZ, (WIDTH_PX, HEIGHT_PX))
    if not video.isOpened():
        raise SystemExit(f"{out}: this OpenCV writes no MPEG-4.")
    for shot in shots():
        picture = draw(shot, pages, desk)
        noise = rng.normal(0, _NOISE, picture.shape[:2])[..., None]
        video.write(np.clip(picture + noise, 0, 255).astype(np.uint8))
    video.release()


def _page(image: npt.NDArray[np.uint8]) -> Pixels:
    height = round(image.shape[0] * PAGE_WIDTH_PX / image.shape[1])
    size = (PAGE_WIDTH_PX, height)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.float32)


def _desk() -> Pixels:
    """A dark desk with the light falling off to one side."""
    across = np.linspace(66, 52, WIDTH_PX, dtype=np.float32)
    desk = np.tile(across, (HEIGHT_PX, 1))
    return np.stack([desk * 0.8, desk * 0.9, desk], axis=-1).astype(np.float32)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT)
