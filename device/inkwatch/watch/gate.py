"""Decides of each view whether it is read: a state machine over glances and monotonic time.

moving → settling → read. A view that is not sharp waits for the camera's focus, but not for ever; a
view that is as it was when it was read last is passed over.
"""

from dataclasses import dataclass

from inkwatch.watch.counts import Skip
from inkwatch.watch.glance import Glance

MOTION_SHARE = 0.004
"""A view of which more than this share differs from the one before is moving: a hand, a page. What
is smaller, such as a clock's hand or a lamp that blinks, never keeps a page from being read."""

FOCUS_WAIT_S = 3.0
"""A still view that is not sharp is read after so long all the same, once."""

ASKED_WAIT_S = 3.0
"""A view that was asked for is read after so long, still or not."""

_LEAST_SHARPNESS = 0.5
_FOCUSING = 1.08
"""Sharpness that rises by more than this from view to view has not come to its end."""
_LEARNED = 0.8
_DARK_BELOW = 12.0
_SLACK_S = 0.05
"""Views may come a little early; one that does must not cost a whole view's time."""
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 30.0


@dataclass(frozen=True, slots=True)
class GateRules:
    """`settle_s` and `change_share` as in the config's `watch`."""

    settle_s: float = 0.4
    change_share: float = 0.002


@dataclass(frozen=True, slots=True)
class Read:
    """The view is to be read. `blurred`: it never came into focus. `asked`: it was asked for."""

    blurred: bool = False
    asked: bool = False


class Gate:
    """Judges one view after the other.

    After each `Read`, and before the next view, tell it with `was_read` what came of it.
    """

    def __init__(self, rules: GateRules) -> None:
        self.rules = rules
        self._last_s: float | None = None
        self._still_since_s: float | None = None
        self._sharpness: float | None = None
        self._enough = _LEAST_SHARPNESS
        self._read_blurred = False
        self._asked_s: float | None = None
        self._fruitless = 0
        self._not_before_s = 0.0

    def ask(self, now_s: float) -> None:
        """Have a view read, changed or not: the next that is at rest."""
        if self._asked_s is None:
            self._asked_s = now_s

    @property
    def asked(self) -> bool:
        """Whether a view that was asked for was not read yet."""
        return self._asked_s is not None

    def step(self, glance: Glance, now_s: float) -> Read | Skip:
        """Judge the next view.

        Args:
            glance: what it looks like.
            now_s: when it was taken, on a clock that never goes back.
        """
        asked = self._asked_s is not None
        late = self._asked_s is not None and now_s - self._asked_s >= ASKED_WAIT_S
        skip = self._look(glance, now_s)
        if skip is None and not asked and self._passed_over(glance, now_s):
            skip = Skip.UNCHANGED
        if skip is None:
            skip = self._blurred(glance, now_s)
        blurred = self._is_blurred(glance)
        self._last_s = now_s
        self._sharpness = glance.sharpness
        if skip is not None and not late:
            return skip
        self._asked_s = None
        return Read(blurred=blurred, asked=asked)

    def was_read(self, now_s: float, glance: Glance, *, news: bool, sure: bool) -> None:
        """Learn from a reading.

        Args:
            now_s: the time of the view that was read.
            glance: what it looked like.
            news: whether there was anything to tell. Where something keeps changing that is no
                writing, the pauses between readings grow, until the view moves again.
            sure: whether writing was read, and surely. Then what is so sharp is sharp enough:
                large letters have soft edges.
        """
        self._read_blurred = self._is_blurred(glance) and not sure
        if sure and glance.sharpness is not None:
            self._enough = min(self._enough, _LEARNED * glance.sharpness)
        self._fruitless = 0 if news else self._fruitless + 1
        if self._fruitless > 1:
            pause_s = _FIRST_PAUSE_S * 2.0 ** min(self._fruitless - 2, 10)
            self._not_before_s = now_s + min(pause_s, _LONGEST_PAUSE_S)

    def _passed_over(self, glance: Glance, now_s: float) -> bool:
        changed = glance.change >= self.rules.change_share
        return now_s < self._not_before_s or not (changed or self._now_sharp(glance))

    def _look(self, glance: Glance, now_s: float) -> Skip | None:
        """Why the view is not at rest, None where it is."""
        if glance.brightness < _DARK_BELOW:
            self._still_since_s = None
            return Skip.DARK
        if glance.motion > MOTION_SHARE:
            self._still_since_s = None
            self._fruitless, self._not_before_s = 0, now_s
            return Skip.MOVING
        if self._still_since_s is None:
            # It was still from the view before on: that one was the same.
            self._still_since_s = now_s if self._last_s is None else self._last_s
        if now_s - self._still_since_s < self.rules.settle_s - _SLACK_S:
            return Skip.SETTLING
        return None

    def _blurred(self, glance: Glance, now_s: float) -> Skip | None:
        focusing = (
            glance.sharpness is not None
            and self._sharpness is not None
            and glance.sharpness > _FOCUSING * self._sharpness
        )
        if not (focusing or self._is_blurred(glance)) or self._still_since_s is None:
            return None
        waited_s = now_s - self._still_since_s - self.rules.settle_s
        return None if waited_s >= FOCUS_WAIT_S else Skip.BLURRED

    def _is_blurred(self, glance: Glance) -> bool:
        return glance.sharpness is not None and glance.sharpness < self._enough

    def _now_sharp(self, glance: Glance) -> bool:
        """Whether the view came into focus after it was read without."""
        return self._read_blurred and glance.sharpness is not None and not self._is_blurred(glance)
