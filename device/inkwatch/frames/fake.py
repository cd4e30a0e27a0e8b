"""Frames from memory, in place of a camera or files, for tests and for library users' own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from inkwatch.errors import InputError
from inkwatch.frames.frame import Frame, Image

_START = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FakeSource:
    """Pictures in memory as a source; times are made up but always the same.

    `images` are given one by one, `interval_s` apart on the monotonic clock, named
    `fake#0`, `fake#1` and so on. Where `fails_with` is set, that is raised after the last.
    """

    images: Sequence[Image]
    interval_s: float = 1.0
    fails_with: InputError | None = None

    def frames(self) -> Iterator[Frame]:
        """Yield the pictures.

        Raises:
            InputError: `fails_with`, where it is set.
        """
        for number, image in enumerate(self.images):
            yield Frame(
                image=image,
                source=f"fake#{number}",
                monotonic_s=number * self.interval_s,
                wall_time=_START,
                time_synced=False,
            )
        if self.fails_with is not None:
            raise self.fails_with
