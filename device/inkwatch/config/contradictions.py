"""Settings that are right each alone and cannot all hold."""

from collections.abc import Iterator

from inkwatch.config.model import CameraSection, Config, MqttSection, ReadingSection

Contradiction = tuple[str, str]
"""The key of the setting to change, and the rest of a sentence that begins with it."""


def contradictions(config: Config) -> Iterator[Contradiction]:
    """Find what does not go together; the file system and the network are not asked."""
    yield from _camera(config.camera)
    yield from _reading(config.reading)
    yield from _mqtt(config.mqtt)
    yield from _tls(config.mqtt)


def _camera(camera: CameraSection) -> Iterator[Contradiction]:
    if camera.focus_dioptres != CameraSection().focus_dioptres and camera.autofocus != "fixed":
        yield "camera.focus_dioptres", 'counts only with camera.autofocus = "fixed"'
    slowest_s = max(1 / camera.rate_hz, camera.exposure_us / 1e6)
    if camera.hang_after_s <= slowest_s:
        yield (
            "camera.hang_after_s",
            f"must be above {slowest_s:g}: so long takes one picture at this rate and exposure",
        )


def _reading(reading: ReadingSection) -> Iterator[Contradiction]:
    if reading.region is not None:
        for start, size, across in zip(
            reading.region[:2], reading.region[2:], ("width", "height"), strict=True
        ):
            # A hair more than the whole comes of sums such as 0.7 + 0.3.
            if size == 0 or start + size > 1 + 1e-9:
                yield (
                    "reading.region",
                    f"must lie within the picture: its {across} is {size:g} from {start:g} on",
                )


def _mqtt(mqtt: MqttSection) -> Iterator[Contradiction]:
    # None of these repeats what stands there: it may hold a password.
    if "@" in mqtt.host:
        yield (
            "mqtt.host",
            "must be a name alone; a user belongs in mqtt.username, a password in a file",
        )
    elif "/" in mqtt.host or any(character.isspace() for character in mqtt.host):
        yield "mqtt.host", "must be the broker's name or address alone, such as broker.local"
    elif mqtt.host.count(":") == 1 or mqtt.host.startswith("["):
        yield (
            "mqtt.host",
            "must be a name or address alone, without brackets; the port belongs in mqtt.port",
        )
    if not mqtt.websocket_path.startswith("/"):
        yield "mqtt.websocket_path", "must begin with /"
    if mqtt.password_file and not mqtt.password_file.startswith("/"):
        yield (
            "mqtt.password_file",
            "must be a file's whole path, from / on; the password itself stands in that file",
        )
    if mqtt.password_file and not mqtt.username and mqtt.protocol == "3.1.1":
        yield "mqtt.password_file", 'needs mqtt.username, or mqtt.protocol = "5"'


def _tls(mqtt: MqttSection) -> Iterator[Contradiction]:
    tls = mqtt.tls
    if tls.key_file and not tls.cert_file:
        yield "mqtt.tls.key_file", "needs mqtt.tls.cert_file, the certificate that it belongs to"
    for name in ("ca_file", "cert_file", "key_file"):
        if getattr(tls, name) and not tls.enabled:
            yield f"mqtt.tls.{name}", "does nothing unless mqtt.tls.enabled = true"
    if not tls.verify and not tls.enabled:
        yield "mqtt.tls.verify", "does nothing unless mqtt.tls.enabled = true"
