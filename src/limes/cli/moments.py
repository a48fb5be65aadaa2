"""Local hours and dates on the command line as moments."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from limes.sector import Sector


def moment(sector: Sector, hour: float, date: str | None) -> float:
    """UTC epoch seconds of a local hour of a local date (YYYY-MM-DD, today by default); UsageError for another form."""
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo

    from limes.errors import UsageError

    zone = ZoneInfo(sector.time_zone)
    try:
        day = datetime.now(zone) if date is None else datetime.fromisoformat(date)
    except ValueError:
        raise UsageError(f"--date {date} is not YYYY-MM-DD") from None
    return (datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(hours=hour)).timestamp()
