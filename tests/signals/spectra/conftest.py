"""The bundled libraries, loaded once."""

from __future__ import annotations

import pytest

from limes.signals.spectra import BUNDLED, Library, load_libraries


@pytest.fixture(scope="session")
def bundled_libraries() -> dict[str, Library]:
    return {one.technique: one for one in load_libraries(BUNDLED)}
