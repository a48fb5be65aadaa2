"""Weather to ask about: named conditions and single numbers laid over the weather of an hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from limes.errors import UsageError
from limes.sector.weather import Weather

CONDITIONS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "clear": {"visibility": 20_000.0, "rain": 0.0, "wind": 2.0, "gust": 3.0, "wind_aloft": 5.0, "cloud": 0.1},
        "haze": {"visibility": 4_000.0, "rain": 0.0, "humidity": 0.8},
        "fog": {"visibility": 200.0, "rain": 0.0, "humidity": 0.99, "wind": 1.0, "gust": 2.0, "cloud": 1.0},
        "rain": {"visibility": 3_000.0, "rain": 8.0, "humidity": 0.95, "cloud": 1.0},
        "storm": {"visibility": 5_000.0, "rain": 4.0, "wind": 12.0, "gust": 20.0, "wind_aloft": 30.0, "cloud": 1.0},
    }
)
"""Named conditions: what each sets, in the units of `Weather`; the rest stays as the hour has it."""


LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "wind": (0.0, 100.0),
        "wind_from": (0.0, 6.2832),
        "gust": (0.0, 150.0),
        "wind_aloft": (0.0, 150.0),
        "visibility": (1.0, 200_000.0),
        "cloud": (0.0, 1.0),
        "rain": (0.0, 500.0),
        "temperature": (-90.0, 70.0),
        "humidity": (0.0, 1.0),
    }
)
"""The numbers that can be asked about, and what air can be, in the units of `Weather`."""


def conditions(weather: Weather, text: str) -> Weather:
    """Lay conditions over a weather: names and `number=value` pairs with commas between, such as "fog,wind=3".

    Raises UsageError for an unknown name, and for a value that is no number or that no air has.

    >>> hour = Weather(0.0, 2.0, 0.0, 3.0, 5.0, 12_000.0, 0.2, 0.0, 5.0, 0.6)
    >>> conditions(hour, "fog,visibility=500").visibility
    500.0
    """
    for word in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = (part.strip() for part in word.partition("="))
        if not value and name in CONDITIONS:
            weather = replace(weather, **CONDITIONS[name])
        elif value and name in LIMITS:
            weather = replace(weather, **{name: _number(name, value)})
        else:
            raise UsageError(
                f"{word!r} is no condition; use {', '.join(CONDITIONS)} or one of {', '.join(sorted(LIMITS))} with =VALUE"
            )
    return weather


def _number(name: str, value: str) -> float:
    low, high = LIMITS[name]
    try:
        number = float(value)
    except ValueError:
        raise UsageError(f"{name}={value} is no number") from None
    if not low <= number <= high:
        raise UsageError(f"{name}={value} is out of what air can be: {low:g} to {high:g}")
    return number
