"""What people and programs may ask of the device over MQTT, and how that is kept harmless."""

import logging
import queue
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from inkwatch.publish.mqtt.messages import Incoming, Outgoing
from inkwatch.publish.mqtt.payloads import RESPONSE_SCHEMA, ResponseForm
from inkwatch.publish.mqtt.topics import LONGEST_NAME, Topics

LARGEST_BYTES = 1024
"""A command's payload is no larger."""

LONGEST_ID = 128
LARGEST_CORRELATION_BYTES = 128

BURST = 10
PER_SECOND = 2.0
WAITING = 8
"""So many commands wait for the daemon at the most."""

STALE_S = 30.0
"""A command that waited for so long in the daemon is not obeyed any more."""

_log = logging.getLogger("inkwatch")

ResultValue = str | int | float | bool | None


class CommandName(StrEnum):
    """What can be asked. The values are the topics' last level."""

    READ = "read"
    """Read what lies there now, changed or not."""
    PAUSE = "pause"
    RESUME = "resume"
    SNAPSHOT = "snapshot"
    """Send the picture as it is now to `image`."""
    STATUS = "status"


class RequestForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A command's payload, which may also be empty."""

    id: str | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """A command to obey. `received_s` is monotonic; the rest goes back with the answer."""

    name: CommandName
    id: str | None
    correlation: bytes | None
    response_topic: str
    received_s: float

    def is_stale(self, now_s: float) -> bool:
        """Whether it waited for so long that nobody expects it to be obeyed."""
        return now_s - self.received_s > STALE_S


@dataclass(frozen=True, slots=True)
class Rejection:
    """A command that is not obeyed, and the answer to it."""

    name: str
    id: str | None
    correlation: bytes | None
    response_topic: str
    error: str


_NAMES = frozenset(CommandName)
_decoder = msgspec.json.Decoder(RequestForm)


def parse_command(topics: Topics, message: Incoming, now_s: float) -> Command | Rejection | None:
    """Understand a message strictly.

    Returns:
        The command; or why it is not obeyed; or None for what gets no answer: what was retained (it
        was said in the past, to nobody), and what is no command's topic.
    """
    name = topics.command_name(message.topic)
    if name is None or message.retained:
        return None
    cut = name[:LONGEST_NAME]
    shown = "".join(c if c.isprintable() and c not in "+#" else "?" for c in cut)
    correlation, why = message.correlation, ""
    if correlation is not None and len(correlation) > LARGEST_CORRELATION_BYTES:
        correlation, why = None, "the correlation data is too long"
    answer_to, why_not_there = _answer_to(topics, message.response_topic, shown)
    request, why_not_understood = _read_request(message.payload)
    why = why or why_not_there or why_not_understood
    if not why and name in _NAMES:
        return Command(CommandName(name), request.id, correlation, answer_to, now_s)
    why = why or f"there is no command {shown}; there are {', '.join(CommandName)}"
    return Rejection(shown, request.id, correlation, answer_to, why)


def _answer_to(topics: Topics, wanted: str, name: str) -> tuple[str, str]:
    """Where the answer goes, and why not where it was wanted, '' where it does."""
    usual = topics.response(name)
    if not wanted:
        return usual, ""
    if topics.allows_response(wanted):
        return wanted, ""
    return usual, f"answers go below {topics.response('')} only"


def _read_request(payload: bytes) -> tuple[RequestForm, str]:
    """What a payload says, and why that is not taken, '' where it is."""
    nothing = RequestForm()
    if len(payload) > LARGEST_BYTES:
        return nothing, f"the payload is larger than {LARGEST_BYTES} bytes"
    try:
        request = _decoder.decode(payload) if payload.strip() else nothing
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return nothing, f"the payload is not understood ({error}); send nothing, or an id"
    if request.id is not None and len(request.id) > LONGEST_ID:
        return nothing, "the id is too long"
    return request, ""


class TokenBucket:
    """Lets `PER_SECOND` through in the long run, `BURST` at once."""

    def __init__(self, now_s: float) -> None:
        self._tokens = float(BURST)
        self._filled_s = now_s

    def take(self, now_s: float) -> bool:
        """Whether one more may pass now."""
        gained = max(0.0, now_s - self._filled_s) * PER_SECOND
        self._tokens = min(float(BURST), self._tokens + gained)
        self._filled_s = now_s
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class CommandDesk:
    """Takes commands from the broker, hands them to the daemon, sends its answers.

    What comes too fast is dropped without an answer, unknown and malformed commands included, so
    that nobody can make the device busy, or make it fill the broker. Each answer carries its
    asker's correlation data (MQTT 5) and `id`.
    """

    def __init__(
        self,
        topics: Topics,
        send: Callable[[Outgoing], None],
        *,
        pictures: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the desk.

        Args:
            topics: the device's.
            send: sends an answer; must not block.
            pictures: whether pictures may leave the device, and so whether `snapshot` is obeyed.
            clock: monotonic seconds.
        """
        self._topics = topics
        self._send = send
        self._pictures = pictures
        self._clock = clock
        self._bucket = TokenBucket(clock())
        self._told_s: float | None = None
        self.commands: queue.Queue[Command] = queue.Queue(maxsize=WAITING)
        """What the daemon is to obey, oldest first."""
        self.dropped = 0
        """How many came too fast."""

    def take(self, message: Incoming) -> None:
        """Take a message from the broker."""
        now_s = self._clock()
        if message.retained:
            return
        if not self._bucket.take(now_s):
            self._too_fast(now_s)
            return
        parsed = parse_command(self._topics, message, now_s)
        match parsed:
            case None:
                return
            case Rejection():
                self._answer(parsed, error=parsed.error)
            case Command(name=CommandName.SNAPSHOT) if not self._pictures:
                self._answer(parsed, error="pictures are off: set mqtt.image = true to allow them")
            case Command():
                try:
                    self.commands.put_nowait(parsed)
                except queue.Full:
                    self._answer(parsed, error="busy with earlier commands; ask again")

    def respond(
        self,
        command: Command,
        result: Mapping[str, ResultValue] | None = None,
        *,
        error: str = "",
    ) -> None:
        """Answer a command that was obeyed, or that could not be (`error`)."""
        self._answer(command, error=error, result=dict(result or {}))

    def _answer(
        self,
        asked: Command | Rejection,
        *,
        error: str,
        result: dict[str, ResultValue] | None = None,
    ) -> None:
        form = ResponseForm(
            schema=RESPONSE_SCHEMA,
            device=self._topics.device,
            command=str(asked.name),
            id=asked.id,
            ok=not error,
            error=error,
            result=result or {},
        )
        payload = msgspec.json.encode(form)
        self._send(Outgoing(asked.response_topic, payload, correlation=asked.correlation))

    def _too_fast(self, now_s: float) -> None:
        self.dropped += 1
        if self._told_s is None or now_s - self._told_s > 60:
            self._told_s = now_s
            _log.warning("Commands come too fast; %d were dropped so far.", self.dropped)
