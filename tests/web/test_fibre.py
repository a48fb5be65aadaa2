"""A fibre's picture goes in with the ingest token and comes out for whoever is logged in; it is no detection."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from limes.cli.fibre_links import Outlets
from limes.signals.fibre.block import Block
from limes.signals.fibre.stream import Stream

AUTH = {"Authorization": "Bearer ingest-token"}


def news(time=1000.0, cells=8, **changes):
    row = {"time": time, "cells": base64.b64encode(bytes(range(cells))).decode()}
    event = {"time": time, "along": 120.0, "low": 118.0, "high": 122.0, "label": "hand digging", "p": 0.9, "strength_db": 14.0}
    health = {"channels": 100, "dead": 1, "noisy": 0, "break_m": None}
    return {"start_m": 0.0, "length_m": 500.0, "rows": [row], "events": [event], "health": health} | changes


@pytest.fixture(scope="module")
def sensor(service):
    return next(name for name in service.watch.directory.index if "/" not in name)


def test_what_a_listener_shows_is_seen_by_a_viewer(service, viewer, sensor):
    nobody = service.client()
    assert nobody.get("/api/fibre").status_code == 401
    for time in (1000.0, 1001.0):
        assert nobody.post(f"/api/ingest/fibre/{sensor}", json=news(time), headers=AUTH).status_code == 204
    (seen,) = viewer.get("/api/fibre").json()
    assert [row["time"] for row in seen["rows"]] == [1000.0, 1001.0]
    assert seen["events"][0]["label"] == "hand digging"
    assert seen["health"]["dead"] == 1
    assert viewer.get("/api/fibre", params={"after": 1000.5}).json()[0]["rows"][0]["time"] == 1001.0
    nobody.post(f"/api/ingest/fibre/{sensor}", json=news(1002.0, 9), headers=AUTH)
    assert [row["time"] for row in viewer.get("/api/fibre").json()[0]["rows"]] == [1002.0]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"rows": [{"time": 1.0, "cells": "?"}]}, 422),
        ({"rows": [{"time": 1.0, "cells": base64.b64encode(bytes(401)).decode()}]}, 422),
        ({"rows": [{"time": 1.0, "cells": ""}]}, 422),
        ({"length_m": -1.0}, 422),
    ],
)
def test_pictures_that_cannot_be_meant(service, sensor, changes, status):
    assert service.client().post(f"/api/ingest/fibre/{sensor}", json=news(**changes), headers=AUTH).status_code == status


def test_strangers_and_unknown_fibres(service, sensor):
    client = service.client()
    assert client.post(f"/api/ingest/fibre/{sensor}", json=news()).status_code == 401
    assert client.post(f"/api/ingest/fibre/{sensor}", json=news(), headers={"Authorization": "Bearer no"}).status_code == 401
    assert client.post("/api/ingest/fibre/nothing", json=news(), headers=AUTH).status_code == 404


def test_the_listener_of_the_command_line_reaches_the_page(service, viewer, sensor):
    x = np.random.default_rng(1).standard_normal((2000, 20)).astype(np.float32)
    with Stream(threads=1) as stream, Outlets(None, service.url, "ingest-token", sensor) as outlets:
        for k in range(3):
            outlets.passed(stream.feed(Block(5000.0 + 4 * k, 500.0, 0.0, 5.0, x)))
    (seen,) = viewer.get("/api/fibre").json()
    assert len(seen["rows"]) == 10
    assert seen["length_m"] == 100.0
    assert seen["health"] == {"channels": 20, "dead": 0, "noisy": 0, "break_m": None}
