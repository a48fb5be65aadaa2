import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from limes.sector import Sector, bundled, load

settings.register_profile("limes", deadline=None)  # a busy machine is no failure
settings.load_profile("limes")


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
