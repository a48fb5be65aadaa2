from limes.sector.backup import back_up


def test_each_backup_has_a_name_of_its_own(tmp_path):
    path = tmp_path / "terrain.tif"
    assert back_up(path) is None
    for text in ("one", "two"):
        path.write_text(text)
        back_up(path)
    assert (tmp_path / "terrain.old-1.tif").read_text() == "one"
    assert (tmp_path / "terrain.old-2.tif").read_text() == "two"
    assert path.read_text() == "two"
