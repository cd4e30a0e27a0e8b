"""Carries what there is to tell to the broker, in a thread of its own, for years."""

import logging
import random
import threading
import time

from inkwatch.publish.mqtt.backoff import Backoff
from inkwatch.publish.mqtt.broker import Broker, Connection, ConnectionLostError, Will
from inkwatch.publish.mqtt.caution import Caution
from inkwatch.publish.mqtt.delivery import Delivery
from inkwatch.publish.mqtt.faults import BrokerFault
from inkwatch.publish.mqtt.listening import Listening, Subscriptions
from inkwatch.publish.mqtt.outbox import Outbox
from inkwatch.publish.mqtt.payloads import OFFLINE, ONLINE
from inkwatch.publish.mqtt.queue import Queue
from inkwatch.publish.mqtt.topics import Topics
from inkwatch.publish.mqtt.troubles import Troubles

_log = logging.getLogger("inkwatch")


class Sender:
    """Connects, and connects again after pauses; what goes over a connection is `Delivery`'s."""

    def __init__(
        self,
        broker: Broker,
        queue: Queue,
        topics: Topics,
        outbox: Outbox,
        subscriptions: Subscriptions,
        *,
        chance: random.Random | None = None,
    ) -> None:
        self._broker = broker
        self._queue = queue
        self._topics = topics
        chance = chance or random.Random()  # noqa: S311 - spreads load, guards nothing
        self._backoff = Backoff(chance)
        self._thread = threading.Thread(target=self._run, name="inkwatch-mqtt", daemon=True)
        self._stop = threading.Event()
        self._deadline_s = 0.0
        self._connected = False
        self._connections = 0
        self._troubles = Troubles()
        self._caution = Caution()
        listening = Listening(subscriptions, topics, outbox, chance)
        self._delivery = Delivery(
            queue,
            topics,
            outbox,
            listening=listening,
            troubles=self._troubles,
            caution=self._caution,
        )
        outbox.set_state(topics.availability, lambda: ONLINE)

    @property
    def connected(self) -> bool:
        """Whether the broker has taken us in, and we have not noticed since that it is gone."""
        return self._connected

    @property
    def reconnects(self) -> int:
        """How often a lost connection was made again."""
        return max(0, self._connections - 1)

    @property
    def problems(self) -> tuple[str, ...]:
        """What the broker does not allow now, each with what mends it."""
        return self._troubles.all

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def wake(self) -> None:
        """Look at queue and outbox now."""
        self._broker.wake()

    def close(self, timeout_s: float) -> bool:
        """Tell `offline` and end.

        Returns:
            False where it did not end in time; it ends with the process then.
        """
        self._deadline_s = time.monotonic() + timeout_s
        self._stop.set()
        self._broker.wake()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            lasting = False
            try:
                connection = self._broker.connect(Will(self._topics.availability, OFFLINE))
            except BrokerFault as fault:
                lasting = fault.lasting
                self._troubles.away(str(fault), lasting=lasting)
            except Exception:
                _log.exception("The connection to the broker failed in an unknown way.")
            else:
                if self._stop.is_set():
                    # Somebody else may tell in our place already: no `offline` from us.
                    connection.close()
                    return
                self._hold(connection)
            self._queue.tend()
            if not self._stop.is_set():
                self._stop.wait(self._backoff.pause(time.monotonic(), lasting=lasting))

    def _hold(self, connection: Connection) -> None:
        """Use a connection until it is lost or all is to end."""
        self._caution.began(time.monotonic())
        try:
            self._connections += 1
            self._connected = True
            self._troubles.connected(self._broker.address)
            self._delivery.begin(connection)
            while not self._stop.is_set():
                self._delivery.turn(connection)
            self._delivery.goodbye(connection, self._deadline_s)
            connection.close()
        except ConnectionLostError as error:
            verdict = self._caution.lost(time.monotonic(), self._delivery.on_the_way)
            if verdict.culprit is not None:
                self._delivery.deny(verdict.culprit, "it hangs up each time")
            words = f"The connection to {self._broker.address} is lost: {error}.{verdict.hint}"
            self._troubles.away(words, lasting=bool(verdict.hint))
        except Exception:
            _log.exception("The connection to the broker is given up for a fault in Inkwatch.")
        finally:
            self._connected = False
            connection.drop()
            if self._caution.held(time.monotonic()):
                self._backoff.succeeded()
