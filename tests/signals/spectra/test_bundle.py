"""Bundles: the same analysis again, and refusals of what is damaged, changed or hostile."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from limes.errors import InputError
from limes.reports.spectra_report import spectra_html
from limes.seeds import generator
from limes.signals.spectra.analysis import analyse, analysis_facts, rerun
from limes.signals.spectra.bundle import Settings, differences, read_bundle, write_bundle

X = np.arange(300.0, 1800.0, 2.0)


def write(path: Path, seed: int, noise: float = 0.0) -> Path:
    rng, fresh = generator(seed, "bands"), generator(seed, "noise")
    heights, places = 0.2 + rng.random(8), rng.uniform(400, 1700, 8)
    y = 50 + 500 * (heights[:, None] * np.exp(-((X - places[:, None]) ** 2) / 150)).sum(axis=0)
    values = y + fresh.normal(0, 1 + noise, X.size)
    path.write_text("Raman shift,counts\n" + "\n".join(f"{a:.1f},{b:.3f}" for a, b in zip(X, values, strict=True)))
    return path


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    for k, name in enumerate(("potassium nitrate", "sucrose", "talc")):
        write(folder / f"{name}.csv", k)
    return folder


@pytest.fixture
def bundle(own: Path, tmp_path: Path) -> Path:
    sample, settings, path = write(tmp_path / "<b>powder.csv", 0, 3.0), Settings("talc"), tmp_path / "case.zip"
    found = analyse([sample], own, settings)
    write_bundle(path, [sample], [], settings, analysis_facts(found), spectra_html(found))
    return path


def test_a_bundle_runs_to_the_same_verdict(bundle: Path, own: Path) -> None:
    found, differs = rerun(bundle, own)
    assert found.cases[0].answer.name == "potassium nitrate"
    assert differs == ()
    assert read_bundle(bundle).settings.declared == "talc"


def test_a_listed_part_of_the_goods_is_never_released(own: Path, tmp_path: Path) -> None:
    one, two = (np.loadtxt(write(tmp_path / f"{k}.csv", k), delimiter=",", skiprows=1) for k in (1, 0))
    rows = (f"{x:.1f},{a + 0.5 * b:.3f}" for (x, a), (_, b) in zip(one, two, strict=True))
    (tmp_path / "load.csv").write_text("Raman shift,counts\n" + "\n".join(rows))
    found = analyse([tmp_path / "load.csv"], own, Settings("sucrose"))
    assert found.evidence is not None
    assert (found.evidence.step, found.evidence.hazard) == ("second method", "possible")


def test_another_library_is_noticed(bundle: Path, own: Path) -> None:
    (own / "potassium nitrate.csv").unlink()
    _, differs = rerun(bundle, own)
    assert any(line.startswith("spectra 1, library, version") for line in differs)
    assert any(line.startswith("spectra 1, verdict") for line in differs)


def test_equal_analyses_give_equal_bytes(bundle: Path, own: Path, tmp_path: Path) -> None:
    sample, settings, again = tmp_path / "<b>powder.csv", Settings("talc"), tmp_path / "again.zip"
    found = analyse([sample], own, settings)
    write_bundle(again, [sample], [], settings, analysis_facts(found), spectra_html(found))
    assert again.read_bytes() == bundle.read_bytes()


def test_the_report_stands_alone_and_escapes_names(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        page = archive.read("report.html").decode()
    assert "<b>powder" not in page
    assert "&lt;b&gt;powder" in page
    assert not any(word in page for word in ("<script", "http://", "https://", "src="))
    for word in ("potassium nitrate", "7757-79-1", "log10 likelihood ratio", "SHA-256", "polyline", "Library"):
        assert word in page


def rewritten(path: Path, change: dict[str, bytes], times: int = 1) -> Path:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()} | change
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data * times)
    return path


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"raw/<b>powder.csv": b"1,2\n3,4"}, "hash differs"),
        ({"raw/other.csv": b"1,2"}, "does not name the files"),
        ({"../../evil": b"x"}, "not those of a bundle"),
        ({"raw/a/b": b"x"}, "not those of a bundle"),
        ({"manifest.json": b"[]"}, "is no bundle"),
        ({"manifest.json": b"{" * 100_000}, "is no bundle"),
        ({"manifest.json": json.dumps({"schema": "x", "settings": {}, "sha256": {}, "facts": {}}).encode()}, "schema"),
        ({"raw/bomb.csv": bytes(90 << 20)}, "unpacks to"),
    ],
)
def test_changed_and_hostile_bundles_are_refused(bundle: Path, change: dict[str, bytes], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        read_bundle(rewritten(bundle, change))


def test_what_is_no_bundle_is_refused(tmp_path: Path) -> None:
    for data in (b"", b"PK\x03\x04", b"hello"):
        (tmp_path / "a.zip").write_bytes(data)
        with pytest.raises(InputError, match="is no bundle"):
            read_bundle(tmp_path / "a.zip")
    with pytest.raises(InputError, match="cannot be read"):
        read_bundle(tmp_path / "none.zip")


def test_differences_name_their_place() -> None:
    then = {"a": [{"b": 1.0, "c": "x"}], "limes": "1"}
    assert differences(then, {"a": [{"b": 1.0004, "c": "x"}], "limes": "2"}) == ()
    assert differences(then, {"a": [{"b": 2.0, "c": "y"}]}) == ("a 1, b: 1.0 then, 2.0 now", "a 1, c: x then, y now")
