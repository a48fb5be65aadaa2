from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from limes.watch.store import metadata, open_store, position, positions, put


def test_the_migrations_make_just_what_the_code_expects(tmp_path):
    store = open_store(tmp_path)
    with store.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_opening_twice_keeps_what_is_there(tmp_path):
    first = open_store(tmp_path)
    with first.begin() as connection:
        put(connection, positions, [{"name": "cases", "seq": 41}])
    first.close()
    with open_store(tmp_path).begin() as connection:
        assert position(connection, "cases") == 41
        assert position(connection, "other") == 0


def test_put_replaces_by_primary_key(tmp_path):
    store = open_store(tmp_path)
    with store.begin() as connection:
        put(connection, positions, [{"name": "a", "seq": 1}, {"name": "b", "seq": 2}])
        put(connection, positions, [{"name": "a", "seq": 3}])
        put(connection, positions, [])
        assert sorted(map(tuple, connection.execute(sa.select(positions.c.name, positions.c.seq)))) == [("a", 3), ("b", 2)]


def fill_twice(store):
    with store.begin() as connection:
        put(connection, positions, [{"name": "a", "seq": 1}])
        connection.execute(sa.insert(positions), [{"name": "a", "seq": 2}])


def test_a_failed_transaction_leaves_nothing(tmp_path):
    store = open_store(tmp_path)
    with pytest.raises(sa.exc.IntegrityError):
        fill_twice(store)
    with store.begin() as connection:
        assert position(connection, "a") == 0


def test_it_writes_ahead_and_syncs(tmp_path):
    with open_store(tmp_path).begin() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
