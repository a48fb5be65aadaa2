"""Evidence that a place is being dug at: weighed event by event, remembered for weeks.

Digging differs from everything else that knocks by going on: minutes to hours, night after night, at one place, without anybody
having been followed there on the surface. Each event adds the log of how much better digging explains it than anything else;
what has been added fades with a half-life of days, so that a quiet month clears a place. Events of one activity count once
for each `spell_s`, because blows of one quarter of a minute are not independent news.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from limes.signals.fibre.event import Event

CELL_M = 10.0


@dataclass(frozen=True)
class PlaceSettings:
    """Prior odds that a place is being dug at, how evidence counts, and what makes a digging case.

    `prior` is the probability for a cell in which something stirs. A spell counts at most `most` for or against, `night` more
    between `night_from` and `night_to` hours local (`zone_h` hours ahead of UTC), `approach` less when somebody was followed to
    or from there. A case needs a probability of `sure` and `spells` spells within `fade_d` days.
    """

    prior: float = 1e-3
    most: float = 2.0
    night: float = 0.3
    night_from: float = 20.0
    night_to: float = 5.0
    zone_h: float = 3.0
    approach: float = 1.0
    spell_s: float = 25.0
    fade_d: float = 5.0
    join_m: float = 15.0
    sure: float = 0.9
    spells: int = 4


@dataclass
class Place:
    """A place and what speaks for digging there: log odds, when last changed, spells that count, first and last event."""

    along: float
    odds: float
    time: float
    first: float
    last: float
    spells: int = 0
    seconds: float = 0.0
    night_seconds: float = 0.0
    case: bool = False

    @property
    def p(self) -> float:
        """Probability that somebody digs or dug there."""
        return 1.0 / (1.0 + math.exp(-self.odds))


class Places:
    """The places of one fibre; `feed` returns those that have just become a digging case."""

    def __init__(self, settings: PlaceSettings | None = None) -> None:
        self.settings = settings or PlaceSettings()
        self.places: list[Place] = []
        self._counted: dict[int, float] = {}

    def feed(self, event: Event) -> Place | None:
        """Weigh an event; returns its place when that has just become a case."""
        about = self.settings
        if event.time - self._counted.get(event.track, -math.inf) < about.spell_s and event.track in self._counted:
            return None
        self._counted[event.track] = event.time
        digging = event.p_digging
        place = self._at(event)
        weight = math.log(max(digging, 1e-3) / max(1.0 - digging, 1e-3))
        if digging > 0.5:
            weight += about.night * self._dark(event.time)
            weight -= about.approach * (event.high - event.low > 40.0)
        place.odds += min(about.most, max(-about.most, weight))
        place.odds = max(place.odds, _logit(about.prior) - about.most)
        place.last = event.time
        if digging > 0.5:
            place.spells += 1
            place.seconds += about.spell_s
            place.night_seconds += about.spell_s * self._dark(event.time)
            place.along += (event.along - place.along) / place.spells
        if place.case or place.p < about.sure or place.spells < about.spells:
            return None
        place.case = True
        return place

    def _at(self, event: Event) -> Place:
        """The place of an event, faded to its time; a new one where there is none."""
        near = [one for one in self.places if abs(one.along - event.along) <= self.settings.join_m]
        if not near:
            prior = _logit(self.settings.prior)
            self.places.append(Place(event.along, prior, event.time, event.begin, event.time))
            return self.places[-1]
        place = min(near, key=lambda one: abs(one.along - event.along))
        prior = _logit(self.settings.prior)
        faded = 0.5 ** (max(0.0, event.time - place.time) / (86_400.0 * self.settings.fade_d))
        place.odds = prior + (place.odds - prior) * faded
        place.time = event.time
        return place

    def _dark(self, time: float) -> bool:
        moment = datetime.fromtimestamp(time, UTC) + timedelta(hours=self.settings.zone_h)
        hour = moment.hour + moment.minute / 60.0
        return hour >= self.settings.night_from or hour < self.settings.night_to


def _logit(p: float) -> float:
    return math.log(p / (1.0 - p))
