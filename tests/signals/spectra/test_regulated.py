"""The table of Regulation (EU) 2019/1148 and tables of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from limes.errors import InputError
from limes.signals.spectra import eu_precursors, read_list
from limes.signals.spectra.families import family_of
from limes.signals.spectra.regulated import cas_is_valid

LIMITS = {
    "Nitric acid": 3,
    "Hydrogen peroxide": 12,
    "Sulphuric acid": 15,
    "Nitromethane": 16,
    "Ammonium nitrate": 16,
    "Potassium chlorate": 40,
    "Potassium perchlorate": 40,
    "Sodium chlorate": 40,
    "Sodium perchlorate": 40,
}


def test_annexes_as_published() -> None:
    held = eu_precursors()
    assert (held.version, len(held.entries)) == ("2019-07-11", 18)
    assert {one.name: one.limit_percent for one in held.entries if one.annex == "I"} == LIMITS
    assert {one.regime for one in held.entries if one.annex == "II"} == {"reportable"}
    assert all(cas_is_valid(one.cas) and one.cn_code for one in held.entries)


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("niter", "Potassium nitrate"),
        ("Nitratine", "Sodium nitrate"),
        ("sulfuric acid", "Sulphuric acid"),
        ("7664-93-9", "Sulphuric acid"),
        ("sodium sulfate", None),
        ("Aluminum", None),
        ("urea", None),
    ],
)
def test_names_meet_whatever_their_spelling(name: str, entry: str | None) -> None:
    found = eu_precursors().find(name)
    assert (found.name if found else None) == entry


HEAD = "# list: L\n# version: 1\n# source: S\nname,cas,annex,regime,limit_percent,licence_limit_percent,cn_code,also,note\n"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (HEAD + ",7757-79-1,,,,,,,\n", "row 1, name"),
        (HEAD + "a,7757-79-2,,,,,,,\n", "row 1, cas"),
        (HEAD + "a,,,,120,,,,\n", "row 1, limit_percent"),
        (HEAD + "a,,,,much,,,,\n", "row 1, limit_percent"),
        (HEAD.replace("# version: 1\n", "") + "a,,,,,,,,\n", "version"),
        ("name,cas\n", "annex"),
    ],
)
def test_faulty_lists_are_refused(text: str, field: str, tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text(text)
    with pytest.raises(InputError) as caught:
        read_list(tmp_path / "l.csv")
    assert caught.value.fault.field == field


def test_a_list_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text(HEAD + "Sulphur,7704-34-9,watch,watch,,,2503 00,sulfur; brimstone,\n")
    assert read_list(tmp_path / "l.csv").find("Sulfur").cas == "7704-34-9"


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Sodium Nitrate", "nitrate"),
        ("Gadolinium_Nitrate_Hydrate", "nitrate"),
        ("sucrose", "sugar"),
        ("Plastic_LDPE", "plastic"),
        ("triolein", "lipid"),
        ("trypsin", "protein"),
        ("Trona", "carbonate"),
        ("Halite", ""),
    ],
)
def test_families(name: str, family: str) -> None:
    assert family_of(name) == family
