"""Looks at one view after the other, reads those that are worth it, and tells what is news."""

import uuid
from dataclasses import dataclass, field, replace

import numpy as np

from inkwatch.camera.view import View
from inkwatch.config.model import WatchSection
from inkwatch.frames.frame import Frame, Image
from inkwatch.page_reader import HowToRead, PageReader
from inkwatch.places import Box
from inkwatch.reading import Reading
from inkwatch.watch.counts import Counts, Skip
from inkwatch.watch.event import Event, EventKind, Trigger
from inkwatch.watch.gate import Gate, GateRules, Read
from inkwatch.watch.glance import Glance, Glancer, Look
from inkwatch.watch.news import News, Seen
from inkwatch.watch.touched import watched_box, watched_part
from inkwatch.watch.vote import agreed, elect, is_sure

_LONGEST_VOTE_S = 4.0
"""A vote that took so long is closed: on a slow machine one reading is better than none."""


@dataclass(frozen=True, slots=True, eq=False)
class _Ballot:
    """One reading of the view that is voted on, with its picture where pictures are kept."""

    reading: Reading
    frame: Frame


@dataclass(slots=True, eq=False)
class _Vote:
    """A view that is read until its readings agree."""

    trigger: Trigger
    blurred: bool
    glance: Glance
    look: Look
    watched: Box
    began_s: float
    ballots: list[_Ballot] = field(default_factory=list)


