"""The store: users, sessions, cases, readings, track histories and the audit in SQLite (WAL), written in whole transactions.

Cases and track histories are a projection of the journal: `position` says up to which record they are complete, so a
watch that died reads on from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData()

users = sa.Table(
    "users",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("role", sa.String, nullable=False),
    sa.Column("password_hash", sa.String, nullable=False),
    sa.Column("must_change_password", sa.Boolean, nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("locked_until", sa.Float, nullable=False, server_default="0"),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", sa.String, primary_key=True),
    sa.Column("user", sa.String, sa.ForeignKey("users.name"), nullable=False),
    sa.Column("opened", sa.Float, nullable=False),
    sa.Column("seen", sa.Float, nullable=False),
)

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("priority", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False, index=True),
    sa.Column("opened", sa.Float, nullable=False, index=True),
    sa.Column("updated", sa.Float, nullable=False),
    sa.Column("km", sa.Float),
    sa.Column("body", sa.JSON, nullable=False),
)

track_points = sa.Table(
    "track_points",
    metadata,
    sa.Column("track", sa.Integer, primary_key=True),
    sa.Column("time", sa.Float, primary_key=True),
    sa.Column("x", sa.Float, nullable=False),
    sa.Column("y", sa.Float, nullable=False),
    sa.Column("existence", sa.Float, nullable=False),
    sa.Index("ix_track_points_time", "time"),
    sqlite_with_rowid=False,
)

readings = sa.Table(
    "readings",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("wall", sa.Float, nullable=False, index=True),
    sa.Column("case", sa.String, index=True),
    sa.Column("sha256", sa.String, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
)

track_events = sa.Table(
    "track_events",
    metadata,
    sa.Column("track", sa.Integer, primary_key=True),
    sa.Column("time", sa.Float, primary_key=True),
    sa.Column("status", sa.Integer, primary_key=True),
    sa.Column("hits", sa.Integer, nullable=False),
    sa.Column("existence", sa.Float, nullable=False),
    sa.Column("missed", sa.Float, nullable=False),
    sa.Column("last", sa.Float, nullable=False),
    sa.Index("ix_track_events_time", "time"),
    sqlite_with_rowid=False,
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("time", sa.Float, nullable=False),
    sa.Column("user", sa.String, nullable=False),
    sa.Column("verb", sa.String, nullable=False),
    sa.Column("object", sa.String, nullable=False),
    sa.Column("detail", sa.JSON, nullable=False),
    sa.Column("previous", sa.String, nullable=False),
    sa.Column("hash", sa.String, nullable=False),
)

tunnel_cases = sa.Table(
    "tunnel_cases",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("state", sa.String, nullable=False, index=True),
    sa.Column("opened", sa.Float, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
)

positions = sa.Table(
    "positions",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
)


class Store:
    """The database of one watch; `begin` gives a connection whose work is all kept or all dropped, `read` one that only looks.

    Writers take turns from their first statement on, so what a transaction reads stays true until it has written. Readers
    wait for nobody.
    """

    def __init__(self, url: str) -> None:
        """Open the database at a SQLAlchemy URL and bring its tables to the newest form."""
        self.engine = sa.create_engine(url)
        sa.event.listen(self.engine, "connect", _prepare)
        sa.event.listen(self.engine, "begin", _begin)
        self._looking = self.engine.execution_options(looking=True)
        _migrate(self.engine)

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """Open a transaction: committed and on the disk when the block ends, rolled back when it raises."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Look at one state of the database, whatever is written meanwhile."""
        with self._looking.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_store(folder: Path) -> Store:
    """Open the SQLite store in a data folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return Store(f"sqlite:///{folder / 'watch.sqlite'}")


def put(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Write rows, replacing those whose primary key is there already."""
    if rows:
        connection.execute(sa.insert(table).prefix_with("OR REPLACE"), rows)


def position(connection: sa.Connection, name: str) -> int:
    """Return the sequence number of the next journal record that a projection has not seen; 0 for a new one."""
    found = connection.execute(sa.select(positions.c.seq).where(positions.c.name == name)).scalar()
    return 0 if found is None else int(found)


def _prepare(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # `_begin` says when a transaction begins
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    looking = connection.get_execution_options().get("looking", False)
    connection.exec_driver_sql("BEGIN" if looking else "BEGIN IMMEDIATE")


def _migrate(engine: sa.Engine) -> None:
    """Run the migrations that the database has not had yet."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
