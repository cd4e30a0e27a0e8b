"""What is wrong with the broker, in words for people: as problems, and in the log."""

import logging
import time

from inkwatch.publish.mqtt.caution import OnTheWay

LOG_AGAIN_S = 600.0
"""The same sentence is not logged again before."""

_log = logging.getLogger("inkwatch")


class Troubles:
    """Written by the sender's thread, read by any.

    Attributes:
        fault: why there is no connection, or what broke it; '' while all is well.
    """

    def __init__(self) -> None:
        self.fault = ""
        self._refusals: dict[str, str] = {}
        self._unheard: dict[str, str] = {}
        self._logged: dict[str, float] = {}

    @property
    def all(self) -> tuple[str, ...]:
        """What is wrong now, each with what mends it."""
        fault = self.fault
        refusals = (*self._refusals.copy().values(), *self._unheard.copy().values())
        return (*((fault,) if fault else ()), *refusals)

    def connected(self, address: str) -> None:
        """A connection begins."""
        self._unheard.clear()
        self.fault = ""
        self._log_once(logging.INFO, f"Connected to the broker {address}.")

    def tell(self, words: str) -> None:
        """There is no connection, or no longer."""
        self.fault = words
        self._log_once(logging.WARNING, words)

    def refused(self, topic: str, words: str) -> None:
        """A message to that topic was not taken."""
        self._log_once(logging.WARNING, words)
        self._refusals[topic] = words

    def delivered(self, sent: list[OnTheWay]) -> None:
        """What was not taken before is taken now."""
        for each in sent:
            self._refusals.pop(each.topic, None)

    def unheard(self, topics: tuple[str, ...]) -> None:
        """The broker does not let us listen to these."""
        for topic in topics:
            self._unheard[topic] = (
                f"The broker does not let this device listen to {topic}. Allow it in "
                "the broker's access list."
            )
            self._log_once(logging.WARNING, self._unheard[topic])

    def _log_once(self, level: int, words: str) -> None:
        """A connection that comes and goes all day shall not fill the journal, and the card."""
        now_s = time.monotonic()
        if now_s - self._logged.get(words, -LOG_AGAIN_S) >= LOG_AGAIN_S:
            if len(self._logged) > 50:
                self._logged.clear()
            self._logged[words] = now_s
            _log.log(level, "%s", words)
