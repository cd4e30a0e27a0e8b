"""The knobs of augmentation, as they stand in a recipe's `[augment]` tables."""

import msgspec


class Setting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every way of augmenting has: `probability` is the share of glyphs it is applied to.

    `probability = 0` switches it off.
    """

    probability: float = 1.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.probability <= 1.0:
            raise ValueError(f"probability must lie between 0 and 1, got {self.probability}")


class Affine(Setting, frozen=True):
    """Turn, slant and stretch: a hand's slope and a camera's angle."""

    rotate_deg: float = 10.0
    slant: float = 0.3
    stretch: float = 0.22


class Elastic(Setting, frozen=True):
    """Bend by a smooth random field (Simard et al. 2003, doi:10.1109/ICDAR.2003.1227801).

    `shift_px` is the field's standard deviation on the 64-pixel canvas, `cells` how many
    independent bumps it has along a side.
    """

    probability: float = 0.8
    shift_px: float = 1.4
    cells: int = 4


class Thickness(Setting, frozen=True):
    """Widen or thin strokes by up to so many pixels of the 64-pixel canvas: other pens."""

    probability: float = 0.7
    widen_px: int = 4
    thin_px: int = 2


class Broken(Setting, frozen=True):
    """Rub out short pieces of stroke: a pen that skips, ink lost to the threshold."""

    probability: float = 0.06
    gap_px: float = 3.0


class Neighbours(Setting, frozen=True):
    """Let a sliver of another glyph reach in from a side, as loose cuts leave it."""

    probability: float = 0.06
    reach_px: int = 5


class Camera(Setting, frozen=True):
    """The optical path: size on the sensor, paper's grey, light, contrast."""

    probability: float = 0.9
    height_px: tuple[int, int] = (14, 64)
    paper: tuple[int, int] = (120, 250)
    contrast: tuple[float, float] = (0.25, 0.95)
    slope: float = 0.12


class Blur(Setting, frozen=True):
    """Defocus: Gaussian, sigma in pixels of the sensor."""

    probability: float = 0.6
    sigma_px: tuple[float, float] = (0.4, 1.3)


class Noise(Setting, frozen=True):
    """Sensor noise: Gaussian, standard deviation in grey levels."""

    probability: float = 0.7
    sigma: float = 6.0


class Jpeg(Setting, frozen=True):
    """Compression, as cameras and web pages leave it."""

    probability: float = 0.25
    quality: tuple[int, int] = (45, 95)


class Augment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All ways of augmenting; each may be left out of the recipe and keeps its default."""

    affine: Affine = Affine()
    elastic: Elastic = Elastic()
    thickness: Thickness = Thickness()
    broken: Broken = Broken()
    neighbours: Neighbours = Neighbours()
    camera: Camera = Camera()
    blur: Blur = Blur()
    noise: Noise = Noise()
    jpeg: Jpeg = Jpeg()
