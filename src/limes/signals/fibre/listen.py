"""The whole way from samples to events: pass, detector, follower, features, classifier, and the evidence of places."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType

import numpy as np

from limes.signals.fibre.activity import Activity, Follower
from limes.signals.fibre.bands import BINS_PER_S
from limes.signals.fibre.block import Block
from limes.signals.fibre.classify import Model, load_model
from limes.signals.fibre.detect import Detector
from limes.signals.fibre.event import Event
from limes.signals.fibre.features import features
from limes.signals.fibre.ranging import Recent, located
from limes.signals.fibre.stream import Energies, Note, Stream

ENVELOPE_S = 30.0


@dataclass(frozen=True)
class ListenSettings:
    """How a fibre is listened to.

    An activity is told when it has `least` blows, then every `every_s` while it goes on and once when it is over. `near_m` is
    how far others count as stirring elsewhere, `velocity` (m/s) that of the ground where blows are located. The rest is that of
    `Detector` and `Follower`.
    """

    least: int = 4
    every_s: float = 10.0
    near_m: float = 500.0
    bar: float = 1.8
    broad: float = 0.25
    threads: int = 2
    common: bool = True
    velocity: float = 250.0


class Listener:
    """Listens to one fibre; a context manager. `feed` returns the events of a block, `end` those still open.

    `notes` says what was wrong with the stream; `measured` holds the features of the events of the last call, for those who
    learn from them.
    """

    def __init__(self, source: str = "", model: Model | None = None, settings: ListenSettings | None = None) -> None:
        self.source = source
        self.model = model or load_model()
        self.settings = settings or ListenSettings()
        self.stream = Stream(self.settings.common, self.settings.threads)
        self.detector = Detector(self.settings.bar, broad=self.settings.broad)
        self.follower = Follower()
        self.measured: list[np.ndarray] = []
        self.passed: list[Energies] = []
        self._envelope = np.zeros((0, 0), np.float32)
        self._where = (0.0, 1.0)
        self._recent = Recent()

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self.stream.__exit__(kind, fault, trace)

    @property
    def notes(self) -> list[Note]:
        """What happened to the stream, so far."""
        return self.stream.notes

    def feed(self, block: Block) -> list[Event]:
        """Take a block; returns what can be told at its end."""
        self.passed, self.measured = self.stream.feed(block), []
        for passed in self.passed:
            self._remember(passed)
            self._recent.keep(passed)
            self.follower.feed(self.detector.feed(passed))
        over = [one for one in self.follower.ended(block.end) if one.last > one.told]
        due = [one for one in self.follower.active if one.last - max(one.told, one.begin) >= self.settings.every_s]
        return self._tell([*over, *due])

    def end(self) -> list[Event]:
        """The stream is over: what was not told yet."""
        self.measured = []
        for passed in self.stream.end():
            self.follower.feed(self.detector.feed(passed))
        rest, self.follower.active = self.follower.active, []
        return self._tell([one for one in rest if one.last > one.told])

    def _remember(self, passed: Energies) -> None:
        """Keep the energy between 5 and 100 Hz of the last half minute."""
        new = np.nansum(passed.power[:, 1:4], axis=1, dtype=np.float32)
        if new.shape[1] != self._envelope.shape[1] or (passed.start, passed.spacing) != self._where:
            self._envelope = np.zeros((0, new.shape[1]), np.float32)
            self._where = (passed.start, passed.spacing)
        self._envelope = np.concatenate([self._envelope, new])[-round(ENVELOPE_S * BINS_PER_S) :]

    def _tell(self, activities: list[Activity]) -> list[Event]:
        told = [one for one in activities if len(one.picks) >= self.settings.least]
        if not told:
            return []
        self.measured = [self._features(one) for one in told]
        p = self.model.probabilities(np.stack(self.measured))
        return [self._event(one, row) for one, row in zip(told, p, strict=True)]

    def _features(self, one: Activity) -> np.ndarray:
        start, spacing = self._where
        best = max(one.picks, key=lambda pick: (pick.time > one.last - ENVELOPE_S, pick.height))
        channel = int(np.clip(round((best.along - start) / spacing), 0, max(self._envelope.shape[1] - 1, 0)))
        near = self._envelope[:, max(0, channel - 2) : channel + 3]
        loud = near[:, int(np.argmax(near.max(axis=0)))] if near.size else np.zeros(0, np.float32)
        level = 10.0 * np.log10(np.maximum(loud, 1e-30))
        others = [o for o in self.follower.active if o is not one and abs(o.along - one.along) < self.settings.near_m]
        return features(one, level - np.median(level) if len(level) else level, float(sum(len(o.picks) > 1 for o in others)))

    def _event(self, one: Activity, p: np.ndarray) -> Event:
        one.told = one.last
        places = np.array([pick.along for pick in one.picks])
        recent = [pick for pick in one.picks if pick.time >= one.last - 10.0]
        sigma = float(np.std([pick.along for pick in recent]) / np.sqrt(len(recent))) + abs(self._where[1]) / np.sqrt(12.0)
        strength = float(np.median([pick.db for pick in one.picks]))
        stretch = (float(places.min()), float(places.max()))
        chances = tuple(float(v) for v in p)
        when = (one.last, one.begin, one.along, sigma)
        found = located(one, self._recent, self.settings.velocity)
        off = (float("nan"), float("nan")) if found is None else (float(found.position[1]), float(found.sigma[1]))
        return Event(*when, *stretch, one.speed, chances, strength, one.blows, one.number, *off, source=self.source)
