"""Where things are told: every topic of one device, all under `<base>/<device>/`."""

from dataclasses import dataclass

COMMAND_LEVEL = "cmd"
RESPONSE_LEVEL = "rsp"

LONGEST_NAME = 32
"""A command's name in a topic is no longer; what is longer is cut when it is answered."""


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one device. `base` and `device` are as the config allows them."""

    base: str
    device: str

    @property
    def root(self) -> str:
        """What all of them begin with, without a slash at its end."""
        return f"{self.base}/{self.device}"

    @property
    def availability(self) -> str:
        """`online` or `offline`; retained, and the last will."""
        return f"{self.root}/availability"

    @property
    def reading(self) -> str:
        """The last event, retained."""
        return f"{self.root}/reading"

    @property
    def event(self) -> str:
        """Each event once, in order; not retained."""
        return f"{self.root}/event"

    @property
    def camera(self) -> str:
        """How the camera is, retained."""
        return f"{self.root}/camera/status"

    @property
    def health(self) -> str:
        """How the device is, every minute; not retained."""
        return f"{self.root}/health"

    @property
    def problem(self) -> str:
        """What is wrong now, retained."""
        return f"{self.root}/problem"

    @property
    def image(self) -> str:
        """The last event's picture, JPEG, not retained; off unless the config says otherwise."""
        return f"{self.root}/image"

    @property
    def test(self) -> str:
        """What `inkwatch mqtt test` sends."""
        return f"{self.root}/test"

    @property
    def commands(self) -> str:
        """The filter for all commands."""
        return f"{self.root}/{COMMAND_LEVEL}/+"

    @property
    def retained(self) -> tuple[str, ...]:
        """Every topic that a broker may keep of this device."""
        return (self.availability, self.reading, self.camera, self.problem)

    def command(self, name: str) -> str:
        """Where a command is sent."""
        return f"{self.root}/{COMMAND_LEVEL}/{name}"

    def response(self, name: str) -> str:
        """Where a command is answered unless the asker names another topic."""
        return f"{self.root}/{RESPONSE_LEVEL}/{name}"

    def command_name(self, topic: str) -> str | None:
        """The command that a topic names; None where it is no command's topic."""
        beginning = self.command("")
        name = topic.removeprefix(beginning)
        return None if name == topic or not name or "/" in name else name

    def allows_response(self, topic: str) -> bool:
        """Whether an answer may go there: below this base, and no topic that means something else.

        Whoever may command the device must not make it write where they themselves may not: so
        only below `rsp`, the device's own or `<base>/rsp/`.
        """
        if not topic or len(topic) > 256 or any(c in topic for c in "+#\x00"):
            return False
        own, shared = self.response(""), f"{self.base}/{RESPONSE_LEVEL}/"
        return any(len(topic) > len(start) and topic.startswith(start) for start in (own, shared))


def discovery_topic(prefix: str, device: str) -> str:
    """Where Home Assistant looks for a device's description."""
    return f"{prefix}/device/{device}/config"


def birth_topic(prefix: str) -> str:
    """Where Home Assistant tells that it has started."""
    return f"{prefix}/status"
