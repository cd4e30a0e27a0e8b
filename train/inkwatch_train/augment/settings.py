"""The knobs of augmentation, as they stand in a recipe's `[augment]` tables."""

from typing import Annotated

import msgspec

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
GlyphHeight = Annotated[int, msgspec.Meta(ge=4, le=256)]
GreyLevel = Annotated[int, msgspec.Meta(ge=1, le=255)]
Depth = Annotated[float, msgspec.Meta(gt=0, le=1)]
Sigma = Annotated[float, msgspec.Meta(gt=0, le=10)]
Quality = Annotated[int, msgspec.Meta(ge=1, le=100)]


class Setting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every way of augmenting has: `probability` is the share of glyphs it is applied to.

    `probability = 0` switches it off.
    """

    probability: Share = 1.0

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, tuple) and value[0] > value[1]:
                raise ValueError(f"{name}: the smaller number comes first, got {list(value)}")


class Affine(Setting, frozen=True):
    """Turn, slant and stretch: a hand's slope and a camera's angle."""

    rotate_deg: Annotated[float, msgspec.Meta(ge=0, le=90)] = 10.0
    slant: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.3
    stretch: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.22


class Elastic(Setting, frozen=True):
    """Bend by a smooth random field (Simard et al. 2003, doi:10.1109/ICDAR.2003.1227801).

    `shift_px` is the field's standard deviation on the 64-pixel canvas, `cells` how many
    independent bumps it has along a side.
    """

    probability: Share = 0.8
    shift_px: Annotated[float, msgspec.Meta(ge=0, le=20)] = 1.4
    cells: Annotated[int, msgspec.Meta(ge=1, le=64)] = 4


class Thickness(Setting, frozen=True):
    """Widen or thin strokes by up to so many pixels of the 64-pixel canvas: other pens."""

    probability: Share = 0.7
    widen_px: Annotated[int, msgspec.Meta(ge=0, le=20)] = 4
    thin_px: Annotated[int, msgspec.Meta(ge=0, le=20)] = 2


class Broken(Setting, frozen=True):
    """Rub out short pieces of stroke: a pen that skips, ink lost to the threshold."""

    probability: Share = 0.06
    gap_px: Annotated[float, msgspec.Meta(gt=0, le=40)] = 3.0


class Neighbours(Setting, frozen=True):
    """Let a sliver of another glyph reach in from a side, as loose cuts leave it."""

    probability: Share = 0.06
    reach_px: Annotated[int, msgspec.Meta(ge=1, le=44)] = 5


class Camera(Setting, frozen=True):
    """The optical path: size on the sensor, paper's grey, light, contrast."""

    probability: Share = 0.9
    height_px: tuple[GlyphHeight, GlyphHeight] = (14, 64)
    paper: tuple[GreyLevel, GreyLevel] = (120, 250)
    contrast: tuple[Depth, Depth] = (0.25, 0.95)
    slope: Annotated[float, msgspec.Meta(ge=0, le=0.9)] = 0.12


class Blur(Setting, frozen=True):
    """Defocus: Gaussian, sigma in pixels of the sensor."""

    probability: Share = 0.6
    sigma_px: tuple[Sigma, Sigma] = (0.4, 1.3)


class Noise(Setting, frozen=True):
    """Sensor noise: Gaussian, standard deviation in grey levels."""

    probability: Share = 0.7
    sigma: Annotated[float, msgspec.Meta(ge=0, le=128)] = 6.0


class Jpeg(Setting, frozen=True):
    """Compression, as cameras and web pages leave it."""

    probability: Share = 0.25
    quality: tuple[Quality, Quality] = (45, 95)


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
