"""The application: routes, headers that keep a browser on the safe side, and the built page."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from limes import __version__
from limes.errors import LimesError
from limes.watch.service import Unsettled, Watch
from limes.web import checkpoint, closure, fibre, inspection, live, people, place, plan, records, tunnels, work
from limes.web.closure import LiveClosure
from limes.web.fibre import Fibres
from limes.web.inspection import Plans
from limes.web.live import Broadcaster
from limes.web.scene import Scene

STATIC = Path(__file__).parent / "static"
"""Where the build puts the page."""

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def create_app(watch: Watch, ingest_token: str | None = None) -> FastAPI:
    """Make the application for a watch that is running; `ingest_token` lets HTTP senders in, None lets none in."""
    app = FastAPI(title="Limes", version=__version__, lifespan=_lifespan, docs_url=None, redoc_url=None)
    app.state.watch = watch
    app.state.ingest_token = ingest_token
    app.state.scene = Scene(watch)
    app.state.closure = LiveClosure(watch)
    app.state.plans = Plans(watch)
    app.state.broadcaster = Broadcaster(watch)
    app.state.bench = asyncio.Semaphore(2)  # readings that are analysed at once
    app.state.fibres = Fibres()
    for room in (people, place, closure, plan, work, checkpoint, inspection, records, tunnels, fibre, live):
        app.include_router(room.router)
    app.middleware("http")(_guarded)
    for kind, answer in ((LimesError, _refused), (OSError, _disk), (RequestValidationError, _malformed)):
        app.add_exception_handler(kind, answer)
    if STATIC.is_dir():
        app.mount("/assets", StaticFiles(directory=STATIC / "assets"), name="assets")
        app.get("/", include_in_schema=False)(_page)
    return app


async def _page() -> FileResponse:
    """The page itself."""
    return FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    task = asyncio.create_task(app.state.broadcaster.run())
    yield
    task.cancel()
    await asyncio.wait([task])


async def _guarded(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call_next(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.url.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


async def _refused(request: Request, fault: Exception) -> JSONResponse:
    """What people ask for and the watch refuses, in its own words."""
    return JSONResponse({"detail": str(fault)}, status_code=503 if isinstance(fault, Unsettled) else 409)


async def _disk(request: Request, fault: Exception) -> JSONResponse:
    """The disk does not keep what was sent: nothing is acknowledged."""
    return JSONResponse({"detail": f"it could not be kept: {fault}"}, status_code=503)


async def _malformed(request: Request, fault: Exception) -> JSONResponse:
    """What is wrong with a request, without repeating what it held: that may be a password, or no JSON at all."""
    errors = fault.errors() if isinstance(fault, RequestValidationError) else []
    return JSONResponse(
        {"detail": [{name: error[name] for name in ("loc", "msg", "type")} for error in errors]}, status_code=422
    )
