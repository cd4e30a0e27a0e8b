"""The queue against a model: whatever is done in whatever order, full disks, any restart."""

import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from inkwatch.publish.mqtt.queue import Queue
from inkwatch.publish.mqtt.store import ROW_OVERHEAD_BYTES

BOUND = 4 * (300 + ROW_OVERHEAD_BYTES)


class QueueMachine(RuleBasedStateMachine):
    """The model is a list of ids and sizes, the oldest first."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "queue.db"
        self.model: list[tuple[str, int]] = []
        self.number = 0
        self.dropped = 0
        self.now_s = 0.0
        self.disk_is_full = False
        self.open()

    def open(self) -> None:
        self.queue = Queue(self.path, BOUND, clock=lambda: self.now_s)
        store = self.queue._disk._store
        assert store is not None
        add, remove = store.add, store.remove

        def guarded_add(*args: Any) -> Any:
            self.fail_if_full()
            return add(*args)

        def guarded_remove(*args: Any) -> Any:
            self.fail_if_full()
            return remove(*args)

        store.add = guarded_add  # type: ignore[method-assign, assignment]
        store.remove = guarded_remove  # type: ignore[method-assign, assignment]

    def fail_if_full(self) -> None:
        if self.disk_is_full:
            raise sqlite3.OperationalError("database or disk is full")

    @rule()
    def fill_the_disk(self) -> None:
        self.disk_is_full = True

    @rule()
    def make_room_on_the_disk(self) -> None:
        self.disk_is_full = False
        self.now_s += 60
        self.queue.tend()
        assert self.queue.problems == ()

    @rule(size=st.integers(0, 400))
    def put(self, size: int) -> None:
        self.number += 1
        self.queue.put(str(self.number), self.number, b"x" * size, 0.0)
        self.model.append((str(self.number), size + ROW_OVERHEAD_BYTES))
        while sum(cost for _, cost in self.model) > BOUND:
            self.model.pop(0)
            self.dropped += 1

    @rule()
    def put_the_last_again(self) -> None:
        if self.model:
            self.queue.put(self.model[-1][0], self.number, b"other", 0.0)

    @rule(which=st.sets(st.integers(0, 5)))
    def acknowledge(self, which: set[int]) -> None:
        messages = self.queue.peek(0, 100)
        gone = {m.id for at, m in enumerate(messages) if at in which}
        self.queue.acknowledge([m.place for m in messages if m.id in gone])
        self.model = [entry for entry in self.model if entry[0] not in gone]

    @rule()
    def acknowledge_what_is_gone(self) -> None:
        self.queue.acknowledge([0, 2**40])

    @rule()
    def reopen(self) -> None:
        self.make_room_on_the_disk()
        self.queue.close()
        self.open()

    @invariant()
    def it_is_as_the_model(self) -> None:
        if not hasattr(self, "queue"):
            return
        assert [m.id for m in self.queue.peek(0, 100)] == [name for name, _ in self.model]
        health = self.queue.health
        assert health.waiting == len(self.model)
        assert health.waiting_bytes == sum(cost for _, cost in self.model) <= BOUND
        assert health.dropped == self.dropped
        assert self.queue.last_sequence == self.number
        newest = self.queue.newest()
        assert (newest.id if newest else None) == (self.model[-1][0] if self.model else None)

    def teardown(self) -> None:
        if hasattr(self, "queue"):
            self.queue.close()
            self.folder.cleanup()


QueueMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestQueueMachine = QueueMachine.TestCase

PUTTER = """
import sys
from pathlib import Path
from inkwatch.publish.mqtt.queue import Queue
queue = Queue(Path(sys.argv[1]), 10_000_000)
number = queue.last_sequence
while True:
    number += 1
    queue.put(str(number), number, b"x" * 500, 0.0)
    print(number, flush=True)
    if number % 3 == 0:
        queue.acknowledge([queue.peek(0, 1)[0].place])
"""


def test_a_killed_process_loses_nothing_that_was_taken(tmp_path: Path) -> None:
    path = tmp_path / "queue.db"
    last = 0
    for stop_at in (1, 17, 40, 80):
        process = subprocess.Popen(
            [sys.executable, "-c", PUTTER, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        for line in process.stdout:
            last = int(line)
            if last >= stop_at:
                process.kill()
        process.wait(10)
        queue = Queue(path, 10_000_000)
        assert queue.problems == ()
        waiting = [int(message.id) for message in queue.peek(0, 10_000)]
        queue.close()
        # One more may have been taken that was not told any more.
        assert waiting[-1] in {last, last + 1}
        assert waiting == list(range(waiting[0], waiting[-1] + 1))
        assert waiting[0] - 1 in {last // 3 - 1, last // 3, last // 3 + 1}
