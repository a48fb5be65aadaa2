"""Who is asking: the session cookie, the role that a route needs, and the header that keeps other sites out."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, HTTPException, Request, WebSocket
from starlette.requests import HTTPConnection

from limes.watch import users
from limes.watch.service import Watch
from limes.watch.users import User

COOKIE = "limes_session"
HEADER = "X-Limes"
"""Every request that changes something carries this header; a form on another site cannot set it."""


def watch_of(connection: HTTPConnection) -> Watch:
    """The watch that this application serves."""
    watch: Watch = connection.app.state.watch
    return watch


def user_of(connection: HTTPConnection) -> User | None:
    """Whose session the request belongs to, if anybody's; the session stays alive."""
    token = connection.cookies.get(COOKIE)
    if not token:
        return None
    store, now = watch_of(connection).store, time.time()
    with store.read() as database:
        user = users.who(database, token, now)
        stale = user is not None and users.stale(database, token, now)
    if stale:
        with store.begin() as database:
            users.touch(database, token, now)
    return user


def same_page(request: Request) -> None:
    """Refuse a request that changes something without the header that only our own page sends."""
    if request.method not in ("GET", "HEAD") and request.headers.get(HEADER) is None:
        raise HTTPException(403, f"the {HEADER} header is missing")


def require(role: str) -> Callable[[Request], User]:
    """Make the dependency that lets in people with at least this role: 401 without a session, 403 without the role."""

    def dependency(request: Request) -> User:
        user = user_of(request)
        if user is None:
            raise HTTPException(401, "log in first")
        same_page(request)
        if user.must_change_password and request.url.path not in ("/api/me", "/api/password", "/api/logout"):
            raise HTTPException(403, "change the one-time password first")
        if not user.may(role):
            raise HTTPException(403, f"needs the role {role}")
        return user

    dependency.role = role  # type: ignore[attr-defined]
    return dependency


def live_user(socket: WebSocket) -> User | None:
    """Whose session a WebSocket belongs to; None also when another site opened it or a password change is due.

    An open page keeps its session alive until twelve hours after the login: a watch that is looked at is not idle.
    """
    origin = socket.headers.get("origin")
    if origin is not None and origin.split("://", 1)[-1] != socket.headers.get("host"):
        return None
    user = user_of(socket)
    return None if user is None or user.must_change_password else user


Viewer = Annotated[User, Depends(require("viewer"))]
Operator = Annotated[User, Depends(require("operator"))]
Supervisor = Annotated[User, Depends(require("supervisor"))]
