"""Libraries of one's own: written with their calibration, the same when read again; faults named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from limes.cli import app
from limes.errors import InputError
from limes.seeds import generator
from limes.signals.spectra import calibration_of, load_libraries
from limes.signals.spectra.collection import add_spectra, check_library, holdings, write_library
from limes.signals.spectra.library import read_entries

X = np.arange(300.0, 1800.0, 2.0)


def write(path: Path, seed: int, noise: float = 1.0) -> Path:
    rng, fresh = generator(seed, "bands"), generator(seed, f"noise {path.name}")
    heights, places = 0.2 + rng.random(8), rng.uniform(400, 1700, 8)
    y = 50 + 500 * (heights[:, None] * np.exp(-((X - places[:, None]) ** 2) / 150)).sum(axis=0)
    values = y + fresh.normal(0, noise, X.size)
    path.write_text("Raman shift,counts\n" + "\n".join(f"{a:.1f},{b:.3f}" for a, b in zip(X, values, strict=True)))
    return path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    for k in range(24):
        write(folder / f"made {k}.csv", k)
    write(folder / "potassium nitrate.csv", 99)
    return folder


def test_a_library_comes_back_with_its_calibration(source: Path, tmp_path: Path) -> None:
    out, steps = tmp_path / "out", []
    (made,) = write_library(out, read_entries(source), lambda done, total: steps.append((done, total)))
    (again,) = load_libraries(out)
    assert again.version == made.version
    assert steps[-1] == (25, 25)
    known = calibration_of(again, out)
    assert known.strangers.size == 25
    assert known.crowd.shape == (25,)
    assert (out / "calibration.json").is_file()
    (held,) = holdings(out)
    assert (held.spectra, held.materials, held.listed, held.calibrated) == (25, 25, ("potassium nitrate",), True)


def test_spectra_are_added_and_poor_ones_are_not(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_library(out, read_entries(source))
    (grown,) = add_spectra(out, [write(tmp_path / "a.csv", 50)], "urea", "bag 7")
    assert len(grown.rows) == 26
    assert grown.rows[-1].specimen == "bag 7"
    with pytest.raises(InputError, match="above the noise"):
        add_spectra(out, [write(tmp_path / "b.csv", 51, 2000.0)], "urea")
    assert len(load_libraries(out)[0].rows) == 26


def test_a_check_names_what_to_mend(source: Path) -> None:
    (source / "Made-3.csv").write_text((source / "made 3.csv").read_text())
    write(source / "noise.csv", 60, 3000.0)
    said = [f"{note.fault} {note.where}: {note.problem}" for note in check_library(source)]
    assert any("are spellings of one name" in one and one.startswith("True") for one in said)
    assert any("is also there as" in one for one in said)
    assert any("would be refused as a query" in one and "noise" in one for one in said)
    assert any("has no calibration of its own" in one for one in said)
    assert any("materials have two specimens" in one for one in said)


def test_a_damaged_calibration_is_refused(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (made,) = write_library(out, read_entries(source))
    (out / "calibration.json").write_text(f'{{"{made.version}": {{"strangers": "x"}}}}')
    with pytest.raises(InputError, match="is damaged"):
        calibration_of(made, out)
    with pytest.raises(InputError, match="no spectrum that is searched"):
        write_library(out, [])


def test_the_commands(source: Path, tmp_path: Path) -> None:
    out, run = tmp_path / "out", CliRunner()
    built = run.invoke(app, ["library", "build", str(source), "-o", str(out)])
    assert "raman, 25 spectra of 25 materials" in built.output
    sample = write(tmp_path / "a.csv", 50)
    added = run.invoke(app, ["library", "add", str(out), str(sample), "--material", "urea", "--json"])
    assert '"spectra": 26' in added.output
    assert "listed: potassium nitrate" in run.invoke(app, ["library", "info", str(out)]).output
    assert run.invoke(app, ["library", "check", str(out)]).exit_code == 0
    write(source / "Made-3.csv", 3)
    faulty = run.invoke(app, ["library", "check", str(source), "--json"])
    assert faulty.exit_code == 1
    assert "spellings of one name" in faulty.output
