"""Units at the edge: degrees, knots, local times. Inside, all is SI, radians and UTC epoch seconds."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

KNOT = 1852.0 / 3600.0
"""One knot in metres per second."""

KMH = 1.0 / 3.6
"""One kilometre per hour in metres per second."""

EARTH_RADIUS = 6_378_137.0
"""Equatorial radius of the WGS84 ellipsoid, metres."""


def parse_time(text: str) -> float:
    """Read an ISO 8601 time with its zone as UTC epoch seconds; ValueError without a zone.

    >>> parse_time("2026-01-20T17:10:00+03:00")
    1768918200.0
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return moment.timestamp()


def format_time(time: float, zone: str = "UTC") -> str:
    """Write UTC epoch seconds as ISO 8601 to the second in a named zone.

    >>> format_time(1768918200.0)
    '2026-01-20T14:10:00+00:00'
    >>> format_time(1768918200.0, "Europe/Istanbul")
    '2026-01-20T17:10:00+03:00'
    """
    tz = UTC if zone == "UTC" else ZoneInfo(zone)
    return datetime.fromtimestamp(round(time), tz).isoformat()


def local_hour(time: float, hour: float, zone: str) -> float:
    """UTC epoch seconds of an hour of the local day that a time falls in.

    >>> format_time(local_hour(1768918200.0, 2.5, "Europe/Istanbul"), "Europe/Istanbul")
    '2026-01-20T02:30:00+03:00'
    """
    day = datetime.fromtimestamp(time, ZoneInfo(zone))
    return (datetime(day.year, day.month, day.day, tzinfo=day.tzinfo) + timedelta(hours=hour)).timestamp()


def compass(angle: float) -> str:
    """Name the nearest of eight compass points for an angle in radians clockwise from north.

    >>> compass(math.radians(100))
    'east'
    """
    names = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
    return names[round(angle / (math.pi / 4)) % 8]
