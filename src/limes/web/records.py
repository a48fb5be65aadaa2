"""Routes to what is kept: the audit, the quarantine, and the way in for detections over HTTP."""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Query, Request
from fastapi.responses import PlainTextResponse

from limes.watch import audit, chain
from limes.watch.ingest import take
from limes.web.sessions import Supervisor, Viewer, watch_of

router = APIRouter(prefix="/api")

MAX_BODY = 16 << 20


@router.get("/audit", tags=["audit"])
def read_audit(
    user: Supervisor, request: Request, after: int = -1, limit: Annotated[int, Query(ge=1, le=1000)] = 200
) -> list[dict[str, Any]]:
    """Entries of the audit after a sequence number, oldest first; with after = -1 the newest ones."""
    with watch_of(request).store.begin() as database:
        if after < 0:
            after = audit.last_seq(database) - limit
        return [asdict(entry) for entry in audit.entries(database, after, limit)]


@router.get("/audit/export", tags=["audit"], response_class=PlainTextResponse)
def export_audit(user: Supervisor, request: Request) -> PlainTextResponse:
    """The whole audit as JSON lines, which `limes audit verify` checks; the export itself is in the audit."""
    with watch_of(request).store.begin() as database:
        audit.record(database, time.time(), user.name, "audit exported")
        text = "".join(f"{line}\n" for line in audit.export(database))
    name = {"Content-Disposition": "attachment; filename=limes-audit.jsonl"}
    return PlainTextResponse(text, media_type="application/jsonl", headers=name)


@router.get("/audit/verify", tags=["audit"])
def verify_audit(user: Supervisor, request: Request) -> dict[str, Any]:
    """Check the chain as it stands in the store."""
    with watch_of(request).store.begin() as database:
        lines = list(audit.export(database))
    wrong = chain.verify(lines)
    head = json.loads(lines[-1])["hash"] if lines else chain.START
    return {"entries": len(lines), "head": head, "wrong": wrong}


@router.get("/quarantine", tags=["ingest"])
def read_quarantine(user: Viewer, request: Request, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> dict[str, Any]:
    """What was refused: counts by cause and the newest lines."""
    quarantine = watch_of(request).quarantine
    counts = [{"cause": cause, "count": count} for cause, count in quarantine.counts()[:50]]
    return {"total": quarantine.total, "counts": counts, "latest": [asdict(item) for item in quarantine.latest(limit)]}


@router.post("/ingest", tags=["ingest"])
async def ingest(request: Request, authorization: Annotated[str, Header()] = "") -> dict[str, Any]:
    """Take JSON lines; the answer comes when all of them are on the disk, in the journal or in the quarantine."""
    token = request.app.state.ingest_token
    if token is None or not hmac.compare_digest(authorization, f"Bearer {token}"):
        raise HTTPException(401, "send the ingest token: Authorization: Bearer TOKEN")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise HTTPException(413, f"a body holds at most {MAX_BODY >> 20} MiB; send it in parts")
    lines = bytes(body).splitlines()
    source = f"http {request.client.host if request.client else ''}"
    parsed, done = take(watch_of(request), lines, source)
    await asyncio.wait_for(done, 30.0)
    refusals = [{"line": item.line_no, "reason": item.reason} for item in parsed.refusals[:100]]
    return {"ack": len(lines), "detections": len(parsed.detections), "refused": len(parsed.refusals), "refusals": refusals}
