from __future__ import annotations

import json
import subprocess
import sys

import pytest

from limes.watch import audit, chain
from limes.watch.store import open_store


@pytest.fixture
def lines(tmp_path):
    with open_store(tmp_path).begin() as connection:
        for number in range(6):
            audit.record(connection, 100.0 + number, "ada", "confirm", f"case-{number}", {"note": "zwölf", "n": number})
        return list(audit.export(connection))


def changed(line: str, **values) -> str:
    return json.dumps(json.loads(line) | values)


def test_an_untouched_export_holds(lines):
    assert chain.verify(lines) == []
    assert chain.verify(lines, head=json.loads(lines[-1])["hash"]) == []


@pytest.mark.parametrize("field", ["time", "user", "verb", "object", "detail", "previous", "hash", "seq"])
def test_any_changed_field_is_found(lines, field):
    lines[2] = changed(lines[2], **{field: {"n": 9} if field == "detail" else 7 if field in ("seq", "time") else "x" * 64})
    assert any("line 3" in sentence or "line 4" in sentence for sentence in chain.verify(lines))


def test_any_flipped_byte_is_found(lines):
    text = lines[1]
    for place in range(len(text)):
        forged = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
        if json.loads(text) != _loads(forged):
            assert chain.verify([lines[0], forged, *lines[2:]]), forged


def _loads(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def test_dropped_swapped_and_doubled_entries_are_found(lines):
    assert chain.verify(lines[:2] + lines[3:])
    assert chain.verify([lines[1], lines[0], *lines[2:]])
    assert chain.verify([lines[0], lines[0], *lines[1:]])


def test_a_cut_tail_shows_against_the_noted_head(lines):
    head = json.loads(lines[-1])["hash"]
    assert chain.verify(lines[:-1]) == []
    assert chain.verify(lines[:-1], head=head)


def test_a_forged_entry_with_a_fresh_hash_breaks_what_follows(lines):
    entry = json.loads(lines[2]) | {"user": "mallory"}
    entry["hash"] = chain.entry_hash(
        entry["seq"], entry["time"], entry["user"], entry["verb"], entry["object"], entry["detail"], entry["previous"]
    )
    lines[2] = json.dumps(entry)
    assert chain.verify(lines) == ["line 4: entry 3 does not follow from the entry before it"]


def test_rubbish_is_named_not_raised():
    assert chain.verify(["not json", "[]", "{}"]) == [f"line {n}: is not an audit entry" for n in (1, 2, 3)]


def test_the_file_stands_alone(lines, tmp_path):
    export = tmp_path / "audit.jsonl"
    export.write_text("\n".join(lines) + "\n", encoding="utf-8")
    check = [sys.executable, "-I", chain.__file__, str(export)]
    assert subprocess.run(check, capture_output=True, text=True).stdout == "whole and unchanged\n"
    export.write_text("\n".join(lines[1:]) + "\n", encoding="utf-8")
    assert subprocess.run(check, capture_output=True).returncode == 1
    assert subprocess.run(check[:3], capture_output=True).returncode == 2
