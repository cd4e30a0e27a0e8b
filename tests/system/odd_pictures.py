"""Pictures that no one should give to a reader, and the sample pages torn: each from a seed."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.frames.samples import sample_pages

Image = npt.NDArray[np.uint8]
Draw = Callable[[np.random.Generator], Image]

_LETTERS = list("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;!?'-()&%")
_LARGE_SHARE = 0.06
_SIDES = (1, 2, 3, 5, 8, 15, 16, 17, 31, 64, 100, 250, 500, 900)


@cache
def samples() -> tuple[Image, ...]:
    """The sample pages, `(H, W, 3)` BGR."""
    return tuple(sample.image() for sample in sample_pages())


def _size(rng: np.random.Generator) -> tuple[int, int]:
    if rng.random() < _LARGE_SHARE:
        return int(rng.integers(1000, 3001)), int(rng.integers(1000, 4001))
    return int(rng.choice(_SIDES)), int(rng.choice(_SIDES))


def _paper(rng: np.random.Generator, least: int = 60) -> Image:
    height, width = (max(least, side) for side in _size(rng))
    return np.full((height, width), rng.integers(120, 256), np.uint8)


def _to_uint8(values: npt.NDArray[Any]) -> Image:
    return np.asarray(np.clip(values, 0, 255), np.uint8)


def _place(rng: np.random.Generator, image: Image, spare: int = 0) -> tuple[int, int]:
    height, width = image.shape[:2]
    return int(rng.integers(-spare, width + spare)), int(rng.integers(-spare, height + spare))


def uniform_noise(rng: np.random.Generator) -> Image:
    colour = (3,) if rng.random() < 0.5 else ()
    return rng.integers(0, 256, (*_size(rng), *colour), dtype=np.uint8)


def soft_noise(rng: np.random.Generator) -> Image:
    """Blobs: a lawn, a cloth, a carpet."""
    noise = cv2.GaussianBlur(rng.normal(0, 1, _size(rng)), (0, 0), float(rng.uniform(0.4, 12)))
    values = np.asarray(noise, np.float64)
    return _to_uint8(rng.uniform(50, 200) + rng.uniform(5, 120) * values / (values.std() + 1e-9))


def salt_and_pepper(rng: np.random.Generator) -> Image:
    image = _paper(rng, 1)
    hit = rng.random(image.shape)
    share = float(rng.choice([0.0005, 0.01, 0.2]))
    image[hit < share] = 0
    image[hit > 1 - share] = 255
    return image


def row_noise(rng: np.random.Generator) -> Image:
    """What a broken sensor gives: each row or column of one grey."""
    height, width = _size(rng)
    levels = rng.integers(0, 256, (height, 1), dtype=np.uint8)
    rows = np.ascontiguousarray(np.repeat(levels, width, axis=1))
    return rows if rng.random() < 0.5 else np.ascontiguousarray(rows.T)


def stripes(rng: np.random.Generator) -> Image:
    height, width = _size(rng)
    y, x = np.mgrid[0:height, 0:width]
    turn = rng.uniform(0, np.pi)
    wave = np.sin((x * np.cos(turn) + y * np.sin(turn)) * 2 * np.pi / rng.uniform(2, 80))
    return _to_uint8(128 + rng.uniform(10, 400) * wave)


def checkerboard(rng: np.random.Generator) -> Image:
    height, width = _size(rng)
    side = int(rng.integers(1, 40))
    y, x = np.mgrid[0:height, 0:width] // side
    dark, light = np.sort(rng.integers(0, 256, 2))
    return np.where((x + y) % 2 > 0, np.uint8(dark), np.uint8(light))


def gradient(rng: np.random.Generator) -> Image:
    height, width = _size(rng)
    y, x = np.mgrid[0:height, 0:width]
    slope = rng.uniform(-255, 255, 2)
    return _to_uint8(rng.uniform(0, 255) + slope[0] * x / width + slope[1] * y / height)


def one_level(rng: np.random.Generator) -> Image:
    return np.full(_size(rng), rng.choice([0, 1, 127, 254, 255]), np.uint8)


def single_pixels(rng: np.random.Generator) -> Image:
    paper, ink = rng.permutation([0, 255]).tolist()
    image = np.full(_size(rng), paper, np.uint8)
    for _ in range(int(rng.integers(1, 6))):
        x, y = _place(rng, image)
        image[y, x] = ink
    return image


def sliver(rng: np.random.Generator) -> Image:
    """One or two pixels wide or high, and up to 20,000 long."""
    shape = (int(rng.integers(1, 3)), int(rng.integers(1, 20_001)))
    image = rng.integers(0, 256, shape, dtype=np.uint8)
    if rng.random() < 0.5:
        image = np.where(image < 128, np.uint8(20), np.uint8(230))
    return image if rng.random() < 0.5 else np.ascontiguousarray(image.T)


def dots(rng: np.random.Generator) -> Image:
    image = _paper(rng)
    most = min(10_000, image.size // 60)
    for _ in range(int(rng.integers(1, max(2, most)))):
        cv2.circle(image, _place(rng, image), int(rng.integers(0, 6)), 30, -1)
    return image


def even_dots(rng: np.random.Generator) -> Image:
    image = _paper(rng)
    step, radius = int(rng.integers(6, 40)), int(rng.integers(1, 4))
    for y in range(step // 2, image.shape[0], step):
        for x in range(step // 2, image.shape[1], step):
            cv2.circle(image, (x, y), radius, 60, -1)
    return image


def long_lines(rng: np.random.Generator) -> Image:
    image = _paper(rng)
    for _ in range(int(rng.integers(1, 80))):
        ends = _place(rng, image, 200), _place(rng, image, 200)
        cv2.line(image, *ends, int(rng.integers(0, 110)), int(rng.integers(1, 12)), cv2.LINE_AA)
    return image


def squared(rng: np.random.Generator) -> Image:
    """Squared or ruled paper, tilted, with writing on it or without."""
    image = text(rng) if rng.random() < 0.5 else _paper(rng)
    step = int(rng.integers(5, 90))
    drop = float(rng.normal(0, 0.02)) * image.shape[1]
    for y in range(0, image.shape[0], step):
        cv2.line(image, (0, y), (image.shape[1], round(y + drop)), 120, int(rng.integers(1, 4)))
    for x in range(0, image.shape[1], step) if rng.random() < 0.5 else ():
        cv2.line(image, (x, 0), (round(x - drop), image.shape[0]), 120, int(rng.integers(1, 4)))
    return image


def form(rng: np.random.Generator) -> Image:
    """Frames, tables, combs and boxes to tick, bent and tilted, some of them filled in."""
    image = text(rng) if rng.random() < 0.3 else _paper(rng, 120)
    for _ in range(int(rng.integers(1, 12))):
        left, top = _place(rng, image, 30)
        across, down = (int(n) for n in rng.integers(1, 15, 2))
        width, height = rng.uniform(10, 140, 2).tolist()
        tilt, bend = rng.normal(0, 0.05), rng.normal(0, 0.0004)
        shade, pen_px = int(rng.integers(0, 190)), int(rng.integers(1, 6))
        x, y = np.linspace(0, across * width, 40), np.linspace(0, down * height, 40)
        for row in range(down + 1):
            sag = tilt * x + bend * (x - x.mean()) ** 2
            points = np.stack([left + x, top + row * height + sag], axis=1)
            cv2.polylines(image, [np.rint(points).astype(np.int32)], False, shade, pen_px)
        for column in range(across + 1):
            foot = tilt * column * width + bend * (column * width - x.mean()) ** 2
            points = np.stack([left + column * width - tilt * y, top + foot + y], axis=1)
            cv2.polylines(image, [np.rint(points).astype(np.int32)], False, shade, pen_px)
        for column in range(across if rng.random() < 0.5 else 0):
            at = round(left + (column + 0.2) * width), round(top + 0.8 * height)
            cv2.putText(image, str(rng.choice(_LETTERS)), at, 0, height / 35, 20, 2)
    return image


def scribble(rng: np.random.Generator) -> Image:
    """One connected line over the whole page."""
    image = _paper(rng)
    side = np.array(image.shape[::-1])
    walk = np.cumsum(rng.normal(0, rng.uniform(5, 120), (int(rng.integers(3, 1500)), 2)), axis=0)
    # Reflected at the page's edges.
    points = np.abs((walk + side) % (2 * side) - side).astype(np.int32)
    cv2.polylines(image, [points], False, 40, int(rng.integers(1, 9)), cv2.LINE_AA)
    return image


def shapes(rng: np.random.Generator) -> Image:
    image = np.dstack([_paper(rng)] * 3)
    for _ in range(int(rng.integers(1, 40))):
        colour = rng.integers(0, 256, 3).tolist()
        reach = int(rng.integers(1, 1 + max(image.shape) // 2))
        corners = np.array([_place(rng, image)]) + rng.integers(
            -reach, reach + 1, (int(rng.integers(3, 7)), 2)
        )
        if rng.random() < 0.5:
            cv2.fillPoly(image, [corners.astype(np.int32)], colour)
        else:
            cv2.ellipse(
                image,
                _place(rng, image),
                (reach, 1 + reach // 3),
                30,
                0,
                360,
                colour,
                int(reach > 9),
            )
    return image


def text(rng: np.random.Generator) -> Image:
    image = _paper(rng)
    scale = float(rng.uniform(0.2, 5))
    pen_px = int(rng.integers(1, 1 + max(1, round(3 * scale))))
    y = 0
    while y < image.shape[0]:
        y += round(scale * rng.uniform(15, 50)) + 1
        letters = "".join(rng.choice([*_LETTERS, *" " * 15], int(rng.integers(1, 60))))
        at = (_place(rng, image, 50)[0] // 3, y)
        font = int(rng.integers(0, 8))
        cv2.putText(image, letters, at, font, scale, int(rng.integers(0, 120)), pen_px)
    return image


def saturated_text(rng: np.random.Generator) -> Image:
    """Letters over letters until little paper is left."""
    image = text(rng)
    for _ in range(int(rng.integers(5, 120))):
        letters = "".join(rng.choice(_LETTERS, 20))
        at = _place(rng, image, 100)
        cv2.putText(image, letters, at, 0, float(rng.uniform(0.4, 4)), 20, int(rng.integers(1, 9)))
    return image


def turned_text(rng: np.random.Generator) -> Image:
    image = text(rng)
    height, width = image.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.uniform(0, 360)), 1.0)
    paper = int(image.max())
    return np.asarray(cv2.warpAffine(image, turn, (width, height), borderValue=paper), np.uint8)


def crop_of_a_page(rng: np.random.Generator) -> Image:
    page = samples()[rng.integers(len(samples()))]
    (left, right), (top, bottom) = (
        np.sort(rng.choice(side + 1, 2, False)) for side in page.shape[1::-1]
    )
    return page[top:bottom, left:right]


def mash_of_pages(rng: np.random.Generator) -> Image:
    """Patches of the sample pages, turned, mirrored and inverted, laid over one another."""
    image = samples()[rng.integers(len(samples()))].copy()
    for _ in range(int(rng.integers(1, 12))):
        patch = crop_of_a_page(rng)
        patch = np.rot90(patch, int(rng.integers(4)))[:: int(rng.choice([-1, 1]))]
        patch = 255 - patch if rng.random() < 0.2 else patch
        x, y = _place(rng, image)
        room = image[y : y + patch.shape[0], x : x + patch.shape[1]]
        room[...] = patch[: room.shape[0], : room.shape[1]]
    return image


def torn_page(rng: np.random.Generator) -> Image:
    """Half a page with a ragged edge on a dark ground."""
    page = samples()[rng.integers(len(samples()))].copy()
    height, width = page.shape[:2]
    edge = rng.uniform(0.1, 0.9) * height + np.cumsum(rng.normal(0, 4, width))
    gone = np.arange(height)[:, None] > edge[None, :]
    page[gone] = rng.integers(0, 256)
    return np.ascontiguousarray(np.rot90(page, int(rng.integers(4))))


def page_askew(rng: np.random.Generator) -> Image:
    """A sample page anywhere in the view, also far tilted or half out of it."""
    page = samples()[rng.integers(len(samples()))]
    height, width = page.shape[:2]
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = flat * np.float32(rng.uniform(0.2, 1.1)) + rng.normal(0, 0.15 * width, (4, 2))
    camera = cv2.getPerspectiveTransform(flat, seen.astype(np.float32))
    ground = np.full_like(page, rng.integers(0, 256))
    cv2.warpPerspective(
        page, camera, (width, height), ground, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT
    )
    return ground


def small_page(rng: np.random.Generator) -> Image:
    page = samples()[rng.integers(len(samples()))]
    size = np.maximum(1, rng.uniform(0.01, 0.5, 2) * page.shape[1::-1]).astype(int)
    return np.asarray(cv2.resize(page, size.tolist(), interpolation=cv2.INTER_AREA), np.uint8)


def flattened_contrast(rng: np.random.Generator) -> Image:
    page = samples()[rng.integers(len(samples()))]
    return _to_uint8(page * rng.uniform(-1, 1) + rng.uniform(0, 255))


def _views(rng: np.random.Generator, draw: Draw) -> Image:
    """A picture as an array with other strides, in other order, or read-only."""
    image = draw(rng)
    match int(rng.integers(6)):
        case 0:
            image = np.asfortranarray(image)
        case 1:
            image = image[::-1, ::-1]
        case 2:
            image = image[:: int(rng.integers(1, 4)), :: int(rng.integers(1, 4))]
        case 3:
            image = image[..., ::-1] if image.ndim == 3 else image.T
        case 4:
            image = np.broadcast_to(image[:1], image.shape)
        case _:
            image = image.copy()
            image.flags.writeable = False
    return image


PLAIN: tuple[Draw, ...] = (
    uniform_noise,
    soft_noise,
    salt_and_pepper,
    row_noise,
    stripes,
    checkerboard,
    gradient,
    one_level,
    single_pixels,
    sliver,
    dots,
    even_dots,
    long_lines,
    squared,
    form,
    scribble,
    shapes,
    text,
    saturated_text,
    turned_text,
    crop_of_a_page,
    mash_of_pages,
    torn_page,
    page_askew,
    small_page,
    flattened_contrast,
)

DRAWS: dict[str, Draw] = {draw.__name__: draw for draw in PLAIN}
DRAWS |= {
    f"view_of_{draw.__name__}": partial(_views, draw=draw)
    for draw in (text, shapes, crop_of_a_page)
}
