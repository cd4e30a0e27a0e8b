"""The files that a config names: whether they are there, for `inkwatch config check`.

A daemon that starts does not ask this: what is missing then, such as a folder on a disk that
comes late, is a fault of the part that needs it.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from inkwatch.config.contradictions import Contradiction
from inkwatch.config.model import SAMPLE, Config


def missing_files(config: Config) -> Iterator[Contradiction]:
    """Find files and folders that are named and are not there, or closed to this user."""
    tls, reading = config.mqtt.tls, config.reading
    named = {
        "mqtt.tls.ca_file": tls.ca_file,
        "mqtt.tls.cert_file": tls.cert_file,
        "mqtt.tls.key_file": tls.key_file,
        "reading.words_file": reading.words_file,
        "reading.pattern": reading.pattern[1:] if reading.pattern.startswith("@") else "",
    }
    for key, name in named.items():
        path = Path(name)
        if name and not path.is_file():
            yield key, f"names {name}, which {'is no file' if path.exists() else 'is not there'}"
        elif name and not os.access(path, os.R_OK):
            yield key, f"names {name}, which this user may not read"
    yield from _queue(config.mqtt.queue.path)


def missing_source(config: Config) -> Contradiction | None:
    """Find a camera's device, a picture, a video or a folder that is named and not there.

    That is no fault of the config: a stick or a camera may come later, and is waited for.
    """
    source = config.camera.source
    if source in {"auto", SAMPLE} or re.fullmatch(r"fake:.*|(picamera2|v4l2)(:[0-9]*)?", source):
        return None
    try:
        Path(source).stat()
    except (FileNotFoundError, NotADirectoryError):
        return "camera.source", f"names {source}, which is not there now"
    except OSError:
        pass  # It may be there for the service's user.
    return None


def _queue(name: str) -> Iterator[Contradiction]:
    path = Path(name)
    if not name:
        return
    if path.is_dir():
        yield "mqtt.queue.path", f"names {name}, which is a folder; name a file in it"
    elif not path.parent.is_dir():
        yield "mqtt.queue.path", f"names a file in {path.parent}, which is no folder; make it"
