"""Every setting there is, with its meaning, its bounds and its default.

The reference page and the example file are made of these types: a description is written for the
one who edits the file. Units stand in the names.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from inkwatch.engine import Engine

Share = Annotated[float, Meta(ge=0.0, le=1.0)]
"""A share of the whole, from 0 to 1."""


SAMPLE = "sample"
"""The source that is the video which ships."""


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file."""


class DeviceSection(Section, frozen=True):
    """Which device this is."""

    id: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9_-]{0,64}$",
            extra={"expected": "at most 64 letters, digits, `-` and `_`"},
            description="Names the device in topics and in Home Assistant; letters, digits, `-` "
            "and `_`. Empty: `inkwatch-` and eight characters made of the machine's id.",
        ),
    ] = ""
    name: Annotated[
        str, Meta(max_length=100, description="What people call it. Empty: the host's name.")
    ] = ""


class CameraSection(Section, frozen=True):
    """Where the pictures come from."""

    source: Annotated[
        str,
        Meta(
            min_length=1,
            description="`auto` takes what is there: a Raspberry Pi camera, else a USB camera. "
            "`picamera2` or `picamera2:1` (the second one), `v4l2` or `/dev/video2`, or the path "
            "of a picture, a video, or a folder into which pictures are dropped. `sample` is the "
            "video that ships.",
        ),
    ] = "auto"
    width_px: Annotated[
        int, Meta(ge=64, le=9152, description="Width of the pictures that are read.")
    ] = 2304
    height_px: Annotated[
        int, Meta(ge=64, le=6944, description="Height of the pictures that are read.")
    ] = 1296
    sensor_region: Annotated[
        tuple[Share, Share, Share, Share] | None,
        Meta(
            description="The part of the sensor that fills the picture, for `picamera2` only: "
            "left, top, width, height as shares from 0 to 1. It grows to the picture's shape. "
            "Left out: all of it.",
            examples=["[0.25, 0.25, 0.5, 0.5]"],
        ),
    ] = None
    rate_hz: Annotated[
        float, Meta(gt=0.0, le=60.0, description="How many pictures are looked at in a second.")
    ] = 5.0
    autofocus: Annotated[
        Literal["continuous", "single", "fixed", "none"],
        Meta(
            description="`continuous` follows, `single` focuses once at the start, `fixed` stays "
            "at `focus_dioptres`, `none` for cameras that cannot focus. What the camera "
            "cannot do is left out and told in the log."
        ),
    ] = "continuous"
    focus_dioptres: Annotated[
        float,
        Meta(ge=0.0, le=32.0, description="For `fixed`: 1 / distance in metres; 4 is 25 cm."),
    ] = 4.0
    exposure_us: Annotated[
        int, Meta(ge=0, le=10_000_000, description="Exposure in microseconds; 0 is automatic.")
    ] = 0
    gain: Annotated[float, Meta(ge=0.0, le=64.0, description="Analogue gain; 0 is automatic.")] = (
        0.0
    )
    hang_after_s: Annotated[
        float,
        Meta(
            ge=0.5,
            le=60.0,
            description="A camera that gives nothing for so long is dropped and started again.",
        ),
    ] = 3.0


class ReadingSection(Section, frozen=True):
    """How a page is read."""

    model: Annotated[
        str, Meta(description="A bundle's name or folder. Empty: the one that ships.")
    ] = ""
    engine: Annotated[
        Engine,
        Meta(
            description="What is read at once: single `characters`, whole `lines`, or `auto`, each "
            "line as suits it: joined writing whole."
        ),
    ] = "auto"
    lines_model: Annotated[
        str,
        Meta(
            description="The bundle that reads whole lines, by name or folder. Empty: the one that "
            "ships."
        ),
    ] = ""
    language: Annotated[
        str,
        Meta(min_length=1, description="A lexicon's name or file; `none` knows no words."),
    ] = "en"
    pattern: Annotated[
        str,
        Meta(
            description="What every word looks like: `digits`, `number`, `capitals`, `letters`, "
            "`code`, a regular expression, or `@FILE` with all words that there can "
            "be. Empty: none."
        ),
    ] = ""
    words_file: Annotated[
        str, Meta(description="A text file of words beside the language's. Empty: none.")
    ] = ""
    region: Annotated[
        tuple[Share, Share, Share, Share] | None,
        Meta(
            examples=["[0.1, 0.0, 0.8, 0.5]"],
            description="The part of the picture to look at: left, top, width, height as shares "
            "from 0 to 1, such as `[0.1, 0.0, 0.8, 0.5]`. Left out: all of it.",
        ),
    ] = None
    rotation: Annotated[
        Literal["auto", 0, 90, 180, 270],
        Meta(
            description="By how many degrees clockwise a page is turned to stand upright. `auto` "
            "finds out, which costs time where pages read badly."
        ),
    ] = "auto"
    min_confidence: Annotated[
        Share,
        Meta(description="Words below this are told in `raw` with the reason, never in `text`."),
    ] = 0.5