class Watcher:
    """Turns views into events; see `step`. Used by one thread.

    Args:
        reader: reads pages.
        settings: when a view is worth reading.
        how: how pages are read. Its `min_confidence` is what words need to be told.
        first_sequence: the number of the first event.
        keep_pictures: whether `picture` is there with each event; may be set at any time.

    Attributes:
        counts: what became of the views.
        blurred: whether the picture that was read last never came into focus.
        illegible: whether that picture holds something of which nothing could be told.
        timings: what each stage of the last reading took, in seconds.
        picture: with each event, the picture that shows it, where pictures are kept.
    """

    def __init__(
        self,
        reader: PageReader,
        settings: WatchSection,
        how: HowToRead | None = None,
        *,
        first_sequence: int = 0,
        keep_pictures: bool = False,
    ) -> None:
        self.counts = Counts()
        self.blurred = self.illegible = False
        self.timings: dict[str, float] = {}
        self.picture: Image | None = None
        self.sequence = first_sequence
        self.keep_pictures = keep_pictures
        self._glancer = Glancer()
        self._gate = Gate(GateRules())
        self._news = News(0.0, tell_cleared=True)
        self._vote: _Vote | None = None
        self._trigger: Trigger | None = None
        self._paused = False
        self._read_s: float | None = None
        self._now_s = 0.0
        self.configure(reader, settings, HowToRead() if how is None else how)

    def configure(self, reader: PageReader, settings: WatchSection, how: HowToRead) -> None:
        """Take other settings from the next view on; what was told stays known."""
        self._reader = reader
        self._settings = settings
        self._how = how
        self._gate.rules = GateRules(settings.settle_s, settings.change_share)
        self._news.least = how.min_confidence
        self._news.tell_cleared = settings.tell_cleared

    @property
    def paused(self) -> bool:
        """Whether it looks only when it is asked to."""
        return self._paused

    def pause(self) -> None:
        """Read nothing from now on but what a command or a signal asks for."""
        self._paused = True

    def resume(self) -> None:
        """Watch again."""
        self._paused = False

    def trigger(self, trigger: Trigger, now_s: float) -> None:
        """Have a view read and told, changed or not, as soon as one is at rest."""
        if self._vote is not None:
            # The view that is being read is the one.
            self._vote.trigger = trigger
            return
        if self._trigger is None or trigger is not Trigger.INTERVAL:
            self._trigger = trigger
        self._gate.ask(now_s)

    def step(self, view: View) -> Event | None:
        """Look at the next view.

        Returns:
            What there is to tell, if anything.

        Raises:
            InputError: the view cannot be read, such as for a region outside it. It counts as
                read.
        """
        self.counts.seen += 1
        # Views come in order, but a clock of somebody else's may not.
        self._now_s = now_s = max(self._now_s, view.frame.monotonic_s)
        self._ask_by_interval(now_s)
        if self._paused and not self._gate.asked and self._vote is None:
            self.counts.skip(Skip.PAUSED)
            return None
        height, width = view.frame.image.shape[:2]
        watched = watched_box(self._how.region, width, height)
        glance = self._glancer.look(watched_part(view.small, watched, width, height))
        verdict = self._gate.step(glance, now_s)
        if self._vote is not None:
            if verdict is Skip.UNCHANGED and now_s - self._vote.began_s < _LONGEST_VOTE_S:
                return self._read(view, self._vote)
            if isinstance(verdict, Skip):
                self.counts.skip(verdict)
            return self._close_vote()
        if isinstance(verdict, Skip):
            self.counts.skip(verdict)
            return None
        return self._begin_vote(view, watched, verdict, glance)

    def finish(self) -> Event | None:
        """Tell what was read but waits for another picture of its view: there will be none."""
        return None if self._vote is None else self._close_vote()

    def _ask_by_interval(self, now_s: float) -> None:
        if self._read_s is None:
            self._read_s = now_s
        every_s = self._settings.interval_s
        if every_s and not self._paused and now_s - self._read_s >= every_s:
            self._read_s = now_s
            self.trigger(Trigger.INTERVAL, now_s)

    def _begin_vote(self, view: View, watched: Box, verdict: Read, glance: Glance) -> Event | None:
        look = self._glancer.last
        if look is None:
            raise ValueError("a view is looked at before it is read")
        self._glancer.mark_read()
        trigger = (self._trigger or Trigger.COMMAND) if verdict.asked else Trigger.SEEN
        if verdict.asked:
            self._trigger = None
        vote = _Vote(trigger, verdict.blurred, glance, look, watched, self._now_s)
        try:
            return self._read(view, vote)
        except Exception:
            # It must not be read again and again; whatever changes is read.
            self._gate.was_read(self._now_s, glance, news=False, sure=False)
            self._vote = None
            raise

    def _read(self, view: View, vote: _Vote) -> Event | None:
        how = self._how
        reading = self._reader.read(
            view.frame.image,
            view.frame.source,
            quarter_turns=how.quarter_turns,
            region=how.region,
        )
        self.counts.read += 1
        self._read_s = self._now_s
        self.timings = dict(reading.timings)
        frame = view.frame
        if not self.keep_pictures:
            frame = replace(frame, image=np.empty((0, 0), np.uint8))
        vote.ballots.append(_Ballot(reading, frame))
        self._vote = vote
        readings = [ballot.reading for ballot in vote.ballots]
        enough = len(readings) >= self._settings.votes or agreed(readings)
        if enough or (len(readings) == 1 and is_sure(reading, how.min_confidence)):
            return self._close_vote()
        return None

    def _close_vote(self) -> Event | None:
        vote, self._vote = self._vote, None
        if vote is None:
            return None
        elected = elect([ballot.reading for ballot in vote.ballots])
        frame = vote.ballots[elected.winner].frame
        judged = self._news.judge(Seen(elected.reading, vote.look, vote.watched))
        news = judged.kind is not EventKind.UNCHANGED
        sure = is_sure(elected.reading, self._how.min_confidence)
        self._gate.was_read(self._now_s, vote.glance, news=news, sure=sure)
        self.blurred, self.illegible = vote.blurred, False
        if not news and vote.trigger is Trigger.SEEN:
            something = bool(judged.raw or elected.reading.unread)
            self.illegible = something and not judged.reading.lines
            return None
        # Pictures may have been switched on after this one was read.
        self.picture = frame.image if self.keep_pictures and frame.image.size else None
        self.counts.told += 1
        event = Event(
            id=str(uuid.uuid4()),
            sequence=self.sequence,
            kind=judged.kind,
            trigger=vote.trigger,
            reading=judged.reading,
            raw=judged.raw,
            unsure=judged.unsure,
            changes=judged.changes,
            source=frame.source,
            monotonic_s=frame.monotonic_s,
            wall_time=frame.wall_time,
            time_synced=frame.time_synced,
            votes=elected.votes,
            voters=elected.voters,
        )
        self.sequence += 1
        return event
