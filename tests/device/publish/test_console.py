"""What the console tells, and what goes to the log instead."""

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from inkwatch.camera.faults import FaultKind
from inkwatch.camera.status import CameraState, CameraStatus
from inkwatch.errors import OutputError
from inkwatch.publish.console import ConsoleTeller
from inkwatch.reading import Reading
from inkwatch.watch.event import ChangedLine, Event, EventKind, LineChange, Trigger


@pytest.fixture
def event(reading: Reading) -> Event:
    return Event(
        id="1c0f5a5e-6f0c-4f6e-9d0a-0a8b8f2f5b11",
        sequence=7,
        kind=EventKind.NEW,
        trigger=Trigger.SEEN,
        reading=reading,
        raw=reading.text,
        unsure=0,
        changes=(),
        source="picamera2:0",
        monotonic_s=100.0,
        wall_time=datetime(2026, 3, 1, tzinfo=UTC),
        time_synced=True,
    )


class Out:
    """Takes what is written, or fails."""

    def __init__(self) -> None:
        self.text = ""
        self.fails_with: Exception | None = None

    def __call__(self, text: str) -> None:
        if self.fails_with is not None:
            raise self.fails_with
        self.text += text


@pytest.fixture
def out() -> Out:
    return Out()


def teller(out: Out, form: str = "text") -> ConsoleTeller:
    return ConsoleTeller(form, "inkwatch-1", out, lambda: 102.0)  # type: ignore[arg-type]


def test_a_page_is_its_text_and_a_blank_line(event: Event, out: Out) -> None:
    teller(out).event(event)
    assert out.text == "Hi me\nx\n\n"


def test_of_a_changed_page_the_lines_that_differ_are_told(event: Event, out: Out) -> None:
    changes = (
        ChangedLine(LineChange.CHANGED, "Hi you", "Hi me"),
        ChangedLine(LineChange.ADDED, "", "x"),
        ChangedLine(LineChange.REMOVED, "y", ""),
    )
    teller(out).event(replace(event, kind=EventKind.CHANGED, changes=changes))
    assert out.text == "(changed)\n- Hi you\n+ Hi me\n+ x\n- y\n\n"


def test_a_cleared_page_is_told_plainly(event: Event, out: Out) -> None:
    bare = replace(event.reading, lines=())
    teller(out).event(replace(event, kind=EventKind.CLEARED, reading=bare, raw=""))
    assert out.text == "(cleared)\n\n"


@pytest.mark.parametrize(
    ("pattern", "raw", "rows"),
    [
        (True, "Milk", "(cleared: what is there does not fit the pattern)"),
        (True, "", "(cleared)"),
        (False, "Milk", "(cleared)"),
    ],
)
def test_a_page_that_went_for_one_that_does_not_fit_the_pattern_says_why(
    pattern: bool, raw: str, rows: str, event: Event, out: Out
) -> None:
    told = teller(out)
    told.pattern = pattern
    bare = replace(event.reading, lines=())
    told.event(replace(event, kind=EventKind.CLEARED, reading=bare, raw=raw, unsure=1))
    assert out.text == f"{rows}\n\n"


def test_a_page_without_a_sure_word_says_so(
    event: Event, out: Out, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "inkwatch")
    bare = replace(event.reading, lines=())
    teller(out).event(replace(event, reading=bare, raw="qx", unsure=1))
    assert out.text == "(nothing sure)\n\n"
    assert "qx" not in out.text
    assert "1 word was too unsure to be told; " in caplog.text


def test_words_that_are_left_out_may_be_the_patterns_fault(
    event: Event, out: Out, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "inkwatch")
    told = teller(out)
    told.pattern = True
    told.event(replace(event, unsure=2))
    assert "2 words were too unsure to be told, or do not fit the pattern; " in caplog.text


def test_json_is_one_object_a_line(event: Event, out: Out) -> None:
    told = teller(out, "json")
    told.event(event)
    told.event(replace(event, sequence=8))
    forms = [json.loads(line) for line in out.text.splitlines()]
    assert [form["sequence"] for form in forms] == [7, 8]
    assert forms[0]["device"] == "inkwatch-1"
    assert forms[0]["age_s"] == 2.0


def test_none_writes_nothing(event: Event, out: Out) -> None:
    teller(out, "none").event(event)
    assert out.text == ""


def test_a_full_disk_is_told_once_and_does_not_end_it(
    event: Event, out: Out, caplog: pytest.LogCaptureFixture
) -> None:
    told = teller(out)
    out.fails_with = OutputError("Standard output cannot be written: disk full.")
    told.event(event)
    told.event(event)
    assert caplog.text.count("disk full") == 1
    out.fails_with = None
    told.event(event)
    assert out.text == "Hi me\nx\n\n"


def test_a_pipe_that_nobody_reads_is_told_to_the_caller(event: Event, out: Out) -> None:
    out.fails_with = BrokenPipeError()
    with pytest.raises(BrokenPipeError):
        teller(out).event(event)


def test_the_camera_is_logged_when_it_changes(out: Out, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "inkwatch")
    told = teller(out)
    running = CameraStatus(CameraState.RUNNING, "clip.mp4", 1.0)
    told.camera(running)
    told.camera(replace(running, restarts=2))
    told.camera(replace(running, state=CameraState.FAILED, kind=FaultKind.HUNG, message="hung"))
    told.camera(running)
    told.camera(replace(running, state=CameraState.ENDED))
    assert caplog.messages == [
        "Watching through clip.mp4.",
        "Watching through clip.mp4.",
        "clip.mp4 is over.",
    ]
    assert out.text == ""


def test_problems_are_logged_when_they_come_and_go(
    out: Out, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "inkwatch")
    told = teller(out)
    for problems in ((), ("hot",), ("hot", "full"), ("full",), ()):
        told.problem(problems)
    assert caplog.messages == ["hot", "full", "No longer: hot", "No longer: full"]


def test_what_is_logged_where_it_is_found_is_not_logged_again(
    out: Out, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "inkwatch")
    told = teller(out)
    told.problem(("hot", "refused"), ("refused",))
    told.problem(("hot",))
    assert caplog.messages == ["hot"]
