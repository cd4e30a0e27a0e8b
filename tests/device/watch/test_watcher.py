"""Views of drawn pages in, events out; readers of known words, and the real one once."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from tests.device.watch.desk import WIDTH_PX, Desk, ScriptedReader, a_view

from inkwatch.config.model import WatchSection
from inkwatch.errors import InputError
from inkwatch.frames.samples import sample_pages
from inkwatch.page_reader import HowToRead
from inkwatch.places import Shares
from inkwatch.reader import Reader
from inkwatch.watch.counts import Skip
from inkwatch.watch.event import Event, EventKind, LineChange, Trigger
from inkwatch.watch.watcher import Watcher

DESK = Desk(page=0)
OTHER = Desk(page=1)
BARE = Desk(page=None)
LIST = "milk\nbread\neggs\nsalt"


class Show:
    """Shows a watcher one desk after the other, each in pictures with other noise."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher
        self.number = 0

    def __call__(self, desk: Desk, views: int = 8) -> list[Event]:
        shown = (replace(desk, seed=self.number + n).picture() for n in range(views))
        return self.pictures(shown)

    def pictures(self, pictures: Iterable[np.ndarray]) -> list[Event]:
        events = []
        for picture in pictures:
            event = self.watcher.step(a_view(picture, self.number))
            self.number += 1
            if event is not None:
                events.append(event)
        return events


def watching(
    texts: Sequence[str], least: float = 0.5, **settings: float | bool
) -> tuple[Show, ScriptedReader]:
    reader = ScriptedReader(texts)
    section = WatchSection(**settings)  # type: ignore[arg-type]
    return Show(Watcher(reader, section, HowToRead(min_confidence=least))), reader


def test_a_page_is_read_once_and_told_once() -> None:
    show, reader = watching([LIST])
    (event,) = show(DESK, 20)
    assert (event.kind, event.trigger, event.reading.text) == (EventKind.NEW, Trigger.SEEN, LIST)
    assert (event.votes, event.voters, event.unsure, event.changes) == (1, 1, 0, ())
    assert len(reader.read_pictures) == 1
    counts = show.watcher.counts
    assert (counts.seen, counts.read, counts.told) == (20, 1, 1)
    assert sum(counts.skipped.values()) == 19
    assert counts.skipped[Skip.UNCHANGED] >= 15


def test_another_page_is_new_and_numbers_rise() -> None:
    reader = ScriptedReader([LIST, "call mother\non monday"])
    show = Show(Watcher(reader, WatchSection(), first_sequence=41))
    events = [*show(DESK), *show(OTHER)]
    assert [event.kind for event in events] == [EventKind.NEW, EventKind.NEW]
    assert [event.sequence for event in events] == [41, 42]
    assert show.watcher.sequence == 43
    assert events[0].id != events[1].id


def test_a_new_word_on_the_page_is_told_as_what_changed() -> None:
    show, _ = watching([LIST, f"{LIST}\nbutter"])
    show(DESK)
    (event,) = show(replace(DESK, word="butter"))
    assert event.kind is EventKind.CHANGED
    assert [(c.what, c.after) for c in event.changes] == [(LineChange.ADDED, "butter")]
    assert event.reading.text == f"{LIST}\nbutter"


def test_the_same_text_in_another_place_is_not_told_again() -> None:
    show, reader = watching([LIST])
    show(DESK)
    assert show(replace(DESK, moved_px=30)) == []
    assert len(reader.read_pictures) == 2


def test_a_cleared_desk_is_told_once_and_the_page_is_new_again() -> None:
    show, _ = watching([LIST, "", "", LIST])
    show(DESK)
    (event,) = show(BARE, 30)
    assert (event.kind, event.reading.lines, event.raw) == (EventKind.CLEARED, (), "")
    (again,) = show(DESK)
    assert again.kind is EventKind.NEW


def test_a_desk_whose_grain_reads_like_nothing_is_a_cleared_one() -> None:
    show, _ = watching([LIST, "w??? ii?? fi\n-rn?? iii??? z??"])
    show(DESK)
    (event,) = show(BARE, 30)
    assert (event.kind, event.reading.text, event.unsure) == (EventKind.CLEARED, "", 6)
    assert "iii" in event.raw


def test_where_clearing_is_not_told_the_page_is_not_forgotten() -> None:
    show, _ = watching([LIST, "", "", LIST], tell_cleared=False)
    show(DESK)
    assert show(BARE, 30) == []
    assert show(DESK) == []


def test_a_bare_desk_at_the_start_is_nothing_to_tell() -> None:
    show, _ = watching([""])
    assert show(BARE, 30) == []


def test_what_is_unsure_is_in_raw_and_never_in_the_text() -> None:
    show, _ = watching(["milk qxz??\nbread", "milk qxz??\nbread"])
    (event,) = show(DESK)
    assert event.reading.text == "milk\nbread"
    assert event.raw == "milk qxz\nbread"
    assert event.unsure == 1
    assert "qxz" in [unread.text for unread in event.reading.unread]


def test_unsure_readings_of_one_view_vote() -> None:
    show, reader = watching(["mi1k?\nbread", "milk?\nbread", "milk?\nbread"], 0.7)
    (event,) = show(DESK)
    assert len(reader.read_pictures) == 3
    assert event.raw == "milk\nbread"
    assert (event.votes, event.voters) == (2, 3)


def test_votes_are_bounded() -> None:
    show, reader = watching(["a?", "b?", "c?", "d?", "e?"], 0.7, votes=2)
    assert len(show(DESK)) == 1
    assert len(reader.read_pictures) == 2


