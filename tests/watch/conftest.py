from __future__ import annotations

import numpy as np
import pytest

from limes.columns import CLASSES, DETECTION, LABELS, TRACK, Kind, Status, empty
from limes.geo import to_lonlat
from limes.sector import border, bundled, load, load_deployment
from limes.sensing import sensors_of
from limes.watch.pipeline import Pipeline
from limes.watch.records import Record, RecordKind

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


class Night:
    """A small night on the Mesa Verde sector: movers as two radars and a thermal camera would report them, and heartbeats.

    A mover is a function of the second that gives metres along the line, metres from it (+ home), and speeds along and
    towards home, or None while it is not there. `labels` says what the thermal camera calls each.
    """

    begin = 1_768_964_400.0  # 20:00 local, 20 January 2026

    def __init__(self, pipeline, seed=3):
        self.pipeline = pipeline
        self.rng = np.random.default_rng(seed)
        self.index = pipeline.directory.index
        self.seq = 0

    def play(self, seconds, movers=(), labels=(), silent=(), start=0):
        """Records of some seconds: detections, events and a clock each second."""
        records = []
        for second in range(start, start + seconds):
            rows = [
                self.look(second, name, movers, labels) for name in self.looking(second) if name.split("/")[0] not in silent
            ]
            if rows:
                records.append(self.record(RecordKind.DETECTIONS, rows=np.concatenate(rows)))
            if second % 10 == 0:
                names = [asset for asset in sorted({s.asset for s in self.pipeline.sensors}) if asset not in silent]
                time = self.begin + second
                beats = [{"type": "status", "asset": name, "time": time, "state": "up", "detail": ""} for name in names]
                records.append(self.record(RecordKind.EVENTS, body=beats))
            records.append(self.record(RecordKind.CLOCK, body={"time": self.begin + second + 1.0}))
        return records

    def record(self, kind, rows=None, body=None):
        self.seq += 1
        return Record(self.seq - 1, kind, rows, body)

    def looking(self, second):
        yield "tower-2/radar"
        if second % 4 == 0:
            yield "tower-1/radar"
        if second % 5 == 0:
            yield "tower-2/thermal"
        if second % 60 == 0:
            yield from ("tower-1/thermal", "tower-1/day", "tower-2/day", "aerostat-1/day", "aerostat-1/thermal")

    def look(self, second, name, movers, labels):
        sensor = self.pipeline.sensors[self.index[name]]
        places = [(k, mover(second)) for k, mover in enumerate(movers)]
        seen = [(k, place) for k, place in places if place is not None and self.sees(sensor, place)]
        rows = empty(DETECTION, max(len(seen), 1))
        rows["sensor"], rows["time"], rows["scan"] = self.index[name], self.begin + second + 0.5, second
        rows["arrival"] = rows["time"]
        for row, (k, place) in zip(rows, seen, strict=False):
            self.fill(row, sensor, place, labels[k] if k < len(labels) else "unknown")
        return rows

    def place(self, along, offset):
        border = self.pipeline.sector.border
        x, y = border.point(along)
        nx, ny = border.normal_home(along, 2000.0)
        return float(x + nx * offset), float(y + ny * offset), float(nx), float(ny)

    def sees(self, sensor, place):
        if sensor.family == "radar":
            return np.hypot(place[2], place[3]) > 0.4
        return sensor.id == "tower-2/thermal"

    def fill(self, row, sensor, place, label):
        x, y, nx, ny = self.place(place[0], place[1])
        dx, dy = x - sensor.x, y - sensor.y
        distance = np.hypot(dx, dy)
        vx, vy = ny * place[2] + nx * place[3], -nx * place[2] + ny * place[3]
        known = self.pipeline.tracker.sensors[self.index[sensor.id]]
        row["kind"], row["range"] = Kind.RANGE_BEARING, distance
        row["bearing"] = (np.arctan2(dx, dy) + self.rng.normal(0.0, known["sigma_bearing"])) % (2 * np.pi)
        if sensor.family == "radar":
            row["range"] += self.rng.normal(0.0, known["sigma_range"])
            row["range_rate"] = (vx * dx + vy * dy) / distance + self.rng.normal(0.0, known["sigma_range_rate"])
        else:
            row["sigma"] = sensor.model.sigma_range_fraction * distance
            row["range"] += self.rng.normal(0.0, row["sigma"])
            row["label"], row["label_p"] = LABELS.index(label), 0.9


@pytest.fixture(scope="session")
def small():
    """The Mesa Verde sector and its deployment."""
    found = load(bundled("mesa-verde"))
    return found, load_deployment(found.deployments["demo"], found)


@pytest.fixture
def pipeline(small):
    """A fresh pipeline on the small sector."""
    return Pipeline(*small)


@pytest.fixture(scope="session")
def night_class():
    """The class that plays small nights."""
    return Night


@pytest.fixture
def night(pipeline):
    """A night that plays into the fresh pipeline."""
    return Night(pipeline)
