"""Which font families are used, at which version: what `packages.json` says."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

Kind = Literal["print", "joined", "other"]
"""How the letters stand: apart, joined to words, or as ornament."""

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_VERSION = re.compile(r"\d+\.\d+\.\d+")


@dataclass(frozen=True, slots=True)
class FontPackage:
    """One family: the npm package `@fontsource/<name>` at an exact version.

    `licence` is the SPDX name that the package states. A `held_out` family is never trained on:
    the sample pages and honest figures are made with these.
    """

    name: str
    version: str
    kind: Kind
    licence: str
    held_out: bool = False

    def __post_init__(self) -> None:
        # Both become parts of paths and of npm's package.json.
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"'{self.name}' is not the name of a font package")
        if not _VERSION.fullmatch(self.version):
            raise ValueError(f"{self.name}: '{self.version}' is not an exact version")

    @property
    def npm_name(self) -> str:
        """The package's name on npm."""
        return f"@fontsource/{self.name}"


class _Packages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fonts: list[FontPackage]


@cache
def font_packages() -> tuple[FontPackage, ...]:
    """All families of `packages.json`, in the order of their names."""
    text = files("inkwatch_train.fonts").joinpath("packages.json").read_bytes()
    fonts = msgspec.json.decode(text, type=_Packages).fonts
    return tuple(sorted(fonts, key=lambda font: font.name))
