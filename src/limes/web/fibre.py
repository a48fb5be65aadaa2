"""Fibres on the page: the live waterfall, its events and how the glass is, as `limes fibre --page` sends them.

The waterfall is a picture and no record: the last ten minutes are kept in memory. Events enter the watch as detections, by the
journal, like those of any sensor.
"""

from __future__ import annotations

import base64
import binascii
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Path, Request
from pydantic import BaseModel, Field

from limes.watch.ingest import fits
from limes.web.sessions import Viewer, watch_of

router = APIRouter(prefix="/api", tags=["fibre"])

KEPT_ROWS = 600
KEPT_EVENTS = 200
_CELLS = 400
_LABEL = Field(max_length=40)


class Shown(BaseModel):
    """One second of the waterfall: when, and each cell's height above its noise in quarters of a dB, base64 of bytes."""

    time: float = Field(ge=0, le=4.2e9)
    cells: str = Field(max_length=4 * _CELLS)


class ShownEvent(BaseModel):
    """One event for the picture: when, where, what and how surely."""

    time: float = Field(ge=0, le=4.2e9)
    along: float = Field(ge=-1e6, le=1e6)
    low: float = Field(ge=-1e6, le=1e6)
    high: float = Field(ge=-1e6, le=1e6)
    label: Annotated[str, _LABEL]
    track: int = Field(0, ge=0, le=2**53)
    p: float = Field(ge=0, le=1)
    strength_db: float = Field(ge=-100, le=300)


class FibreHealth(BaseModel):
    """How a fibre is: channels in all, dead and noisy ones, and where it is broken (m), if it is."""

    channels: int = Field(ge=0, le=1 << 20)
    dead: int = Field(ge=0, le=1 << 20)
    noisy: int = Field(ge=0, le=1 << 20)
    break_m: float | None = None


class News(BaseModel):
    """What a fibre's listener sends every other second."""

    start_m: float
    length_m: float = Field(ge=0, le=1e6)
    rows: list[Shown] = Field(max_length=KEPT_ROWS)
    events: list[ShownEvent] = Field(max_length=KEPT_EVENTS)
    health: FibreHealth


@dataclass
class Fibre:
    """What is kept of one fibre."""

    start: float = 0.0
    length: float = 0.0
    heard: float = 0.0
    health: FibreHealth | None = None
    rows: deque[Shown] = field(default_factory=lambda: deque(maxlen=KEPT_ROWS))
    events: deque[ShownEvent] = field(default_factory=lambda: deque(maxlen=KEPT_EVENTS))


class Fibres:
    """The fibres of a watch, by the id of their sensor; safe from several threads."""

    def __init__(self) -> None:
        """Nothing was heard yet."""
        self._known: dict[str, Fibre] = {}
        self._lock = threading.Lock()

    def take(self, sensor: str, news: News) -> None:
        """Add what a listener sent; rows of another width begin the picture anew."""
        with self._lock:
            fibre = self._known.setdefault(sensor, Fibre())
            if news.rows and fibre.rows and len(_bytes(news.rows[0].cells)) != len(_bytes(fibre.rows[-1].cells)):
                fibre.rows.clear()
            fibre.start, fibre.length, fibre.health, fibre.heard = news.start_m, news.length_m, news.health, time.time()
            fibre.rows.extend(news.rows)
            fibre.events.extend(news.events)

    def picture(self, after: float) -> list[dict[str, Any]]:
        """Every fibre with the rows later than a time (epoch s), its events and its health."""
        with self._lock:
            return [_shown(name, fibre, after) for name, fibre in sorted(self._known.items())]


def _shown(name: str, fibre: Fibre, after: float) -> dict[str, Any]:
    rows = [row.model_dump() for row in fibre.rows if row.time > after]
    events = [event.model_dump() for event in fibre.events]
    silent = round(time.time() - fibre.heard, 1)
    state = fibre.health.model_dump() if fibre.health else None
    where = {"sensor": name, "start_m": fibre.start, "length_m": fibre.length, "silent_s": silent}
    return where | {"health": state, "rows": rows, "events": events}


@router.get("/fibre")
def fibres(user: Viewer, request: Request, after: float = 0.0) -> list[dict[str, Any]]:
    """Every fibre that is listened to: waterfall rows later than `after`, events and health."""
    found: list[dict[str, Any]] = request.app.state.fibres.picture(after)
    return found


@router.post("/ingest/fibre/{sensor}", status_code=204)
def news(
    sensor: Annotated[str, Path(max_length=64)], news: News, request: Request, authorization: Annotated[str, Header()] = ""
) -> None:
    """Take what a listener shows: for the picture only, detections go by the ingest; needs the ingest token."""
    token = request.app.state.ingest_token
    scheme, _, said = authorization.partition(" ")
    if token is None or scheme != "Bearer" or not fits(token, said):
        raise HTTPException(401, "send the ingest token: Authorization: Bearer TOKEN")
    if sensor not in watch_of(request).directory.index:
        raise HTTPException(404, f"{sensor} is not in the deployment")
    widths = {len(_bytes(row.cells)) for row in news.rows}
    if len(widths) > 1 or any(not 0 < width <= _CELLS for width in widths):
        raise HTTPException(422, f"rows hold 1 to {_CELLS} cells, all the same")
    request.app.state.fibres.take(sensor, news)


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise HTTPException(422, "cells are base64") from None
