"""Tunnel cases in the store: a lead on a stretch of the line, its evidence over weeks, what is believed of it, who has it.

A tunnel case is no alarm and stands in no queue. Everything that people do to it is in the audit, in the same transaction.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import sqlalchemy as sa

from limes.watch import audit, store
from limes.watch.cases import ActRefused
from limes.watch.tunnel_belief import DEPTHS, PRIOR, SIZES, Evidence, check_evidence, follow
from limes.watch.tunnel_steps import residual, seen, steps

OUTCOMES = ("tunnel found", "no tunnel found", "handed to others")
"""What closes a tunnel case; "no tunnel found" is not "no tunnel": the residual stays with it."""

MOST_EVIDENCE = 500
"""Pieces of evidence in one case."""


def open_case(
    connection: sa.Connection, user: str, time: float, title: str, km: tuple[float, float], prior: float = PRIOR
) -> str:
    """Open a case on a stretch of the line (km, at most 1 long) and return its id."""
    if not 0.0 <= km[0] < km[1] <= km[0] + 1.0:
        raise ActRefused("the stretch runs from a lower to a higher km and is at most 1 km long")
    if not 0.0 < prior < 1.0:
        raise ActRefused("the chance before any evidence lies between 0 and 1")
    number = int(connection.execute(sa.select(sa.func.count()).select_from(store.tunnel_cases)).scalar() or 0) + 1
    key = f"tunnel-{number:04d}"
    body = {"title": title, "km": list(km), "prior": prior, "owner": user, "outcome": None, "evidence": [], "history": []}
    _remember(body, time, user, "open", title)
    connection.execute(sa.insert(store.tunnel_cases), [{"id": key, "state": "open", "opened": time, "body": body}])
    audit.record(connection, time, user, "tunnel case opened", key, {"title": title, "km": list(km), "prior": prior})
    return key


def add_evidence(
    connection: sa.Connection, key: str, user: str, time: float, kind: str, figures: Mapping[str, Any], at: float
) -> None:
    """Add a piece of evidence of the time `at`; InputError for figures that do not fit, ActRefused for a closed case."""
    body = _open(connection, key)
    check_evidence(kind, figures)
    if len(body["evidence"]) >= MOST_EVIDENCE:
        raise ActRefused(f"a case holds at most {MOST_EVIDENCE} pieces of evidence; sum them up, night by night")
    body["evidence"].append({"kind": kind, "time": at, "by": user, "figures": dict(figures)})
    _remember(body, time, user, "evidence", kind)
    _keep(connection, key, body)
    audit.record(connection, time, user, "tunnel evidence", key, {"kind": kind, "at": at, "figures": dict(figures)})


def hand_over(connection: sa.Connection, key: str, user: str, time: float, to: str, text: str) -> None:
    """Hand the case to another person, with what they must know."""
    body = _open(connection, key)
    body["owner"] = to
    _remember(body, time, user, "hand over", f"to {to}: {text}")
    _keep(connection, key, body)
    audit.record(connection, time, user, "tunnel case handed over", key, {"to": to, "text": text})


def close_case(connection: sa.Connection, key: str, user: str, time: float, outcome: str, text: str = "") -> None:
    """Close the case with one of `OUTCOMES`."""
    if outcome not in OUTCOMES:
        raise ActRefused(f"closing needs an outcome: {', '.join(OUTCOMES)}")
    body = _open(connection, key)
    body["outcome"] = outcome
    _remember(body, time, user, "close", f"{outcome}: {text}" if text else outcome)
    _keep(connection, key, body, "closed")
    audit.record(connection, time, user, "tunnel case closed", key, {"outcome": outcome, "text": text})


def every(connection: sa.Connection) -> list[dict[str, Any]]:
    """All cases as `view` tells them, newest first."""
    rows = connection.execute(sa.select(store.tunnel_cases).order_by(store.tunnel_cases.c.opened.desc())).mappings()
    return [{"id": row["id"], "state": row["state"], "opened": row["opened"], **view(row["body"])} for row in rows]


def view(body: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of a case: belief with its history, its likeliest depth and size, next steps, and what is left unseen."""
    found = sorted(evidence_of(body["evidence"]), key=lambda one: one.time)
    beliefs = follow(found, float(body["prior"]))
    last = beliefs[-1]
    depth, size = last.tunnel.sum(axis=(0, 2)), last.tunnel.sum(axis=(0, 1))
    course = [{"time": one.time, "kind": one.kind, "p": belief.p} for one, belief in zip(found, beliefs[1:], strict=True)]
    return {
        **{name: body[name] for name in ("title", "km", "prior", "owner", "outcome", "history", "evidence")},
        "p": last.p,
        "course": course,
        "depths": {f"{d:g}": round(float(p / last.p), 3) for d, p in zip(DEPTHS, depth, strict=True)},
        "sizes": {f"{s:g}": round(float(p / last.p), 3) for s, p in zip(SIZES, size, strict=True)},
        "steps": [asdict(step) for step in steps(last)],
        "residual": residual(last, found),
    }


def evidence_of(rows: Sequence[Mapping[str, Any]]) -> list[Evidence]:
    """Evidence from its JSON rows."""
    return [Evidence(row["kind"], float(row["time"]), str(row["by"]), row["figures"]) for row in rows]


def searched(connection: sa.Connection, kilometres: int) -> np.ndarray:
    """P(a finished tunnel through each km (km,), 6 m deep and 1.5 m wide, would have been found by the surveys of its cases).

    A case searches only its own stretch, and only what was there then.
    """
    found = np.zeros(kilometres)
    for row in connection.execute(sa.select(store.tunnel_cases.c.body)):
        low, high = row[0]["km"]
        p = seen(evidence_of(row[0]["evidence"]))
        for km in range(math.floor(low), min(math.ceil(high), kilometres)):
            found[km] += p * max(min(high, km + 1.0) - max(low, km), 0.0)
    return np.minimum(found, 1.0)


def _open(connection: sa.Connection, key: str) -> dict[str, Any]:
    row = connection.execute(sa.select(store.tunnel_cases).where(store.tunnel_cases.c.id == key)).mappings().first()
    if row is None:
        raise ActRefused(f"there is no tunnel case {key[:64]!r}")
    if row["state"] != "open":
        raise ActRefused("the tunnel case is closed; open a new one on the place")
    return dict(row["body"])


def _remember(body: dict[str, Any], time: float, user: str, verb: str, detail: str) -> None:
    body["history"].append({"time": time, "user": user, "verb": verb, "detail": detail})


def _keep(connection: sa.Connection, key: str, body: dict[str, Any], state: str = "open") -> None:
    change = sa.update(store.tunnel_cases).where(store.tunnel_cases.c.id == key)
    connection.execute(change.values(body=body, state=state))
