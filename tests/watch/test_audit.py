from __future__ import annotations

import json

from limes.watch import audit, chain
from limes.watch.store import open_store


def test_the_chain_goes_on_over_a_restart(tmp_path):
    for number in range(3):
        store = open_store(tmp_path)
        with store.begin() as connection:
            audit.record(connection, float(number), "ada", "look", str(number))
        store.close()
    with open_store(tmp_path).begin() as connection:
        lines = list(audit.export(connection))
    assert [json.loads(line)["seq"] for line in lines] == [0, 1, 2]
    assert chain.verify(lines) == []


def test_an_entry_belongs_to_the_callers_transaction(tmp_path):
    store = open_store(tmp_path)
    with store.engine.connect() as connection:
        audit.record(connection, 0.0, "ada", "look")
        connection.rollback()
        assert audit.last_seq(connection) == -1


def test_entries_page_through_the_chain(tmp_path):
    with open_store(tmp_path).begin() as connection:
        for number in range(5):
            audit.record(connection, 0.0, "ada", "look", str(number))
        assert [entry.object for entry in audit.entries(connection, after=1, limit=2)] == ["2", "3"]
