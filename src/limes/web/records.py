"""Routes to what is kept: the audit, the quarantine, and the way in for detections over HTTP."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import PlainTextResponse

from limes.links import LineSplitter
from limes.watch import audit, chain
from limes.watch.ingest import take
from limes.watch.service import Watch
from limes.web.ingress import bearer
from limes.web.sessions import Supervisor, Viewer, watch_of

router = APIRouter(prefix="/api")

_LAST = 2**53 - 1


@router.get("/audit", tags=["audit"])
def read_audit(
    user: Supervisor,
    request: Request,
    after: Annotated[int, Query(ge=-1, le=_LAST)] = -1,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[dict[str, Any]]:
    """Entries of the audit after a sequence number, oldest first; with after = -1 the newest ones."""
    with watch_of(request).store.read() as database:
        if after < 0:
            after = audit.last_seq(database) - limit
        return [asdict(entry) for entry in audit.entries(database, after, limit)]


@router.get("/audit/export", tags=["audit"], response_class=PlainTextResponse)
def export_audit(user: Supervisor, request: Request) -> PlainTextResponse:
    """The whole audit as JSON lines, which `limes audit verify` checks; the export itself is in the audit."""
    with watch_of(request).store.begin() as database:
        audit.record(database, time.time(), user.name, "audit exported")
    with watch_of(request).store.read() as database:
        text = "".join(f"{line}\n" for line in audit.export(database))
    name = {"Content-Disposition": "attachment; filename=limes-audit.jsonl"}
    return PlainTextResponse(text, media_type="application/jsonl", headers=name)


@router.get("/audit/verify", tags=["audit"])
def verify_audit(user: Supervisor, request: Request) -> dict[str, Any]:
    """Check the chain as it stands in the store."""
    with watch_of(request).store.read() as database:
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
    """Take JSON lines; the answer comes when all of them are on the disk, in the journal or in the quarantine.

    They are taken as they come, so a request that breaks off has been taken up to some line: send it again.
    """
    bearer(request, authorization)
    splitter, answer = LineSplitter(), _Answer()
    source = f"http {request.client.host if request.client else ''}"
    async for chunk in request.stream():
        await _add(answer, watch_of(request), splitter.feed(chunk), source)
    await _add(answer, watch_of(request), splitter.end(), source)
    return asdict(answer)


@dataclass
class _Answer:
    """What became of the lines of one request: how many are kept, and the first hundred that were refused."""

    ack: int = 0
    detections: int = 0
    refused: int = 0
    refusals: list[dict[str, Any]] = field(default_factory=list)


async def _add(answer: _Answer, watch: Watch, lines: list[bytes], source: str) -> None:
    if not lines:
        return
    taken = take(watch, lines, source, answer.ack + 1)
    await asyncio.wait_for(asyncio.wrap_future(taken.done), 30.0)
    answer.ack += len(lines)
    answer.detections += taken.detections
    answer.refused += len(taken.refusals)
    room = 100 - len(answer.refusals)
    answer.refusals += [{"line": line, "reason": reason} for line, reason in taken.refusals[:room]]
