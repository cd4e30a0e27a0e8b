"""Keep what codecs and TFLite print themselves off the user's terminal, and let the caller see it.

libpng, libjpeg, FFmpeg and TFLite write straight to file descriptor 2, past Python and past
OpenCV's log level. Their words name no file and say nothing of what to do, but they are the only
sign that a decoder filled in for missing data.
"""

import contextlib
import os
import re
import sys
import threading
from collections.abc import Iterator

_LOCK = threading.Lock()
_NOISE = re.compile(
    rb"libpng |Corrupt JPEG|Premature end|Invalid (JPEG|SOS|component)|Inconsistent progression"
    rb"|Application transferred|Unsupported (JPEG|marker)|Bogus |Unknown Adobe|\[ ?\w+ ?[:@]"
    rb"|\[ *(WARN|ERROR|INFO|DEBUG)\b|OpenCV|INFO: Created TensorFlow|\s*$"
)


@contextlib.contextmanager
def captured_noise() -> Iterator[list[str]]:
    """Collect what codecs write to stderr while the block runs.

    One block runs at a time; others wait. Lines that other threads write meanwhile are no codec's
    and are passed on to stderr when the block ends.

    Yields:
        A list that holds the codecs' lines once the block has ended.
    """
    lines: list[str] = []
    with _LOCK, contextlib.ExitStack() as stack:
        try:
            stderr = os.dup(2)
            stack.callback(os.close, stderr)
            # In memory, so that reading a picture writes nothing to the disk.
            caught = os.memfd_create("inkwatch-noise", os.MFD_CLOEXEC)
            stack.callback(os.close, caught)
        except (OSError, AttributeError):
            # No stderr at all, as in some daemons, or not Linux: then nothing is kept off it.
            yield lines
            return
        with contextlib.suppress(AttributeError, OSError, ValueError):
            sys.stderr.flush()
        os.dup2(caught, 2)
        try:
            yield lines
        finally:
            os.dup2(stderr, 2)
            size = os.lseek(caught, 0, os.SEEK_END)
            for line in os.pread(caught, size, 0).splitlines(keepends=True):
                if _NOISE.match(line):
                    lines.append(line.decode("utf-8", "replace").strip())
                else:
                    with contextlib.suppress(OSError):
                        os.write(stderr, line)
