"""A real Mosquitto, where it is installed; a fake broker everywhere."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tools.soak.mosquitto import Mosquitto, mosquitto_program

MakeMosquitto = Callable[..., Mosquitto]


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[MakeMosquitto]:
    """`mosquitto(users=…)` starts a broker, which ends with the test."""
    if mosquitto_program() is None:
        pytest.skip("Mosquitto is not installed: apt install mosquitto")
    running: list[Mosquitto] = []

    def make(**settings: Any) -> Mosquitto:
        broker = Mosquitto(tmp_path / f"broker{len(running)}", **settings)
        running.append(broker)
        return broker.start()

    yield make
    for broker in running:
        broker.stop()
