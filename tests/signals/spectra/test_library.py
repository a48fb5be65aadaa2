"""Libraries: the bundled one, a folder of one's own, and folders that are refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from limes.errors import InputError
from limes.signals.spectra import BUNDLED, Library, load_libraries

X = np.arange(300.0, 1800.0, 2.0)


def band(at: float) -> np.ndarray:
    return 100 + 500 * np.exp(-((X - at) ** 2) / 200)


def write(path: Path, y: np.ndarray) -> None:
    path.write_text("raman shift,counts\n" + "\n".join(f"{a},{b:.3f}" for a, b in zip(X, y, strict=True)))


def pair(folder: Path, rows: str = "raman,one\nraman,two\n", offsets: tuple[int, ...] = (0, 750, 1500)) -> None:
    np.savez(folder / "l.npz", x=np.tile(X, 2), y=np.concatenate([band(700), band(900)]), offsets=np.array(offsets))
    (folder / "l.csv").write_text("technique,material\n" + rows)


def test_the_bundled_library_holds_what_its_notice_says(bundled_libraries: dict[str, Library]) -> None:
    assert {kind: len(one.rows) for kind, one in bundled_libraries.items()} == {"nir": 1469, "raman": 141}
    notice = (BUNDLED / "NOTICE").read_text(encoding="utf-8")
    assert "ODbL" in notice
    assert "Data Series 1035" in notice
    assert {row.source for row in bundled_libraries["raman"].rows} == {"RamanBiolib"}
    assert {row.source for row in bundled_libraries["nir"].rows} == {"USGS splib07 (AV95)"}


def test_rows_are_normalised_and_summed(bundled_libraries: dict[str, Library]) -> None:
    library = bundled_libraries["raman"]
    assert library.matrix.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(library.matrix, axis=2), 1.0, atol=1e-5)
    np.testing.assert_allclose(library.matrix.sum(axis=2), 0.0, atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(library.coarse, axis=1), 1.0, atol=1e-5)


def test_a_folder_of_files_and_pairs_is_one_library(tmp_path: Path) -> None:
    pair(tmp_path)
    write(tmp_path / "potassium nitrate.csv", band(1050))
    (library,) = load_libraries(tmp_path)
    assert library.materials == ("one", "potassium nitrate", "two")
    assert [row.family for row in library.rows if row.material == "potassium nitrate"] == ["nitrate"]
    (again,) = load_libraries(tmp_path, "raman")
    assert again.version == library.version
    write(tmp_path / "another.csv", band(1200))
    assert load_libraries(tmp_path)[0].version != library.version


@pytest.mark.parametrize(
    ("rows", "offsets", "field"),
    [
        ("raman,one\n", (0, 750, 1500), "rows"),
        ("raman,one\nsonar,two\n", (0, 750, 1500), "row 1, technique"),
        ("raman,one\nraman,\n", (0, 750, 1500), "row 1, material"),
        ("raman,one\nraman,two\n", (0, 750, 1400), "offsets"),
        ("raman,one\nraman,two\n", (0, 1600, 1500), "offsets"),
    ],
)
def test_pairs_that_disagree_are_refused(tmp_path: Path, rows: str, offsets: tuple[int, ...], field: str) -> None:
    pair(tmp_path, rows, offsets)
    with pytest.raises(InputError) as caught:
        load_libraries(tmp_path)
    assert caught.value.fault.field == field


def test_archives_of_objects_and_of_nothing_are_refused(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("technique,material\n")
    np.savez(tmp_path / "l.npz", x=np.array([print], object), y=np.zeros(1), offsets=np.array([0, 1]))
    with pytest.raises(InputError, match="cannot be read"):
        load_libraries(tmp_path)
    (tmp_path / "l.npz").write_bytes(b"PK\x03\x04 not an archive")
    with pytest.raises(InputError, match="cannot be read"):
        load_libraries(tmp_path)


def test_a_swelling_archive_is_refused_unopened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("limes.signals.spectra.library.LARGEST_ARCHIVE", 10_000)
    with zipfile.ZipFile(tmp_path / "l.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", bytes(20_000))
    with pytest.raises(InputError, match="unpacks to"):
        load_libraries(tmp_path)


def test_no_folder_and_an_empty_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no folder"):
        load_libraries(tmp_path / "none")
    with pytest.raises(InputError, match="no reference spectra"):
        load_libraries(tmp_path)
