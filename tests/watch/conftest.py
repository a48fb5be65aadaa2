from __future__ import annotations

import numpy as np
import pytest

from limes.columns import CLASSES, TRACK, Status, empty
from limes.geo import to_lonlat
from limes.sector import border, bundled, load, load_deployment
from limes.sensing import sensors_of

CRS = "EPSG:32637"
WEST, SOUTH = 400_000.0, 4_060_000.0


@pytest.fixture(scope="session")
def line():
    """A straight line of about 20 km from west to east; home is north (left), plane y = SOUTH at its western end."""
    lon, lat = to_lonlat(np.array([WEST, WEST + 20_000.0]), np.array([SOUTH, SOUTH]), CRS)
    return border(lon, lat, CRS, "left")


@pytest.fixture(scope="session")
def make_tracks():
    """Make TRACK rows from dictionaries: x, y from the line's western end; label sets the class."""

    def make(*rows, time=0.0):
        out = empty(TRACK, len(rows))
        for row, given in zip(out, rows, strict=True):
            place = {"x": WEST + given.get("x", 5000.0), "y": SOUTH + given.get("y", -1000.0)}
            row["time"], row["track"], row["status"] = time, given.get("track", 1), given.get("status", Status.CONFIRMED)
            row["x"], row["y"], row["vx"], row["vy"] = *place.values(), given.get("vx", 0.0), given.get("vy", 0.0)
            sigma, sigma_v = given.get("sigma", 10.0), given.get("sigma_v", 0.1)
            row["covariance"] = np.diag([sigma**2, sigma**2, sigma_v**2, sigma_v**2])
            row["existence"], row["hits"] = given.get("existence", 0.99), given.get("hits", 20)
            row["classes"] = 0.02
            row["classes"][CLASSES.index(given.get("label", "person"))] = 0.9
            low, mid, high = given.get("count", (1, 1, 1))
            row["count_low"], row["count"], row["count_high"] = low, mid, high
            row["first"], row["last"] = given.get("first", 0.0), given.get("last", time)
        return out

    return make


@pytest.fixture(scope="session")
def sector():
    """The reference sector."""
    return load(bundled("kilis-jarabulus"))


@pytest.fixture(scope="session")
def deployment(sector):
    """Its bundled deployment."""
    return load_deployment(sector.deployments["bundled"], sector)


@pytest.fixture(scope="session")
def sensors(sector, deployment):
    """The sensors of the bundled deployment, without their lines of sight."""
    return sensors_of(deployment, sector)
