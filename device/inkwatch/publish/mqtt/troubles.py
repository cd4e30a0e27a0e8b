"""What is wrong with the broker, in words for people: all in the log, refusals as problems too."""

import logging
import time
from collections import deque

from inkwatch.publish.mqtt.caution import OnTheWay

LOG_AGAIN_S = 600.0
"""The same sentence is not logged again before."""

OUTAGES = 5
"""So many outages are logged in that time at the most, by one line each."""

_log = logging.getLogger("inkwatch")


class Troubles:
    """Written by the sender's thread, read by any.

    Why there is no connection stands in the log alone: told to the broker it would be told when it
    is no longer true.
    """

    def __init__(self) -> None:
        self._connected_before = False
        self._told_of_outage: set[str] = set()
        self._outages_s: deque[float] = deque(maxlen=OUTAGES)
        self._refusals: dict[str, str] = {}
        self._unheard: dict[str, str] = {}
        self._logged: dict[str, float] = {}

    @property
    def all(self) -> tuple[str, ...]:
        """What the broker does not allow now, each with what mends it; all of it is logged."""
        return (*self._refusals.copy().values(), *self._unheard.copy().values())

    def connected(self, address: str) -> None:
        """A connection begins."""
        self._unheard.clear()
        if not self._connected_before:
            _log.info("Connected to the broker %s.", address)
        elif self._told_of_outage:
            _log.info("Connected to the broker %s again.", address)
        self._connected_before = True
        self._told_of_outage.clear()

    def away(self, words: str, *, lasting: bool) -> None:
        """There is no connection, or no longer: one line an outage.

        A `lasting` fault, which somebody must mend, is told also after another one, once.
        """
        told = self._told_of_outage
        if words in told or (told and not lasting):
            return
        now_s = time.monotonic()
        if not told:
            # What comes and goes all day shall not fill the journal, and the card.
            if len(self._outages_s) == OUTAGES and now_s - self._outages_s[0] < LOG_AGAIN_S:
                return
            self._outages_s.append(now_s)
        told.add(words)
        _log.warning("%s", words)

    def refused(self, topic: str, words: str) -> None:
        """A message to that topic was not taken."""
        if self._refusals.get(topic) != words:
            self._log_once(logging.WARNING, words)
        self._refusals[topic] = words

    def delivered(self, sent: list[OnTheWay]) -> None:
        """What was not taken before is taken now."""
        for each in sent:
            if self._refusals.pop(each.topic, None) is not None:
                self._log_once(logging.INFO, f"The broker takes what is sent to {each.topic}.")

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
