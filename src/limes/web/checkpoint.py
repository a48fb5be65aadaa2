"""Routes of the checkpoint: bring a file from an instrument, look at readings, fetch what a reading rests on."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Query, Request, Response

from limes.errors import InputError
from limes.watch import audit, custody, projection
from limes.watch.cases import GOODS_OUTCOMES
from limes.watch.laboratory import LARGEST
from limes.watch.quarantine import refused
from limes.web.ingress import bearer
from limes.web.sessions import Operator, Viewer, watch_of

router = APIRouter(prefix="/api", tags=["checkpoint"])

_NAME = re.compile(r"[^\w.,+()\- ]")
File = Annotated[str, Query(max_length=120, description="Name of the file; its ending may say the format.")]
Crossing = Annotated[str, Query(max_length=64, description="Crossing point, by its id in the sector.")]
Declared = Annotated[str, Query(max_length=120, description="Material of the declared goods.")]
Technique = Annotated[str, Query(pattern="^(|raman|mid-ir|nir)$", description="Where the file does not say it.")]
CaseName = Annotated[str, Query(max_length=32, description="Open checkpoint case that the reading belongs to.")]


@router.post("/readings")
async def bring(
    user: Operator,
    request: Request,
    file: File = "reading",
    crossing: Crossing = "",
    declared: Declared = "",
    technique: Technique = "",
    case: CaseName = "",
) -> dict[str, Any]:
    """Take the bytes of one instrument's file; the answer, with its verdict, comes when all of it is on the disk and audited.

    400 with the reason for a file that cannot be read, 413 for one that is too large; both are counted and quarantined.
    """
    said = {"file": file, "crossing": crossing, "declared": declared, "technique": technique, "case": case}
    return await _take(request, user.name, "page", said)


@router.post("/ingest/readings")
async def receive(
    request: Request,
    authorization: Annotated[str, Header()] = "",
    file: File = "reading",
    crossing: Crossing = "",
    declared: Declared = "",
    technique: Technique = "",
    instrument: Annotated[str, Query(max_length=64, description="Name of the instrument that sends.")] = "instrument",
) -> dict[str, Any]:
    """The same for an instrument or its gateway, which sends the ingest token: `Authorization: Bearer TOKEN`."""
    bearer(request, authorization)
    said = {"file": file, "crossing": crossing, "declared": declared, "technique": technique}
    return await _take(request, _plain(instrument), f"link {request.client.host if request.client else ''}", said)


@router.get("/readings")
def newest(user: Viewer, request: Request, limit: Annotated[int, Query(ge=1, le=200)] = 30) -> dict[str, Any]:
    """The newest readings, crossing points to choose from and how a case can end."""
    watch = watch_of(request)
    with watch.store.read() as database:
        found = projection.readings(database, limit)
    places = [{"id": key, "name": point.name} for key, point in watch.pipeline.points.items()]
    return {"readings": found, "crossings": places, "outcomes": list(GOODS_OUTCOMES)}


@router.get("/readings/{reading}")
def one_reading(reading: str, user: Viewer, request: Request) -> dict[str, Any]:
    """One reading with its curve: measured, match and residual."""
    with watch_of(request).store.read() as database:
        found = projection.reading(database, reading)
    if found is None:
        raise HTTPException(404, "no such reading")
    return found


@router.post("/readings/{reading}/case")
def open_case(reading: str, user: Operator, request: Request) -> dict[str, Any]:
    """Open a case for a reading that asked for none; the answer is the reading with its case."""
    one_reading(reading, user, request)
    return watch_of(request).open_reading(user.name, reading)


@router.get("/readings/{reading}/file", response_class=Response)
def its_file(reading: str, user: Operator, request: Request) -> Response:
    """The bytes that were measured, checked against their hash; that somebody fetched them is in the audit."""
    watch, found = watch_of(request), one_reading(reading, user, request)
    try:
        data = custody.fetch(watch.settings.data, found["sha256"])
    except InputError as fault:
        raise HTTPException(409, str(fault.fault.problem)) from None
    with watch.store.begin() as database:
        audit.record(database, time.time(), user.name, "reading fetched", reading, {"sha256": found["sha256"]})
    name = {"Content-Disposition": f'attachment; filename="{found["sha256"][:12]}.bin"'}
    return Response(data, media_type="application/octet-stream", headers=name)


async def _take(request: Request, user: str, source: str, said: dict[str, str]) -> dict[str, Any]:
    watch = watch_of(request)
    data = await _body(request, source)
    named = {key: value for key, value in {**said, "file": _plain(said["file"])}.items() if value}
    async with request.app.state.bench:
        try:
            return await asyncio.to_thread(watch.read, user, source, data, named)
        except InputError as fault:
            raise HTTPException(400, f"{fault.fault.problem}; {fault.fault.cure}") from None


async def _body(request: Request, source: str) -> bytes:
    """The body, no more than may be; what is larger is refused before it is in memory, counted and quarantined."""
    parts: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST:
            why = f"is larger than {LARGEST >> 20} MB"
            item = refused(time.time(), source, 0, "file", why, b"".join(parts)[:2048], size)
            await asyncio.wrap_future(watch_of(request).submit([], [item]))
            raise HTTPException(413, f"the file {why}; send one measurement")
        parts.append(chunk)
    return b"".join(parts)


def _plain(name: str) -> str:
    """A name that came from outside, without what a file's name needs not."""
    return _NAME.sub("_", name).strip()[:120] or "reading"
