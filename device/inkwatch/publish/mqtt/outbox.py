"""What is to be sent beside the events: states, of which only the newest counts, and answers."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from inkwatch.publish.mqtt.messages import Outgoing

ANSWERS = 32
"""So many answers wait at the most; with more the oldest goes: who asked that long ago is gone."""


@dataclass(slots=True)
class _State:
    render: Callable[[], bytes]
    retain: bool
    version: int = 1
    sent: int = 0
    on_the_way: bool = False
    not_before_s: float = 0.0


class Outbox:
    """Holds states by topic and answers in order. For use by several threads.

    A state that is set again before it was sent is sent once, as it is then. Retained ones are sent
    again at each connection; others only once.
    """

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._states: dict[str, _State] = {}
        self._answers: deque[Outgoing] = deque(maxlen=ANSWERS)

    def set_state(self, topic: str, render: Callable[[], bytes], *, retain: bool = True) -> None:
        """Set what a topic is to say; `render` gives the payload at the moment it is sent."""
        with self._mutex:
            state = self._states.setdefault(topic, _State(render, retain, version=0))
            state.render, state.retain = render, retain
            state.version += 1

    def answer(self, message: Outgoing) -> None:
        """Send a message once."""
        with self._mutex:
            self._answers.append(message)

    def repeat(self, topic: str) -> None:
        """Send a state again as it is."""
        with self._mutex:
            if state := self._states.get(topic):
                state.sent = 0

    def hold(self, topic: str, until_s: float) -> None:
        """Keep a state back until then (monotonic); what is retained is sent again after it."""
        with self._mutex:
            if state := self._states.get(topic):
                state.not_before_s = until_s
                if state.retain:
                    state.sent = 0

    def connected(self) -> None:
        """A connection begins: all retained states are to be sent, whatever was on the way."""
        with self._mutex:
            for state in self._states.values():
                state.on_the_way = False
                if state.retain:
                    state.sent = 0

    def take(self) -> Outgoing | None:
        """Give what is to be sent next, states first, in the order in which they were first set.

        A state stays away until `arrived` says that its last message did.
        """
        now_s = time.monotonic()
        with self._mutex:
            for topic, state in self._states.items():
                if state.on_the_way or state.not_before_s > now_s:
                    continue
                if state.sent != state.version:
                    state.sent = state.version
                    state.on_the_way = True
                    return Outgoing(topic, state.render(), state.retain)
            return self._answers.popleft() if self._answers else None

    def give_back(self, message: Outgoing) -> None:
        """Take back what could not be sent now; it comes next."""
        with self._mutex:
            state = self._states.get(message.topic)
            if state is not None and state.on_the_way:
                state.on_the_way = False
                state.sent = 0
            else:
                self._answers.appendleft(message)

    def arrived(self, topic: str) -> None:
        """The broker has a message of that topic, or will not have it."""
        with self._mutex:
            if state := self._states.get(topic):
                state.on_the_way = False
