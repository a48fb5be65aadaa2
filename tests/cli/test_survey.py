"""`limes survey`: words, JSON, files and one-line errors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from limes.cli import app
from limes.errors import InputError, UsageError
from limes.signals.survey.line import dipole_dipole, geometric_factor
from limes.signals.survey.void import change, pole_changes


def limes(*args: str | Path) -> str:
    result = CliRunner().invoke(app, ["survey", *map(str, args)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A unified file of 16 electrodes over a void of 1.5 m, 2 m deep under x = 7."""
    electrodes, abmn = dipole_dipole(16)
    factor = geometric_factor(electrodes, abmn)
    kept = np.abs(factor) < 8000.0
    r = change(pole_changes(electrodes - 7.0, 2.0, 1.5, 1.5), abmn, factor)
    rho = 90.0 * (1.0 + r) * np.exp(0.02 * np.random.default_rng(4).standard_normal(r.size))
    rows = [f"{' '.join(str(e + 1) for e in four)} {value:.2f} 0.02" for four, value in zip(abmn[kept], rho[kept], strict=True)]
    head = ["16# Number of electrodes", "# x z", *(f"{x:g} 0" for x in electrodes), f"{len(rows)}# Number of data"]
    path = tmp_path_factory.mktemp("survey") / "line.dat"
    path.write_text("\n".join([*head, "# a b m n rhoa err", *rows]))
    return path


def test_words_and_files(line: Path, tmp_path: Path) -> None:
    ends = ("--from", "37.70,36.65", "--to", "37.700168,36.65")
    text = limes(line, *ends, "-o", tmp_path / "out", "--picture", "svg")
    assert "  1. x " in text
    assert "does not show that there is no tunnel" in text
    assert (tmp_path / "out/survey.svg").read_text().startswith("<?xml")
    features = json.loads((tmp_path / "out/survey.geojson").read_text())["features"]
    facts = json.loads((tmp_path / "out/survey.json").read_text())
    best = facts["candidates"][0]
    assert best["x_m"] == pytest.approx(7.0, abs=0.6)
    assert best["above_threshold"]
    assert features[1]["geometry"]["coordinates"][0] == pytest.approx(37.70 + 0.000168 * best["x_m"] / 15.0, abs=2e-6)


def test_a_radar_line(tmp_path: Path) -> None:
    x, t = 0.1 * np.arange(40), 0.5 * np.arange(100)
    arrival = np.sqrt(400.0 + 4.0 * (x[:, None] - 2.0) ** 2 / 0.01)
    pulse = 5000.0 * np.exp(-((t[None, :] - arrival) ** 2)) + 20.0 * np.random.default_rng(1).standard_normal((40, 100))
    (tmp_path / "a.rd3").write_bytes(pulse.astype("<i2").tobytes())
    (tmp_path / "a.rad").write_text("SAMPLES:100\nTIMEWINDOW:50\nDISTANCE INTERVAL:0.1\n")
    facts = json.loads(limes(tmp_path / "a.rd3", "-o", tmp_path, "--json"))
    assert facts["hyperbolas"][0]["x"] == pytest.approx(2.0, abs=0.11)
    assert facts["hyperbolas"][0]["depth"] == pytest.approx(1.0, abs=0.12)
    assert (tmp_path / "radar.png").stat().st_size > 1000


@pytest.mark.parametrize(("args", "message"), [(("--from", "1,2"), "both"), (("--from", "x", "--to", "1,2"), "LON,LAT")])
def test_wrong_calls(line: Path, args: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        limes(line, *args)


def test_a_cut_file_is_one_line(line: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.dat"
    cut.write_text(line.read_text()[:900])
    with pytest.raises(InputError, match="cut short: copy it again"):
        limes(cut)
