"""`limes tunnel`: plans and cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from limes.cli import app
from limes.errors import InputError


def limes(*args: str | Path) -> str:
    result = CliRunner().invoke(app, ["tunnel", *map(str, args)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def written(folder: Path, body: object) -> Path:
    path = folder / "lead.json"
    path.write_text(json.dumps(body))
    return path


def test_plan() -> None:
    rows = json.loads(limes("plan", "--size", "1.5", "--depth", "6", "--json"))["lines"]
    assert rows[0]["p_found"] > 0.9


def test_case(tmp_path: Path) -> None:
    report = {"kind": "patrol", "time": "2026-01-20T17:10:00+03:00", "figures": {"report": "spoil"}}
    text = limes("case", written(tmp_path, {"title": "km 12", "evidence": [report]}))
    assert "km 12: 23 % that a tunnel is there (before any evidence 2 %)" in text
    assert "nothing here shows that there is no tunnel" in text


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([], "evidence: or prior"),
        ({"evidence": [{"kind": "patrol"}]}, "evidence 1: does not fit"),
        ({"evidence": [{"kind": "fibre", "time": "2026-01-20T17:10:00Z", "figures": {"nights": 1}}]}, "evidence 1, heard"),
    ],
)
def test_what_is_no_case(tmp_path: Path, body: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        limes("case", written(tmp_path, body))
