"""One picture from standard input: `rpicam-still -o - | inkwatch read -`."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from inkwatch.errors import InputError
from inkwatch.frames._clock import stamp
from inkwatch.frames.decode import cannot_open, decode_bytes, read_bounded
from inkwatch.frames.frame import Frame

STDIN_NAME = "-"


@dataclass(frozen=True, slots=True)
class StdinSource:
    """All of standard input, as one picture.

    `stream` stands in for standard input where it is given.
    """

    stream: BinaryIO | None = None

    def frames(self) -> Iterator[Frame]:
        """Yield the picture.

        Raises:
            InputError: nothing is piped in, too much is, or it is no picture.
        """
        stream = sys.stdin.buffer if self.stream is None else self.stream
        if stream.isatty():
            raise InputError(
                f"{STDIN_NAME}: standard input is a terminal. Pipe a picture in, or name a file."
            )
        try:
            data = read_bounded(stream, STDIN_NAME)
        except OSError as error:
            raise cannot_open(STDIN_NAME, error) from error
        yield stamp(decode_bytes(data, STDIN_NAME), STDIN_NAME)
