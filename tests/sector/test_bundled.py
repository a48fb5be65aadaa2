import pytest

from limes.errors import InputError
from limes.sector import bundled, bundled_names, find


def test_names():
    assert {"kilis-jarabulus", "mesa-verde"} <= set(bundled_names())


@pytest.mark.parametrize("name", ["", "..", "atlantis", "../sectors/mesa-verde"])
def test_an_unknown_name_lists_those_there_are(name):
    with pytest.raises(InputError, match="bundled are: kilis-jarabulus, mesa-verde"):
        bundled(name)


def test_find_prefers_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find("mesa-verde") == bundled("mesa-verde")
    (tmp_path / "mesa-verde").mkdir()
    assert find("mesa-verde").resolve() == (tmp_path / "mesa-verde").resolve()
