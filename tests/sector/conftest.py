import shutil
from pathlib import Path

import pytest

from limes.sector import Sector, bundled, load


@pytest.fixture
def mesa_folder(tmp_path: Path) -> Path:
    """A copy of the small sector that a test may damage."""
    return Path(shutil.copytree(bundled("mesa-verde"), tmp_path / "mesa-verde"))


@pytest.fixture(scope="session")
def mesa() -> Sector:
    return load(bundled("mesa-verde"))


@pytest.fixture(scope="session")
def reference() -> Sector:
    return load(bundled("kilis-jarabulus"))
