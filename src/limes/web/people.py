"""Routes about people: log in and out, passwords, who there is."""

from __future__ import annotations

import time
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from pydantic import BaseModel, Field

from limes.errors import UsageError
from limes.watch import audit, users
from limes.web.live import recheck
from limes.web.sessions import COOKIE, Supervisor, Viewer, same_page, watch_of

router = APIRouter(prefix="/api", tags=["people"])


class Credentials(BaseModel):
    """A name and a password."""

    name: str = Field(max_length=64)
    password: str = Field(max_length=256)


class PasswordChange(BaseModel):
    """The old password and the one to use from now on."""

    old: str = Field(max_length=256)
    new: str = Field(max_length=256)


class NewUser(BaseModel):
    """A person to add; the answer holds a one-time password."""

    name: str = Field(max_length=64)
    role: str = Field(max_length=16)


class Disabling(BaseModel):
    """Whether a person is shut out."""

    disabled: bool


def _shown(user: users.User) -> dict[str, Any]:
    return {
        "name": user.name,
        "role": user.role,
        "must_change_password": user.must_change_password,
        "disabled": user.disabled,
    }


@router.post("/login", dependencies=[Depends(same_page)])
def log_in(credentials: Credentials, request: Request, response: Response) -> dict[str, Any]:
    """Open a session; the same answer for a wrong name, a wrong password and a locked account."""
    name, store = credentials.name, watch_of(request).store
    with store.read() as database:
        fit = users.fits(database, name, credentials.password)
    with store.begin() as database:
        token = users.log_in(database, name, fit, time.time())
        verb = "login" if token else "login refused"
        audit.record(database, time.time(), name, verb, detail={"from": _address(request)})
        user = users.get(database, name)
    if token is None or user is None:
        raise HTTPException(401, "name and password do not fit, or the account is locked for a quarter of an hour")
    _keep(request, response, token)
    return _shown(user)


@router.post("/logout")
def log_out(user: Viewer, request: Request, response: Response) -> dict[str, Any]:
    """Close the session."""
    with watch_of(request).store.begin() as database:
        users.log_out(database, request.cookies[COOKIE])
        audit.record(database, time.time(), user.name, "logout")
    response.delete_cookie(COOKIE)
    recheck(request)
    return {"ok": True}


@router.get("/me")
def me(user: Viewer) -> dict[str, Any]:
    """Who is logged in."""
    return _shown(user)


@router.post("/password")
def change_password(change: PasswordChange, user: Viewer, request: Request, response: Response) -> dict[str, Any]:
    """Change one's own password; all of one's sessions end and a new one opens. Bad tries count as those at the login do."""
    store = watch_of(request).store
    with store.read() as database:
        fit = users.fits(database, user.name, change.old)
    try:
        kept = users.hashed(user.name, change.new) if fit else ""
    except UsageError as fault:
        raise HTTPException(400, str(fault)) from None
    with store.begin() as database:
        if fit:
            users.set_password(database, user.name, kept)
        token = users.log_in(database, user.name, fit, time.time())
        verb = "password changed" if token else "password change refused"
        audit.record(database, time.time(), user.name, verb, user.name)
    if token is None:
        raise HTTPException(400, "the old password does not fit")
    _keep(request, response, token)
    recheck(request)
    return {"ok": True}


@router.get("/users")
def every_user(user: Supervisor, request: Request) -> list[dict[str, Any]]:
    """All people."""
    with watch_of(request).store.read() as database:
        return [_shown(person) for person in users.every(database)]


@router.post("/users")
def add_user(new: NewUser, user: Supervisor, request: Request) -> dict[str, Any]:
    """Add a person; the one-time password in the answer is shown once and never again."""
    with watch_of(request).store.begin() as database:
        try:
            password = users.add(database, new.name, new.role)
        except UsageError as fault:
            raise HTTPException(400, str(fault)) from None
        audit.record(database, time.time(), user.name, "user added", new.name, {"role": new.role})
    return {"name": new.name, "role": new.role, "one_time_password": password}


@router.post("/users/{name}/disabled")
def disable_user(name: str, change: Disabling, user: Supervisor, request: Request) -> dict[str, Any]:
    """Shut a person out, or let them in again; nobody can shut themselves out."""
    if name == user.name:
        raise HTTPException(400, "you cannot shut yourself out; ask another supervisor")
    with watch_of(request).store.begin() as database:
        if users.get(database, name) is None:
            raise HTTPException(404, "no such user")
        users.set_disabled(database, name, change.disabled)
        verb = "user disabled" if change.disabled else "user enabled"
        audit.record(database, time.time(), user.name, verb, name)
    recheck(request)
    return {"ok": True}


def _keep(request: Request, response: Response, token: str) -> None:
    """Give the browser the session's token, out of reach of scripts and of other sites."""
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure, max_age=int(users.LIFE_S))


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
