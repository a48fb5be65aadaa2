"""What dismissals teach: how often a place and a sensor gave alerts that were animals, weather, farm work or faults.

Places are cells of 1 km along the line. What is learned raises the bar for approaches there, shows in the evidence, and can be
exported to the plan; it never touches a rescue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from limes.watch.cases import NUISANCE_REASONS, Case

DAY = 86_400.0


@dataclass(frozen=True)
class NuisanceSettings:
    """How dismissals count: within `near_km` of a place, halved every `half_life_s`, forgotten after `keep_s`.

    Each counts `step` on the bar, up to `most`; a confirmed alert takes one back.
    """

    near_km: float = 1.0
    half_life_s: float = DAY
    keep_s: float = 30 * DAY
    step: float = 0.25
    most: float = 1.5


@dataclass(frozen=True)
class Verdict:
    """What a person said about one alert: a nuisance and why, or real (`reason` "")."""

    time: float
    km: float
    kind: str
    reason: str
    sensors: tuple[str, ...]


@dataclass
class Nuisance:
    """The verdicts so far.

    >>> memory = Nuisance(NuisanceSettings(), [Verdict(0.0, 41.2, "approach", "animal", ("tower-7/radar",))])
    >>> memory.bar(41.9, 0.0), memory.bar(44.0, 0.0)
    (0.25, 0.0)
    """

    settings: NuisanceSettings
    verdicts: list[Verdict] = field(default_factory=list)

    def learn(self, case: Case, act: Mapping[str, Any]) -> None:
        """Take in what an act says about a case's alert; acts that say nothing about it are passed over."""
        reason = act.get("reason") if act["verb"] == "dismiss" else "" if act["verb"] == "confirm" else None
        if case.km is None or reason is None or (reason and reason not in NUISANCE_REASONS):
            return
        sensors = tuple(entry["sensor"] for entry in case.evidence.get("seen_by", ()))
        self.verdicts.append(Verdict(float(act["time"]), case.km, case.kind, reason, sensors))

    def unlearn(self, case: Case) -> None:
        """Take the last verdict on a reopened case back."""
        for row in range(len(self.verdicts) - 1, -1, -1):
            verdict = self.verdicts[row]
            if (verdict.km, verdict.kind) == (case.km, case.kind) and verdict.time >= case.opened:
                del self.verdicts[row]
                return

    def bar(self, km: float, time: float) -> float:
        """How much the bar is raised at a place: recent nuisance there less what was confirmed there."""
        weight = sum(
            (1.0 if verdict.reason else -1.0) * 0.5 ** ((time - verdict.time) / self.settings.half_life_s)
            for verdict in self._near(km)
        )
        return min(max(self.settings.step * weight, 0.0), self.settings.most)

    def here(self, km: float, time: float, window_s: float = DAY) -> dict[str, Any]:
        """Nuisance alerts at a place in the last day: how many and why."""
        recent = [v for v in self._near(km) if v.reason and time - v.time <= window_s]
        return {"count": len(recent), "hours": round(window_s / 3600.0), "reasons": dict(Counter(v.reason for v in recent))}

    def rates(self, time: float, window_s: float = 7 * DAY) -> list[dict[str, Any]]:
        """Nuisance alerts per day by sensor and 1 km cell over a window, most first."""
        counts = Counter(
            (sensor, int(v.km)) for v in self.verdicts if v.reason and time - v.time <= window_s for sensor in v.sensors
        )
        days = window_s / DAY
        rows = [{"sensor": sensor, "km": km, "per_day": count / days} for (sensor, km), count in counts.items()]
        return sorted(rows, key=lambda row: (-row["per_day"], row["sensor"], row["km"]))

    def forget(self, time: float) -> None:
        """Drop verdicts that are too old to count."""
        self.verdicts = [verdict for verdict in self.verdicts if time - verdict.time <= self.settings.keep_s]

    def state(self) -> list[dict[str, Any]]:
        """The verdicts, ready for JSON."""
        return [asdict(verdict) for verdict in self.verdicts]

    def _near(self, km: float) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if abs(verdict.km - km) <= self.settings.near_km]


def restored(state: list[dict[str, Any]], settings: NuisanceSettings) -> Nuisance:
    """Make the memory that `Nuisance.state` described."""
    return Nuisance(settings, [Verdict(**{**body, "sensors": tuple(body["sensors"])}) for body in state])
