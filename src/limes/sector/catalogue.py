"""The menu of equipment: kinds with performance, cost, crew, upkeep, and the source of every number.

The built-in menu is the TOML in `menu/`; a sector's own catalogue.toml extends it or overrides single values of it.
`families.py` says which numbers a kind of each family must state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from limes.errors import Fault, InputError
from limes.sector.families import FAMILIES

ASSUMED = "assumed"
"""The source of a number that has none; such a number always has a range."""

MENU = Path(__file__).with_name("menu")
"""Folder of the built-in catalogue."""


@dataclass(frozen=True)
class Value:
    """A number with its range, unit and source (a key of `Catalogue.sources`, or "assumed").

    >>> Value(8.0, 3.0, 8.0, "s", "mil-hdbk-1013").assumed
    False
    """

    value: float
    low: float
    high: float
    unit: str
    source: str
    note: str = ""

    @property
    def assumed(self) -> bool:
        """Whether nobody stands behind the number."""
        return self.source == ASSUMED


@dataclass(frozen=True)
class CatalogueKind:
    """One line of the menu: what it does, what it costs, who it needs and what carries it through wind.

    Costs and crew are for one piece, or for one km of a kind whose `per` is "km". `yearly` is upkeep and running without
    people; `crew` is people on duty at any hour; `availability` is the share of time it works, weather apart.
    """

    key: str
    family: str
    title: str
    performance: Mapping[str, Value]
    capital: Value
    yearly: Value
    crew: Value
    availability: Value
    life_years: Value
    wind_limit: Value | None
    per: str
    payload: tuple[str, ...]
    traits: Mapping[str, str]
    note: str = ""

    def number(self, name: str, default: float | None = None) -> float:
        """The value of one performance number; KeyError naming kind and number where it is absent without a default."""
        value = self.performance.get(name)
        if value is not None:
            return value.value
        if default is None:
            raise KeyError(f"{self.key} has no {name}")
        return default

    @property
    def linear(self) -> bool:
        """Whether it stands along the border line rather than at a place."""
        return FAMILIES[self.family].geometry == "line"

    @property
    def moves(self) -> bool:
        """Whether it is a unit that goes out from a base."""
        return FAMILIES[self.family].geometry == "unit"

    def values(self) -> dict[str, Value]:
        """Every number of the kind by its field, performance first."""
        rest = {
            "capital": self.capital,
            "yearly": self.yearly,
            "crew": self.crew,
            "availability": self.availability,
            "life_years": self.life_years,
        }
        wind = {} if self.wind_limit is None else {"wind_limit": self.wind_limit}
        return {**self.performance, **rest, **wind}


@dataclass(frozen=True)
class Catalogue:
    """The menu: kinds by key, what the classes of movers look like to any sensor, staffing, and citations by source key."""

    kinds: Mapping[str, CatalogueKind]
    targets: Mapping[str, Mapping[str, Value]]
    staffing: Mapping[str, Value]
    sources: Mapping[str, str]

    def family(self, name: str) -> tuple[CatalogueKind, ...]:
        """The kinds of one family, the cheapest first."""
        return tuple(kind for kind in self.kinds.values() if kind.family == name)

    def target(self, target_class: str, name: str) -> float:
        """One number of a class of mover, such as `target("person", "rcs_m2")`."""
        return self.targets[target_class][name].value


def load_catalogue(*paths: str | Path) -> Catalogue:
    """Load the built-in menu, then let each TOML file extend and override it, in order.

    Raises InputError (file, field, problem, cure) for the first fault; `check_catalogue` lists them all.

    >>> load_catalogue().kinds["radar-medium"].number("frequency_ghz")
    9.6
    """
    from limes.sector.catalogue_file import read_catalogue

    catalogue, faults = read_catalogue([Path(path) for path in paths])
    if catalogue is None:
        first, more = faults[0], len(faults) - 1
        cure = f"{first.cure} ({more} more: limes catalogue check)" if more else first.cure
        raise InputError(first.file, first.field, first.problem, cure)
    return catalogue


def check_catalogue(*paths: str | Path) -> list[Fault]:
    """Every fault of the given catalogue files laid over the built-in menu; an empty list when they are right."""
    from limes.sector.catalogue_file import read_catalogue

    return read_catalogue([Path(path) for path in paths])[1]