class WatchSection(Section, frozen=True):
    """When a view is worth reading."""

    settle_s: Annotated[
        float, Meta(ge=0.0, le=60.0, description="A view is read once it was still for so long.")
    ] = 0.4
    votes: Annotated[
        int,
        Meta(
            ge=1,
            le=5,
            description="How many pictures of one view are read at the most where the first is not "
            "sure; what most of them say is told.",
        ),
    ] = 3
    change_share: Annotated[
        Share,
        Meta(description="Share of the view that must differ for it to count as changed."),
    ] = 0.002
    tell_cleared: Annotated[
        bool, Meta(description="Whether it is told when a page that was told is gone.")
    ] = True
    interval_s: Annotated[
        float,
        Meta(
            ge=0.0,
            le=86_400.0,
            description="Read at least so often, changed or not; 0 reads only what changed.",
        ),
    ] = 0.0


class ConsoleSection(Section, frozen=True):
    """What is written to standard output; under systemd it goes to the journal."""

    format: Annotated[
        Literal["text", "json", "none"],
        Meta(description="`text`, `json` (one object a line), or `none`."),
    ] = "text"


class TlsSection(Section, frozen=True):
    """Encryption between device and broker."""

    enabled: Annotated[bool, Meta(description="Whether to use TLS.")] = False
    ca_file: Annotated[
        str, Meta(description="Your own authority's certificate, PEM. Empty: the system's.")
    ] = ""
    cert_file: Annotated[
        str, Meta(description="The device's own certificate, PEM. Empty: none.")
    ] = ""
    key_file: Annotated[str, Meta(description="The certificate's private key, PEM.")] = ""
    verify: Annotated[
        bool,
        Meta(
            description="Whether the broker must prove who it is. Without, anyone on the way can "
            "read along."
        ),
    ] = True


class QueueSection(Section, frozen=True):
    """Where readings wait for the broker."""

    path: Annotated[
        str,
        Meta(
            description="The file. Empty: `queue.db` in the service's state folder, else in "
            "`~/.local/state/inkwatch`."
        ),
    ] = ""
    max_bytes: Annotated[
        int,
        Meta(
            ge=65_536,
            le=17_179_869_184,
            description="How much may wait; beyond it the oldest is dropped, counted and told.",
        ),
    ] = 16 * 1024 * 1024


class HomeAssistantSection(Section, frozen=True):
    """Discovery by Home Assistant."""

    enabled: Annotated[bool, Meta(description="Whether the device announces itself.")] = True
    prefix: Annotated[
        str,
        Meta(
            pattern=r"^[^+#$][^+#]{0,99}$",
            extra={"expected": "a topic of 1 to 100 characters without `+`, `#` or a leading `$`"},
            description="Home Assistant's discovery prefix.",
        ),
    ] = "homeassistant"


class MqttSection(Section, frozen=True):
    """Telling over MQTT. Without a host nothing is sent."""

    host: Annotated[
        str, Meta(max_length=253, description="The broker's name or address. Empty: no MQTT.")
    ] = ""
    port: Annotated[int, Meta(ge=0, le=65_535, description="0: 1883, or 8883 with TLS.")] = 0
    base: Annotated[
        str,
        Meta(
            pattern=r"^[^+#/$](?:[^+#]{0,98}[^+#/])?$",
            extra={
                "expected": "a topic of 1 to 100 characters that neither begins nor ends with `/`, "
                "without `+`, `#` or a leading `$`"
            },
            description="Topics begin with this and the device's id.",
        ),
    ] = "inkwatch"
    protocol: Annotated[Literal["5", "3.1.1"], Meta(description="MQTT's version.")] = "5"
    transport: Annotated[Literal["tcp", "websockets"], Meta(description="How to connect.")] = "tcp"
    websocket_path: Annotated[str, Meta(description="The path, for websockets.")] = "/mqtt"
    username: Annotated[str, Meta(description="The user. Empty: none.")] = ""
    password_file: Annotated[
        str,
        Meta(
            description="A file that only its owner can read (mode 0600), with the password. A "
            "systemd credential `mqtt-password` or INKWATCH_MQTT_PASSWORD is taken before it."
        ),
    ] = ""
    keepalive_s: Annotated[
        int, Meta(ge=5, le=3600, description="After 1.5 times this the broker gives us up.")
    ] = 15
    image: Annotated[
        bool, Meta(description="Whether each reading's picture is sent too, as JPEG.")
    ] = False
    commands: Annotated[bool, Meta(description="Whether commands over MQTT are obeyed.")] = True
    tls: TlsSection = TlsSection()
    queue: QueueSection = QueueSection()
    home_assistant: HomeAssistantSection = HomeAssistantSection()


class HealthSection(Section, frozen=True):
    """How the device tells how it is."""

    every_s: Annotated[float, Meta(ge=1.0, le=86_400.0, description="How often it is told.")] = 60.0
    slow_above_c: Annotated[
        float,
        Meta(ge=40.0, le=120.0, description="Above this temperature fewer pictures are looked at."),
    ] = 80.0


class Config(Section, frozen=True):
    """All settings."""

    device: DeviceSection = DeviceSection()
    camera: CameraSection = CameraSection()
    reading: ReadingSection = ReadingSection()
    watch: WatchSection = WatchSection()
    console: ConsoleSection = ConsoleSection()
    mqtt: MqttSection = MqttSection()
    health: HealthSection = HealthSection()
