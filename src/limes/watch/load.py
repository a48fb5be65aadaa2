"""The alarm load of one operator: how many alerts were raised and shown, and what still fits the budget.

Figures: ISA-18.2 and EEMUA 191 hold one operator to 6 alerts an hour on average and 12 at most, at most 10 in any 10 minutes; a
flood starts with more than 10 in 10 minutes and ends with fewer than 5.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

HOUR = 3600.0


@dataclass(frozen=True)
class Budget:
    """What one operator can take in: alerts an hour (mean, most), and when a flood starts and ends in a window of seconds."""

    target_per_hour: int = 6
    limit_per_hour: int = 12
    most_in_window: int = 10
    flood_start: int = 10
    flood_end: int = 5
    window_s: float = 600.0


@dataclass
class Load:
    """When alerts were raised (shown or held back) and when they were shown, over the last hour.

    >>> load = Load(Budget())
    >>> for second in range(11):
    ...     load.raised(float(second), shown=True)
    >>> load.flooding(11.0, False), load.flooding(700.0, True)
    (True, False)
    """

    budget: Budget
    arrivals: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)

    def raised(self, time: float, shown: bool) -> None:
        """Count an alert that was raised at a time, and whether it went into the queue at once."""
        self.arrivals.append(time)
        if shown:
            self.shown.append(time)

    def released(self, time: float) -> None:
        """Count an alert that was held back and enters the queue now."""
        self.shown.append(time)

    def forget(self, time: float) -> None:
        """Drop what is older than an hour."""
        self.arrivals = [moment for moment in self.arrivals if moment > time - HOUR]
        self.shown = [moment for moment in self.shown if moment > time - HOUR]

    def per_hour(self, time: float) -> int:
        """Alerts shown in the last hour."""
        return _since(self.shown, time - HOUR)

    def in_window(self, time: float) -> int:
        """Alerts shown in the last 10 minutes."""
        return _since(self.shown, time - self.budget.window_s)

    def flooding(self, time: float, flooding: bool) -> bool:
        """Whether a flood is on: it starts above one count of alerts raised in the window and ends below another."""
        count = _since(self.arrivals, time - self.budget.window_s)
        return count >= self.budget.flood_end if flooding else count > self.budget.flood_start

    def room(self, time: float, priority: str) -> bool:
        """Whether an alert may enter the queue now; rescue and high always may.

        The last place of the window is kept for the flood's own alert, and a low alert waits while the hour is full.
        """
        if priority in ("rescue", "high"):
            return True
        if priority == "low" and self.per_hour(time) >= self.budget.limit_per_hour:
            return False
        return self.in_window(time) < self.budget.most_in_window - 1

    def state(self) -> dict[str, Any]:
        """What must be kept to go on later."""
        return {"arrivals": self.arrivals, "shown": self.shown}


def _since(moments: list[float], start: float) -> int:
    return sum(moment > start for moment in moments)
