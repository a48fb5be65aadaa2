"""Routes to tunnel cases: leads on a place, their evidence, what is believed and what to do next."""

from __future__ import annotations

import time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from limes.watch import tunnel_cases
from limes.watch.tunnel_belief import PRIOR
from limes.web.sessions import Operator, Viewer, watch_of

router = APIRouter(prefix="/api/tunnels", tags=["tunnels"])

_Text = Annotated[str, Field(min_length=1, max_length=500)]


class Lead(BaseModel):
    """A stretch of the line where a tunnel may be, and how likely that is before any evidence."""

    title: _Text
    km_from: float = Field(ge=0.0, le=1e5)
    km_to: float = Field(ge=0.0, le=1e5)
    prior: float = Field(PRIOR, gt=0.0, lt=1.0)


class Finding(BaseModel):
    """A piece of evidence: its kind, when it was found (UTC seconds; now where unsaid) and its figures."""

    kind: Literal["fibre", "survey", "patrol", "surface", "borehole"]
    at: float | None = Field(None, ge=0.0, le=1e11)
    figures: dict[str, Any] = Field(max_length=20)


class HandOver(BaseModel):
    """To whom a case goes, and what they must know."""

    to: _Text
    text: _Text


class Closing(BaseModel):
    """How a case ends."""

    outcome: Literal["tunnel found", "no tunnel found", "handed to others"]
    text: str = Field("", max_length=500)


@router.get("")
def every(user: Viewer, request: Request) -> list[dict[str, Any]]:
    """All tunnel cases, newest first, with belief, its course, next steps and what is left unseen."""
    with watch_of(request).store.read() as database:
        return tunnel_cases.every(database)


@router.post("")
def open_case(lead: Lead, user: Operator, request: Request) -> dict[str, str]:
    """Open a case on a stretch of the line."""
    with watch_of(request).store.begin() as database:
        span = (lead.km_from, lead.km_to)
        return {"id": tunnel_cases.open_case(database, user.name, time.time(), lead.title, span, lead.prior)}


@router.post("/{case}/evidence", status_code=204)
def evidence(case: str, finding: Finding, user: Operator, request: Request) -> None:
    """Add a piece of evidence; 409 says which figure does not fit."""
    now = time.time()
    with watch_of(request).store.begin() as database:
        at = now if finding.at is None else finding.at
        tunnel_cases.add_evidence(database, case, user.name, now, finding.kind, finding.figures, at)


@router.post("/{case}/handover", status_code=204)
def hand_over(case: str, what: HandOver, user: Operator, request: Request) -> None:
    """Hand a case to another person."""
    with watch_of(request).store.begin() as database:
        tunnel_cases.hand_over(database, case, user.name, time.time(), what.to, what.text)


@router.post("/{case}/close", status_code=204)
def close(case: str, what: Closing, user: Operator, request: Request) -> None:
    """Close a case with its outcome."""
    with watch_of(request).store.begin() as database:
        tunnel_cases.close_case(database, case, user.name, time.time(), what.outcome, what.text)
