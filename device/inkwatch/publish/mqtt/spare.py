"""Events that are kept in memory while the disk takes none."""

from collections.abc import Collection

from inkwatch.publish.mqtt.store import Message


class Spare:
    """Holds messages in order, up to a bound; beyond it the oldest goes."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._messages: list[Message] = []
        self._cost = 0

    def __len__(self) -> int:
        return len(self._messages)

    @property
    def cost(self) -> int:
        """Bytes that they count for together."""
        return self._cost

    @property
    def newest(self) -> Message | None:
        """The one that was put last."""
        return self._messages[-1] if self._messages else None

    def has(self, event_id: str) -> bool:
        """Whether a message with that id is here."""
        return any(message.id == event_id for message in self._messages)

    def after(self, place: int) -> list[Message]:
        """Those behind a place, in order."""
        return [message for message in self._messages if message.place > place]

    def oldest(self, count: int) -> list[Message]:
        """The first so many."""
        return self._messages[:count]

    def put(self, message: Message) -> list[Message]:
        """Keep one; gives those that had to go for it."""
        self._messages.append(message)
        self._cost += message.cost
        gone = 0
        while self._cost > self._max_bytes:
            self._cost -= self._messages[gone].cost
            gone += 1
        dropped, self._messages = self._messages[:gone], self._messages[gone:]
        return dropped

    def remove(self, places: Collection[int]) -> None:
        """Let messages go, where they are here."""
        self._messages = [message for message in self._messages if message.place not in places]
        self._cost = sum(message.cost for message in self._messages)
