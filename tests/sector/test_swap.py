import shutil
from dataclasses import replace

import numpy as np
import pytest

from limes.errors import InputError
from limes.sector import bundled, load, swap_terrain, write_terrain

SURVEY = bundled("mesa-verde") / "terrain.tif"


@pytest.fixture
def modelled(mesa_folder, mesa):
    """The small sector as if its terrain were modelled: 60 m higher everywhere, and labelled."""
    write_terrain(mesa_folder / "terrain.tif", replace(mesa.terrain, height=mesa.terrain.height + 60, modelled=True))
    text = (mesa_folder / "sector.toml").read_text().replace("modelled = false", "modelled = true  # for now")
    (mesa_folder / "sector.toml").write_text(text)
    return mesa_folder


def test_a_swap_takes_the_label_away_and_keeps_the_old_files(modelled, mesa):
    assert load(modelled).terrain.modelled
    swap = swap_terrain(modelled, [SURVEY], source="USGS NED", notice="(c) nobody")
    after = load(modelled)
    assert not after.terrain.modelled
    assert after.terrain.source == "USGS NED"
    assert after.terrain.grid == mesa.terrain.grid
    np.testing.assert_allclose(after.terrain.height, mesa.terrain.height, atol=0.051)
    assert "(c) nobody" in after.notices
    assert not any("Modelled terrain" in n for n in after.notices)
    assert [p.name for p in swap.backups] == ["terrain.old-1.tif", "sector.old-1.toml"]
    for backup, name in zip(swap.backups, ("terrain.tif", "sector.toml"), strict=True):
        shutil.copy(backup, modelled / name)
    assert load(modelled).terrain.modelled


def test_everything_else_in_the_settings_stays(modelled):
    before = (modelled / "sector.toml").read_text()
    swap_terrain(modelled, [SURVEY])
    after = (modelled / "sector.toml").read_text()
    assert before.partition("# Every number")[2] == after.partition("# Every number")[2]
    assert before.partition("[terrain]")[0] == after.partition("[terrain]")[0]


def test_backups_are_never_overwritten(modelled):
    names = {path.name for _ in range(3) for path in swap_terrain(modelled, [SURVEY]).backups}
    assert len(names) == 6


def test_a_tile_tagged_modelled_keeps_the_label(modelled):
    shutil.copy(modelled / "terrain.tif", modelled / "tile.tif")
    assert swap_terrain(modelled, [modelled / "tile.tif"]).terrain.modelled
    assert load(modelled).terrain.modelled


def test_a_new_grid_around_the_border(modelled, mesa):
    grid = swap_terrain(modelled, [SURVEY], cell=90.0, margin=1000.0).terrain.grid
    assert grid.cell == 90.0
    west, _, _, north = grid.bounds
    assert mesa.border.x.min() - west == pytest.approx(1000, abs=91)
    assert north - mesa.border.y.max() == pytest.approx(1000, abs=91)
    assert load(modelled).terrain.grid == grid


@pytest.mark.parametrize("trouble", ["none", "off", "partial", "no raster"])
def test_nothing_changes_when_the_tiles_will_not_do(modelled, mesa, trouble):
    part = modelled / "part.tif"
    grid = replace(mesa.terrain.grid, nx=300)
    write_terrain(part, replace(mesa.terrain, grid=grid, height=mesa.terrain.height[:, :300].copy()))
    tiles = {
        "none": [],
        "off": [bundled("kilis-jarabulus") / "terrain.tif"],
        "partial": [part],
        "no raster": [modelled / "sector.toml"],
    }
    before = {p.name: p.read_bytes() for p in modelled.iterdir() if p.is_file()}
    with pytest.raises(InputError) as caught:
        swap_terrain(modelled, tiles[trouble])
    assert caught.value.fault.cure
    assert {p.name: p.read_bytes() for p in modelled.iterdir() if p.is_file()} == before


def test_a_broken_sector_is_named(modelled):
    (modelled / "sector.toml").write_text("name =")
    with pytest.raises(InputError, match="not valid TOML"):
        swap_terrain(modelled, [SURVEY])
