from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from limes.cli import app
from limes.errors import InputError
from limes.watch import audit
from limes.watch.store import open_store


def verify(*arguments):
    return CliRunner().invoke(app, ["audit", "verify", *map(str, arguments)])


@pytest.fixture
def exported(tmp_path):
    store = open_store(tmp_path)
    with store.begin() as connection:
        entries = [audit.record(connection, float(k), "ada", "note", f"case-{k}", {"text": "zażółć"}) for k in range(5)]
        lines = list(audit.export(connection))
    store.close()
    file = tmp_path / "limes-audit.jsonl"
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file, lines, entries[-1].hash


def test_a_whole_one_passes(exported):
    file, _, head = exported
    result = verify(file, "--head", head)
    assert (result.exit_code, "5 entries, whole and unchanged" in result.output) == (0, True)
    assert json.loads(verify(file, "--json").output) == {"file": str(file), "entries": 5, "wrong": []}


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (lambda lines: [*lines[:2], lines[2].replace("ada", "eve"), *lines[3:]], "entry 2 was changed"),
        (lambda lines: [*lines[:2], *lines[3:]], "entry 3 stands where entry 2 belongs"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "stands where"),
        (lambda lines: [*lines, "gibberish"], "is not an audit entry"),
    ],
)
def test_what_was_tampered_with_is_named(exported, damage, what):
    file, lines, _ = exported
    file.write_text("\n".join(damage(lines)), encoding="utf-8")
    result = verify(file)
    assert result.exit_code == 1
    assert what in result.output
    assert "NOT in order" in result.output


def test_a_cut_tail_shows_against_the_noted_head(exported):
    file, lines, head = exported
    file.write_text("\n".join(lines[:-1]), encoding="utf-8")
    assert verify(file).exit_code == 0
    result = verify(file, "--head", head)
    assert (result.exit_code, "the end was cut" in result.output) == (1, True)


def test_no_such_file(tmp_path):
    result = verify(tmp_path / "nothing")
    assert isinstance(result.exception, InputError)
    assert "cannot be read" in str(result.exception)
