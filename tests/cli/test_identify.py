"""`limes identify`: words, JSON and one-line errors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from limes.cli import app
from limes.errors import InputError, UsageError
from limes.signals.spectra import BUNDLED


def limes(*args: str | Path) -> str:
    result = CliRunner().invoke(app, ["identify", *map(str, args)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def lactose(tmp_path: Path) -> Path:
    """The bundled Raman spectrum of lactose as a file of an instrument, with fresh noise."""
    held = np.load(BUNDLED / "raman_biomolecules.npz")
    rows = (BUNDLED / "raman_biomolecules.csv").read_text(encoding="utf-8").splitlines()[1:]
    k = next(k for k, row in enumerate(rows) if row.startswith("raman,lactose,"))
    part = slice(*held["offsets"][k : k + 2])
    y = held["y"][part] + np.random.default_rng(1).normal(0, 0.005, part.stop - part.start)
    path = tmp_path / "powder.csv"
    path.write_text("Raman shift;counts\n" + "\n".join(f"{a:.2f};{b:.5f}" for a, b in zip(held["x"][part], y, strict=True)))
    return path


def test_words(lactose: Path) -> None:
    text = limes(lactose, "--declared", "lactose")
    assert "MATERIAL: lactose" in text
    assert "consistent with the declared goods? yes" in text
    assert "of materials that are not in this library" in text


def test_json_says_what_was_searched_and_with_what(lactose: Path) -> None:
    facts = json.loads(limes(lactose, "--declared", "sucrose", "--json"))
    (one,) = facts["spectra"]
    assert (one["verdict"], one["name"], one["declared"]["consistent"]) == ("material", "lactose", "no")
    assert one["library"]["materials"] == 118
    assert one["candidates"][0]["material"] == "lactose"
    assert one["listed"] == []
    assert len(one["sha256"]) == 64
    assert facts["lists"][0]["version"] == "2019-07-11"


def test_a_library_of_ones_own_and_its_list(lactose: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "ammonium nitrate.csv").write_text(lactose.read_text())
    text = limes(lactose, "--library", own)
    assert "MATERIAL: ammonium nitrate" in text
    assert "Ammonium nitrate (CAS 6484-52-2" in text
    assert "limit 16 % by weight: a limit test is required" in text
    assert "one reading is no finding" in text
    assert "the score is uncalibrated" in text


def test_wrong_calls_and_files_are_one_line(lactose: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--technique"):
        limes(lactose, "--technique", "sonar")
    with pytest.raises(InputError, match="the bundled library holds"):
        limes(lactose, "--technique", "mid-ir")
    with pytest.raises(InputError, match="cannot be read"):
        limes(tmp_path / "none.csv")
    gamma = "<a><Spectrum><Calibration Type='Energy'><Coefficients>0 1</Coefficients></Calibration>"
    (tmp_path / "a.n42").write_text(f"{gamma}<ChannelData>{' '.join(['1'] * 20)}</ChannelData></Spectrum></a>")
    with pytest.raises(InputError, match="names no material"):
        limes(tmp_path / "a.n42")


def test_a_bundle_is_written_and_run_again(lactose: Path, tmp_path: Path) -> None:
    own, bundle, page = tmp_path / "own", tmp_path / "case.zip", tmp_path / "case.html"
    own.mkdir()
    (own / "lactose.csv").write_text(lactose.read_text())
    text = limes(lactose, "--library", own, "--declared", "lactose", "--bundle", bundle, "--report", page)
    assert "advice by cost: release" in text
    assert "lactose" in page.read_text(encoding="utf-8")
    assert "run again: the same" in limes("--rerun", bundle, "--library", own)
    again = CliRunner().invoke(app, ["identify", "--rerun", str(bundle), "--json"])
    assert again.exit_code == 1
    assert json.loads(again.output)["rerun"]["same"] is False
    with pytest.raises(UsageError, match="give spectra"):
        limes("--json")
