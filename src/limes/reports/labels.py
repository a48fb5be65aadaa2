"""Text on a map that does not cover other text: each label takes the first free of a few positions around its point."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

HALO = "#ffffff"

_SEATS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
_ALIGN = {1: "left", 0: "center", -1: "right"}


@dataclass(frozen=True)
class Labels:
    """The labels of one map: its axes, metres per typographic point, the edges of the map, and boxes already taken."""

    axes: Any
    metres: float
    bounds: tuple[float, float, float, float]
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    def take(self, x: float, y: float, radius: float) -> None:
        """Keep text away from a symbol of `radius` points."""
        r = radius * self.metres
        self.taken.append((x - r, y - r, x + r, y + r))

    def place(self, x: float, y: float, text: str, size: float, colour: str, gap: float = 5.0, must: bool = False) -> bool:
        """Write a label of `size` points beside (x, y); one that finds no room is left out unless it `must` be there."""
        for seat in _SEATS:
            box = self._box(x, y, text, size, gap, seat)
            if self._free(box):
                break
        else:
            if not must:
                return False
            seat = _SEATS[0]
            box = self._box(x, y, text, size, gap, seat)
        self.taken.append(box)
        dx, dy = (gap * s for s in seat)
        self.write(x, y, text, size, colour, (dx, dy), _ALIGN[seat[0]], {1: "bottom", 0: "center", -1: "top"}[seat[1]])
        return True

    def beside(self, x: float, y: float, text: str, size: float, colour: str, normal: tuple[float, float]) -> None:
        """Write a short label along a unit normal from (x, y), on its other side where only that is free."""
        for sign in (1.0, -1.0, 1.0):
            shift = (sign * 1.4 * size * normal[0], sign * 1.4 * size * normal[1])
            box = self._box(x + shift[0] * self.metres, y + shift[1] * self.metres, text, size, 0.0, (0, 0))
            if self._free(box):
                break
        self.taken.append(box)
        self.write(x, y, text, size, colour, shift, "center")

    def write(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        colour: str,
        shift: tuple[float, float],
        across: str,
        up: str = "center",
    ) -> None:
        """Write a label with a pale halo at a shift in points from (x, y), free or not."""
        from matplotlib.patheffects import withStroke

        self.axes.annotate(
            text,
            (x, y),
            xytext=shift,
            textcoords="offset points",
            fontsize=size,
            color=colour,
            ha=across,
            va=up,
            zorder=9,
            path_effects=[withStroke(linewidth=2.4, foreground=HALO, alpha=0.85)],
        )

    def _box(
        self, x: float, y: float, text: str, size: float, gap: float, seat: tuple[int, int]
    ) -> tuple[float, float, float, float]:
        wide, tall = 0.58 * size * len(text) * self.metres, 1.15 * size * self.metres
        shift = gap * self.metres
        west = x + seat[0] * shift + {1: 0.0, 0: -wide / 2, -1: -wide}[seat[0]]
        south = y + seat[1] * shift + {1: 0.0, 0: -tall / 2, -1: -tall}[seat[1]]
        return west, south, west + wide, south + tall

    def _free(self, box: tuple[float, float, float, float]) -> bool:
        west, south, east, north = self.bounds
        if box[0] < west or box[1] < south or box[2] > east or box[3] > north:
            return False
        return all(box[2] < b[0] or b[2] < box[0] or box[3] < b[1] or b[3] < box[1] for b in self.taken)