def test_a_page_that_is_taken_away_before_the_vote_is_over_is_told() -> None:
    show, _ = watching(["milk?", "mi1k?", "m1lk?"], 0.7, votes=5)
    events = show(DESK, 4)
    assert events == []
    events = show(replace(DESK, page=2), 1)
    assert [event.raw for event in events] == ["milk"]


def test_the_last_view_of_a_source_is_told_when_it_ends() -> None:
    show, _ = watching(["milk?"], 0.7)
    assert show(DESK, 3) == []
    event = show.watcher.finish()
    assert event is not None
    assert event.raw == "milk"
    assert show.watcher.finish() is None


def test_a_command_has_a_page_told_though_nothing_changed() -> None:
    show, _ = watching([LIST])
    show(DESK)
    show.watcher.trigger(Trigger.COMMAND, 100.0 + show.number / 5)
    (event,) = show(DESK)
    assert (event.kind, event.trigger) == (EventKind.UNCHANGED, Trigger.COMMAND)
    assert event.reading.text == LIST


def test_a_command_on_a_bare_desk_is_answered() -> None:
    show, _ = watching([""])
    show(BARE, 20)
    show.watcher.trigger(Trigger.SIGNAL, 100.0 + show.number / 5)
    (event,) = show(BARE)
    assert (event.kind, event.trigger) == (EventKind.UNCHANGED, Trigger.SIGNAL)
    assert event.reading.text == ""


def test_a_command_during_a_vote_is_answered_by_it() -> None:
    show, _ = watching(["a?", "b?", "c?"], 0.7)
    show(DESK, 3)
    show.watcher.trigger(Trigger.COMMAND, 100.5)
    (event,) = show(DESK)
    assert event.trigger is Trigger.COMMAND


def test_the_interval_reads_without_a_change() -> None:
    show, reader = watching([LIST], interval_s=2.0)
    events = show(DESK, 51)
    assert [event.trigger for event in events] == [Trigger.SEEN, *[Trigger.INTERVAL] * 4]
    assert {event.kind for event in events[1:]} == {EventKind.UNCHANGED}
    assert len(reader.read_pictures) == 5


def test_paused_nothing_is_read_but_what_is_asked_for() -> None:
    show, reader = watching([LIST], interval_s=1.0)
    show.watcher.pause()
    assert show(DESK, 20) == []
    assert reader.read_pictures == []
    assert show.watcher.counts.skipped == {Skip.PAUSED: 20}
    show.watcher.trigger(Trigger.COMMAND, 100.0 + show.number / 5)
    (event,) = show(DESK)
    assert event.trigger is Trigger.COMMAND
    show.watcher.resume()
    assert not show.watcher.paused
    assert {event.trigger for event in show(DESK, 10)} == {Trigger.INTERVAL}


def test_only_the_region_is_watched() -> None:
    reader = ScriptedReader([LIST])
    how = HowToRead(region=Shares(0.0, 0.0, 0.2, 1.0))
    show = Show(Watcher(reader, WatchSection(), how))
    assert len(show(BARE)) == 1
    show(replace(BARE, word="far away"))
    assert len(reader.read_pictures) == 1


def test_a_view_that_cannot_be_read_is_told_of_and_not_tried_again() -> None:
    reader = ScriptedReader([LIST], fails_with=InputError("the region lies outside."))
    show = Show(Watcher(reader, WatchSection()))
    show(DESK, 2)
    with pytest.raises(InputError, match="outside"):
        show(DESK, 10)
    show.number += 20
    assert show(DESK, 10) == []
    assert len(reader.read_pictures) == 1
    reader.fails_with = None
    assert len(show(OTHER)) == 1


def test_pictures_are_kept_where_they_are_wanted() -> None:
    reader = ScriptedReader([LIST])
    show = Show(Watcher(reader, WatchSection(), keep_pictures=True))
    show(DESK)
    picture = show.watcher.picture
    assert picture is not None
    assert picture.shape[1] == WIDTH_PX
    show, _ = watching([LIST])
    show(DESK)
    assert show.watcher.picture is None


def test_a_clock_that_goes_back_stops_nothing() -> None:
    watcher = Watcher(ScriptedReader([LIST, "other page\nwholly"]), WatchSection())
    for number in range(5):
        watcher.step(a_view(DESK.picture(), number, 1000.0 + number / 5))
    events = [
        watcher.step(a_view(OTHER.picture(), number, 10.0 + number / 5)) for number in range(5)
    ]
    # Time stands until the clock has come up again; nothing is read twice meanwhile.
    assert [event for event in events if event is not None] == []
    later = [
        watcher.step(a_view(OTHER.picture(), number, 1010.0 + number / 5)) for number in range(5)
    ]
    assert len([event for event in later if event is not None]) == 1


def test_drawn_pages_are_read_as_they_stand() -> None:
    """The real reader on two sample pages that are laid on the desk one after the other."""
    show = Show(Watcher(Reader(), WatchSection(), HowToRead(min_confidence=0.5)))
    events = [*show(DESK), *show(replace(DESK, light=0.85)), *show(Desk(page=1)), *show(BARE, 30)]
    assert [event.kind for event in events] == [EventKind.NEW, EventKind.NEW, EventKind.CLEARED]
    for event, sample in zip(events[:2], sample_pages()[:2], strict=True):
        written = sample.text.split()
        right = [word for word in event.reading.text.split() if word in written]
        assert len(right) > 0.6 * len(written)
