"""People: their roles, passwords (argon2id) and sessions; deny by default."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from limes.errors import UsageError
from limes.watch import store

ROLES = ("viewer", "operator", "supervisor")
"""What a person may do, least first: look; act on cases; also manage people and read the audit."""

MIN_PASSWORD = 12
TRIES = 5
LOCK_S = 15 * 60.0
IDLE_S = 30 * 60.0
LIFE_S = 12 * 3600.0
_TOUCH_S = 30.0

_HASHER = PasswordHasher()


@dataclass(frozen=True)
class User:
    """A person as the watch knows them."""

    name: str
    role: str
    must_change_password: bool
    disabled: bool

    def may(self, role: str) -> bool:
        """Whether the person has at least this role.

        >>> User("ada", "operator", False, False).may("supervisor")
        False
        """
        return ROLES.index(self.role) >= ROLES.index(role)


def add(connection: sa.Connection, name: str, role: str, password: str | None = None) -> str:
    """Add a person and return the password, a printed one-time password unless one is given; UsageError when it cannot be."""
    if role not in ROLES:
        raise UsageError(f"role {role!r} is unknown; use one of {', '.join(ROLES)}")
    if not name.isprintable() or not 1 <= len(name.strip()) <= 64 or name != name.strip():
        raise UsageError("a user's name is 1 to 64 printable characters")
    if get(connection, name) is not None:
        raise UsageError(f"user {name!r} exists already; choose another name")
    one_time = password is None
    chosen = secrets.token_urlsafe(12) if password is None else password
    kept = _HASHER.hash(chosen) if one_time else hashed(name, chosen)
    row = {"name": name, "role": role, "password_hash": kept, "must_change_password": one_time}
    connection.execute(sa.insert(store.users), [row])
    return chosen


def get(connection: sa.Connection, name: str) -> User | None:
    """Find a person by name."""
    row = connection.execute(sa.select(store.users).where(store.users.c.name == name)).mappings().first()
    return None if row is None else _user(row)


def every(connection: sa.Connection) -> list[User]:
    """All people by name."""
    return [_user(row) for row in connection.execute(sa.select(store.users).order_by(store.users.c.name)).mappings()]


def fits(connection: sa.Connection, name: str, password: str) -> bool:
    """Whether a name and a password fit; slow on purpose, and as slow for a name that nobody has. Only reads."""
    kept = connection.execute(sa.select(store.users.c.password_hash).where(store.users.c.name == name)).scalar()
    return _verify(_nobody() if kept is None else kept, password)


def log_in(connection: sa.Connection, name: str, fit: bool, now: float) -> str | None:
    """Open a session and return its secret token; None when name and password did not fit or the account is locked.

    `fit` is what `fits` said. Five bad tries lock an account for a quarter of an hour; the caller commits the transaction
    either way, so that tries count. Sessions that have ended are cleared away.
    """
    ended = (store.sessions.c.seen < now - IDLE_S) | (store.sessions.c.opened < now - LIFE_S)
    connection.execute(sa.delete(store.sessions).where(ended))
    row = connection.execute(sa.select(store.users).where(store.users.c.name == name)).mappings().first()
    if row is None or row["disabled"] or row["locked_until"] > now:
        return None
    if not fit:
        failures = row["failures"] + 1
        locked = now + LOCK_S if failures >= TRIES else 0.0
        _update(connection, name, {"failures": 0 if locked else failures, "locked_until": locked})
        return None
    _update(connection, name, {"failures": 0, "locked_until": 0.0})
    token = secrets.token_urlsafe(32)
    connection.execute(sa.insert(store.sessions), [{"token_hash": _digest(token), "user": name, "opened": now, "seen": now}])
    return token


def who(connection: sa.Connection, token: str, now: float) -> User | None:
    """Return whose session a token opens; None when it is unknown, idle for 30 minutes or 12 hours old. Only reads."""
    row = connection.execute(sa.select(store.sessions).where(store.sessions.c.token_hash == _digest(token))).mappings().first()
    if row is None or now - row["seen"] > IDLE_S or now - row["opened"] > LIFE_S:
        return None
    user = get(connection, row["user"])
    return None if user is None or user.disabled else user


def stale(connection: sa.Connection, token: str, now: float) -> bool:
    """Whether a session was last kept alive long enough ago to be worth a `touch`. Only reads."""
    seen = connection.execute(sa.select(store.sessions.c.seen).where(store.sessions.c.token_hash == _digest(token))).scalar()
    return seen is not None and now - seen > _TOUCH_S


def touch(connection: sa.Connection, token: str, now: float) -> None:
    """Keep a session alive."""
    connection.execute(sa.update(store.sessions).where(store.sessions.c.token_hash == _digest(token)).values(seen=now))


def log_out(connection: sa.Connection, token: str) -> None:
    """Close a session."""
    connection.execute(sa.delete(store.sessions).where(store.sessions.c.token_hash == _digest(token)))


def hashed(name: str, password: str) -> str:
    """The form in which a person's password is kept; UsageError when it is too short or too plain. Slow on purpose."""
    if len(password) < MIN_PASSWORD:
        raise UsageError(f"a password has at least {MIN_PASSWORD} characters")
    if name.casefold() in password.casefold() or len(set(password)) < 5:
        raise UsageError("a password does not hold the user's name and has at least 5 different characters")
    return _HASHER.hash(password)


def set_password(connection: sa.Connection, name: str, kept: str) -> None:
    """Give a person the password that `hashed` was called with, their own choice from now on; their sessions end."""
    _update(connection, name, {"password_hash": kept, "must_change_password": False})
    connection.execute(sa.delete(store.sessions).where(store.sessions.c.user == name))


def reset(connection: sa.Connection, name: str) -> str:
    """Give a person a new one-time password and return it; a lock is lifted and their sessions end. UsageError for nobody."""
    if get(connection, name) is None:
        raise UsageError(f"there is no user {name!r}; `limes user list` names them")
    chosen = secrets.token_urlsafe(12)
    kept = {"password_hash": _HASHER.hash(chosen), "must_change_password": True, "failures": 0, "locked_until": 0.0}
    _update(connection, name, kept)
    connection.execute(sa.delete(store.sessions).where(store.sessions.c.user == name))
    return chosen


def set_disabled(connection: sa.Connection, name: str, disabled: bool) -> None:
    """Shut a person out, or let them in again; their sessions end."""
    _update(connection, name, {"disabled": disabled})
    connection.execute(sa.delete(store.sessions).where(store.sessions.c.user == name))


def remove(connection: sa.Connection, name: str) -> None:
    """Take a person out; what they did stays in the audit."""
    connection.execute(sa.delete(store.sessions).where(store.sessions.c.user == name))
    connection.execute(sa.delete(store.users).where(store.users.c.name == name))


@cache
def _nobody() -> str:
    """A hash that no password fits, so that refusing an unknown name takes as long as refusing a known one."""
    return _HASHER.hash(secrets.token_urlsafe())


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _update(connection: sa.Connection, name: str, values: dict[str, object]) -> None:
    connection.execute(sa.update(store.users).where(store.users.c.name == name).values(values))


def _user(row: sa.RowMapping) -> User:
    return User(row["name"], row["role"], row["must_change_password"], row["disabled"])


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
