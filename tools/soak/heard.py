"""What an observer heard of one device's events and availability."""

import json
from collections.abc import Iterable

from inkwatch.publish.mqtt.topics import Topics
from tools.soak.observer import Heard, Observer


def event_ids(heard: Iterable[Heard], topics: Topics) -> list[str]:
    """The events' ids, in the order in which they came first."""
    found = [json.loads(h.payload)["id"] for h in heard if h.topic == topics.event]
    return list(dict.fromkeys(found))


def first_events(heard: Iterable[Heard], topics: Topics) -> list[dict[str, object]]:
    """The events in the order in which they came first; doubles are dropped by their ids."""
    found: dict[str, dict[str, object]] = {}
    for message in heard:
        if message.topic == topics.event:
            form = json.loads(message.payload)
            found.setdefault(form["id"], form)
    return list(found.values())


def said_offline(
    observer: Observer, topics: Topics, since_s: float, timeout_s: float
) -> float | None:
    """Seconds from then until `offline` was heard; None where it was not."""
    found: list[float] = []

    def heard_it(heard: list[Heard]) -> bool:
        found[:] = [
            h.at_s
            for h in heard
            if h.topic == topics.availability and h.payload == b"offline" and h.at_s >= since_s
        ]
        return bool(found)

    try:
        observer.wait_until(heard_it, timeout_s)
    except TimeoutError:
        return None
    return found[0] - since_s
