"""What a deployment costs: money to build and to run, and people on duty and on the roll, each with its range.

Prices of one menu err together, so sums add low to low and high to high and nothing is taken to cancel. Factors of a product
(people, hours, pay) err each by itself, so their relative errors are combined as independent ones are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce

from limes.sector.catalogue import Catalogue, CatalogueKind, Value
from limes.sector.deployment import Asset, Deployment

HOURS_PER_WEEK = 168.0


@dataclass(frozen=True)
class Spread:
    """A number with its range.

    >>> Spread(2.0, 1.0, 4.0) + Spread(1.0, 1.0, 1.0)
    Spread(value=3.0, low=2.0, high=5.0)
    >>> Spread(2.0, 1.0, 4.0).times(3.0)
    Spread(value=6.0, low=3.0, high=12.0)
    """

    value: float
    low: float
    high: float

    def __add__(self, other: Spread) -> Spread:
        return Spread(self.value + other.value, self.low + other.low, self.high + other.high)

    def times(self, factor: float) -> Spread:
        """The spread of so many pieces."""
        return Spread(self.value * factor, self.low * factor, self.high * factor)

    @property
    def inverse(self) -> Spread:
        """One over a positive number."""
        return Spread(1.0 / self.value, 1.0 / self.high, 1.0 / self.low)


def product(*factors: Spread) -> Spread:
    """The product of independent non-negative factors; their distances to low and to high add squared on a log scale.

    >>> doubtful = Spread(1.0, 0.5, 2.0)
    >>> round(product(doubtful, doubtful).high, 3)
    2.665
    """
    value = math.prod(factor.value for factor in factors)
    if value == 0.0:
        return Spread(0.0, 0.0, math.prod(factor.high for factor in factors))
    down = math.hypot(*(math.log(factor.value / factor.low) if factor.low > 0.0 else math.inf for factor in factors))
    up = math.hypot(*(math.log(factor.high / factor.value) for factor in factors))
    return Spread(value, value * math.exp(-down), value * math.exp(up))


@dataclass(frozen=True)
class CostLine:
    """One kind of a deployment: how many pieces or km, and what they come to.

    `capital` USD to build; `yearly` USD/year of upkeep, people apart; `renewal` USD/year to replace it at the end of its life;
    `crew` people on duty at any hour.
    """

    kind: str
    family: str
    title: str
    quantity: float
    per: str
    capital: Spread
    yearly: Spread
    renewal: Spread
    crew: Spread


@dataclass(frozen=True)
class Cost:
    """A deployment's cost: its lines in the menu's order and their sums.

    `roll` is people employed so that `crew` are on duty day and night, `people` what they cost a year in USD.
    """

    lines: tuple[CostLine, ...]
    capital: Spread
    yearly: Spread
    renewal: Spread
    crew: Spread
    roll: Spread
    people: Spread

    @property
    def running(self) -> Spread:
        """USD a year all told: upkeep, renewal and people."""
        return self.yearly + self.renewal + self.people


def cost(deployment: Deployment, catalogue: Catalogue) -> Cost:
    """Add up a deployment by the menu's prices; payload sensors are lines of their own.

    People on the roll = people on duty x 168 h / (weekly hours x share of them available for the job).
    """
    quantity = dict.fromkeys(catalogue.kinds, 0.0)
    crew = dict.fromkeys(catalogue.kinds, _NOTHING)
    for asset in deployment.assets:
        kind = catalogue.kinds[asset.kind]
        quantity[asset.kind] += asset.length / 1000 if kind.per == "km" else 1.0
        crew[asset.kind] += _crew(asset, kind)
        for name in asset.payload:
            quantity[name] += 1.0
            crew[name] += _spread(catalogue.kinds[name].crew)
    lines = tuple(_line(catalogue.kinds[key], count, crew[key]) for key, count in quantity.items() if count > 0)
    on_duty = _total([line.crew for line in lines])
    staffing = {name: _spread(value) for name, value in catalogue.staffing.items()}
    roll = product(on_duty.times(HOURS_PER_WEEK), staffing["weekly_hours"].inverse, staffing["available_share"].inverse)
    return Cost(
        lines=lines,
        capital=_total([line.capital for line in lines]),
        yearly=_total([line.yearly for line in lines]),
        renewal=_total([line.renewal for line in lines]),
        crew=on_duty,
        roll=roll,
        people=product(roll, staffing["person_year"]),
    )


_NOTHING = Spread(0.0, 0.0, 0.0)


def _line(kind: CatalogueKind, quantity: float, crew: Spread) -> CostLine:
    capital = _spread(kind.capital).times(quantity)
    return CostLine(
        kind=kind.key,
        family=kind.family,
        title=kind.title,
        quantity=quantity,
        per=kind.per,
        capital=capital,
        yearly=_spread(kind.yearly).times(quantity),
        renewal=product(capital, _spread(kind.life_years).inverse),
        crew=crew,
    )


def _crew(asset: Asset, kind: CatalogueKind) -> Spread:
    """The asset's own crew, spread as its kind's is; a crew that a deployment states is taken at its word."""
    pieces = asset.length / 1000 if kind.per == "km" else 1.0
    usual = _spread(kind.crew).times(pieces)
    if abs(asset.crew - usual.value) < 5e-4:
        return usual
    return Spread(asset.crew, asset.crew, asset.crew)


def _spread(value: Value) -> Spread:
    return Spread(value.value, value.low, value.high)


def _total(spreads: list[Spread]) -> Spread:
    return reduce(Spread.__add__, spreads, _NOTHING)
