"""A sheet → the picture that a camera above it takes, and where each point of the sheet went."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.errors import UsageError
from inkwatch.frames.frame import Image
from inkwatch_train.pages.paper import Picture, smooth_field
from inkwatch_train.pages.truth import Homography

_DISTANCE = 1.4
"""From the lens to the sheet, in widths of the picture: a normal lens that sees the whole sheet."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera, how it is held and the light that it sees.

    `tilt_x_deg` turns it about the picture's horizontal axis, `tilt_y_deg` about the vertical
    one, `roll_deg` about its own. `falloff` is how much darker the far side from the lamp is and
    `shadow` the deepest part of a soft shadow, both as shares of the light; `light` is the
    exposure. `blur_px` is the standard deviation of the lens's blur. `read_noise` and
    `shot_noise` are standard deviations at black and, beyond that, at white.
    """

    width: int = 1640
    height: int = 1232
    tilt_x_deg: float = 0.0
    tilt_y_deg: float = 0.0
    roll_deg: float = 0.0
    light: float = 0.95
    falloff: float = 0.15
    shadow: float = 0.18
    blur_px: float = 0.8
    read_noise: float = 0.005
    shot_noise: float = 0.006


def homography(camera: Camera, sheet_width: int, sheet_height: int) -> Homography:
    """Where the camera sees each point of a sheet that lies centred below it.

    The picture is as much of the sheet as can be without showing what lies around it.

    Args:
        camera: its size and how it is held.
        sheet_width: in pixels.
        sheet_height: in pixels.

    Returns:
        `(3, 3)` float64, from the sheet's pixel edges to the picture's.
    """
    x, y, z = np.deg2rad([camera.tilt_x_deg, camera.tilt_y_deg, camera.roll_deg])
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    turn = about_z @ about_y @ about_x
    distance = _DISTANCE * max(sheet_width, sheet_height)
    # A point (u, v) of the plane lies at u * turn[:, 0] + v * turn[:, 1] + (0, 0, distance).
    plane = np.column_stack([turn[:, 0], turn[:, 1], [0.0, 0.0, distance]])
    lens = np.diag([distance, distance, 1.0])
    centre = np.array([[1, 0, -sheet_width / 2], [0, 1, -sheet_height / 2], [0, 0, 1]])
    seen = lens @ plane @ centre
    zoom = _zoom(np.linalg.inv(seen), camera, sheet_width, sheet_height)
    frame = np.array([[zoom, 0, camera.width / 2], [0, zoom, camera.height / 2], [0, 0, 1]])
    whole = frame @ seen
    return np.asarray(whole / whole[2, 2], np.float64)


def photograph(
    sheet: Picture, camera: Camera, rng: np.random.Generator
) -> tuple[Image, Homography]:
    """Take a picture of a sheet.

    Args:
        sheet: the sheet under even light.
        camera: how it is taken.
        rng: gives the shadow's place and the noise.

    Returns:
        The picture, `(camera.height, camera.width, 3)` uint8 BGR, and the homography from the
        sheet to it.
    """
    height, width = sheet.shape[:2]
    matrix = homography(camera, width, height)
    # OpenCV counts from the middle of the first pixel, the truth from its edge.
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    warped = cv2.warpPerspective(
        sheet,
        np.linalg.inv(half) @ matrix @ half,
        (camera.width, camera.height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    lit = warped * _light(camera, rng)[..., None]
    seen = np.asarray(cv2.GaussianBlur(lit, (0, 0), camera.blur_px), np.float32)
    seen = seen + _noise(seen, camera, rng)
    return np.asarray(np.clip(seen * 255.0 + 0.5, 0, 255), np.uint8), matrix


def to_jpeg(image: Image, quality: int = 80) -> bytes:
    """Compress a picture.

    Args:
        image: `(H, W)` grey or `(H, W, 3)` BGR uint8.
        quality: 1 to 100.

    Returns:
        The bytes of a JPEG file.

    Raises:
        UsageError: the picture cannot be a JPEG.
    """
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise UsageError(f"A picture of {image.shape} cannot be written as JPEG.")
    return data.tobytes()


def to_png(image: Image) -> bytes:
    """Compress a picture without loss.

    Raises:
        UsageError: the picture cannot be a PNG.
    """
    done, data = cv2.imencode(".png", image)
    if not done:
        raise UsageError(f"A picture of {image.shape} cannot be written as PNG.")
    return data.tobytes()


def _zoom(
    back: npt.NDArray[np.float64], camera: Camera, sheet_width: int, sheet_height: int
) -> float:
    """The smallest zoom at which the picture's four corners see the sheet."""
    corners = np.array([(x, y) for x in (-0.5, 0.5) for y in (-0.5, 0.5)])
    corners = corners * (camera.width, camera.height)
    low, high = 0.05, 20.0
    for _ in range(60):
        zoom = (low * high) ** 0.5
        points = np.column_stack([corners / zoom, np.ones(4)]) @ back.T
        points = points[:, :2] / points[:, 2:]
        inside = (points >= 0).all() and (points <= (sheet_width, sheet_height)).all()
        low, high = (low, zoom) if inside else (zoom, high)
    return high


def _light(camera: Camera, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """`(H, W)` factors: a lamp at one side, a soft shadow from another, darker corners."""
    y, x = np.mgrid[0 : camera.height, 0 : camera.width].astype(np.float32)
    u, v = x / camera.width - 0.5, y / camera.height - 0.5
    lamp, hand = rng.uniform(0.0, 2.0 * np.pi, 2)
    light = camera.light * (1.0 + camera.falloff * (u * np.cos(lamp) + v * np.sin(lamp)))
    # The edge of a hand's or head's shadow: it waves, and it is wide since the lamp is near.
    edge = u * np.cos(hand) + v * np.sin(hand) - rng.uniform(0.05, 0.3)
    edge = edge + 0.03 * smooth_field(camera.height, camera.width, 500.0, rng)
    light *= 1.0 - camera.shadow / (1.0 + np.exp(-edge / rng.uniform(0.05, 0.12)))
    light *= 1.0 - 0.2 * (u * u + v * v)
    return np.asarray(light, np.float32)


def _noise(seen: Picture, camera: Camera, rng: np.random.Generator) -> Picture:
    """Noise of the sensor, stronger where it is bright, smoothed as the camera's own chip does."""
    noise = rng.standard_normal(seen.shape, np.float32)
    grey = noise.mean(axis=2, keepdims=True)
    noise = cv2.GaussianBlur(0.5 * noise + 1.2 * grey, (0, 0), 0.6) * 1.6
    strength = camera.read_noise + camera.shot_noise * np.sqrt(np.clip(seen, 0.0, 1.0))
    return np.asarray(noise * strength, np.float32)
