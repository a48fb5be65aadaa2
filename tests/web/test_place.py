from __future__ import annotations

import io
import threading
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PIL import Image

from limes.geo import to_lonlat, to_plane
from limes.watch.records import RecordKind
from limes.web.looks import REASONS


def tile_of(lon, lat, z):
    n = 2**z
    return int((lon + 180) / 360 * n), int((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * n)


def pixels(answer):
    assert answer.headers["content-type"] == "image/png"
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))


@pytest.fixture
def tower(service):
    return next(sensor for sensor in service.watch.pipeline.sensors if sensor.id == "tower-1/radar")


def test_the_sector_says_what_it_is(service, viewer, mesa):
    body = viewer.get("/api/sector").json()
    assert (body["name"], body["home_side"], body["time_zone"]) == ("mesa-verde", "left", "America/Denver")
    assert body["terrain"] == {"modelled": False, "source": mesa.terrain.source}
    assert body["length_km"] == pytest.approx(mesa.border.length / 1000.0, abs=0.001)
    assert [mark["km"] for mark in body["km_marks"]] == list(range(int(body["length_km"]) + 1))
    west, south, east, north = body["bounds"]
    for lon, lat in body["border"]["coordinates"]:
        assert west < lon < east
        assert south < lat < north
    assert any("made for tests" in notice for notice in body["notices"])


def test_the_deployment_is_geojson_of_every_asset(viewer, mesa_deployment):
    features = viewer.get("/api/deployment").json()["features"]
    assert sorted(f["properties"]["id"] for f in features) == sorted(asset.id for asset in mesa_deployment.assets)
    assert {"Point", "LineString"} <= {f["geometry"]["type"] for f in features if f["geometry"]}


def test_hillshade_covers_the_terrain_and_nothing_else(viewer):
    west, south, east, north = viewer.get("/api/sector").json()["bounds"]
    inside = pixels(viewer.get("/api/hillshade/12/{}/{}.png".format(*tile_of((west + east) / 2, (south + north) / 2, 12))))
    assert inside.shape == (256, 256, 4)
    assert (inside[:, :, 3] == 255).all()
    assert inside[:, :, 0].std() > 5
    assert viewer.get("/api/hillshade/12/0/0.png").status_code == 204
    edge = pixels(viewer.get("/api/hillshade/8/{}/{}.png".format(*tile_of(west, north, 8))))
    assert 0 < (edge[:, :, 3] > 0).mean() < 1
    for beyond in ("19/0/0", "-1/0/0", "3/8/0", "3/0/-1"):
        assert viewer.get(f"/api/hillshade/{beyond}.png").status_code == 404


def test_coverage_per_km_and_as_a_picture(viewer, mesa):
    body = viewer.get("/api/coverage", params={"target": "vehicle"}).json()
    assert len(body["km"]) == int(np.ceil(mesa.border.length / 1000.0))
    assert all(0.0 <= p <= 1.0 for p in body["km"])
    assert max(body["km"]) > 0.5
    seen = pixels(viewer.get(body["image"]))
    west, south, east, north = body["bounds"]
    assert seen.shape[1] / seen.shape[0] == pytest.approx(
        (east - west) * np.cos(np.radians((south + north) / 2)) / (north - south), rel=0.05
    )
    assert 0.02 < (seen[:, :, 3] > 0).mean() < 1.0


def test_an_aerostat_takes_nothing_away_and_now_is_one_of_the_two(viewer):
    def km(**what):
        return np.array(viewer.get("/api/coverage", params=what).json()["km"])

    assert (km(state="up") >= km(state="down")).all()
    assert (km(state="now") <= km(state="up")).all()
    up, down = (pixels(viewer.get("/api/coverage.png", params={"target": "vehicle", "state": s})) for s in ("up", "down"))
    assert (up[:, :, 3] > 0).sum() > (down[:, :, 3] > 0).sum()


def test_another_hour_and_weather_can_be_asked_for(service, viewer, mesa):
    """A storm takes sight and wings away, and the hour asked for is the sector's own, on the watch's day."""

    def asked(**what):
        return viewer.get("/api/coverage", params={"target": "drone", "state": "up", **what}).json()

    night, storm = asked(hour=2, weather="clear"), asked(hour=2, weather="storm")
    at = datetime.fromtimestamp(night["time"], ZoneInfo(mesa.time_zone))
    assert (at.hour, at.date()) == (2, datetime.fromtimestamp(service.watch.now(), ZoneInfo(mesa.time_zone)).date())
    assert (night["weather"]["visibility"], storm["weather"]["visibility"]) == (20_000.0, 5000.0)
    assert (np.array(storm["km"]) <= np.array(night["km"]) + 1e-3).all()
    assert storm["mean"] < night["mean"]
    assert (night["weather_stops"], storm["weather_stops"]) == (0, 2)  # the aerostat's two cameras
    assert not np.array_equal(pixels(viewer.get(storm["image"])), pixels(viewer.get(night["image"])))
    assert night["aerostats"]["up"] == night["mean"] >= night["aerostats"]["down"]


@pytest.mark.parametrize(
    "what", [{"target": "ghost"}, {"state": "sideways"}, {"hour": 25}, {"hour": "nan"}, {"weather": "visibility=-1"}]
)
def test_nonsense_is_refused(viewer, what):
    assert viewer.get("/api/coverage", params=what).status_code == 422
    assert viewer.get("/api/coverage.png", params=what).status_code == 422


def sight(viewer, service, x, y, **what):
    lon, lat = to_lonlat(x, y, service.watch.sector.crs)
    return viewer.get("/api/sight", params={"lon": float(lon), "lat": float(lat), **what})


def test_who_sees_a_place_near_a_tower(service, viewer, tower):
    body = sight(viewer, service, tower.x + 150.0, tower.y - 150.0, target="vehicle").json()
    assert 0.0 <= body["km"] <= 20.0
    seen = {row["sensor"]: row for row in body["sensors"]}
    row = seen["tower-1/radar"]
    assert (row["distance_m"], row["asset"], row["family"]) == (212, "tower-1", "radar")
    assert row["can_see"] == (row["min_visible_height_m"] <= tower.targets["vehicle"].height)
    assert [r["p"] for r in body["sensors"]] == sorted((r["p"] for r in body["sensors"]), reverse=True)
    missed = np.prod([1.0 - r["p"] for r in body["sensors"]])
    assert body["p_any_look"] == pytest.approx(1.0 - missed, abs=0.01)
    assert {r["reason"] for r in body["sensors"]} != {""}


def test_what_terrain_hides_says_from_which_height_it_would_be_seen(service, viewer, tower):
    hidden = []
    for angle in np.linspace(0, 2 * np.pi, 12, endpoint=False):
        x, y = tower.x + 4000.0 * np.sin(angle), tower.y + 4000.0 * np.cos(angle)
        answer = sight(viewer, service, x, y)
        rows = answer.json()["sensors"] if answer.status_code == 200 else []
        hidden += [row for row in rows if row["sensor"] == "tower-1/radar" and not row["can_see"]]
    assert hidden
    for row in hidden:
        assert row["p"] == 0.0
        assert row["min_visible_height_m"] is None or row["min_visible_height_m"] > 1.5
        assert "terrain hides" in row["reason"] or row["reason"] in ("outside its sector", "outside its beam")


def test_the_line_of_sight_comes_with_every_look(service, viewer, mesa, tower):
    """Drawn as it came: where the ground stands above the line, and nowhere else, it is said to be hidden."""
    seen = hidden = 0
    for angle in np.linspace(0, 2 * np.pi, 16, endpoint=False):
        x, y = tower.x + 3000.0 * np.sin(angle), tower.y + 3000.0 * np.cos(angle)
        answer = sight(viewer, service, x, y, target="vehicle")
        for row in answer.json()["sensors"] if answer.status_code == 200 else []:
            assert row["why"] in REASONS
            line = row["line"]
            if line is None:
                assert row["family"] not in ("radar", "camera")
                continue
            at, ground = np.array(line["distance_m"]), np.array(line["ground_m"], float)
            assert (at[0], line["eye_m"]) == (0.0, pytest.approx(ground[0] + row_sensor(service, row).height, abs=0.11))
            assert at[-1] == pytest.approx(row["distance_m"], abs=2 * mesa.terrain.grid.cell)
            assert line["end_m"] == pytest.approx(ground[-1] + row_sensor(service, row).targets["vehicle"].height, abs=0.11)
            above = ground - (line["eye_m"] + (line["end_m"] - line["eye_m"]) * at / max(at[-1], 1.0))
            if line["blocked"] is None:
                assert above[1:-1].max(initial=-1.0) < 0.2
                assert row["can_see"] or row["why"] in ("off", "grounded", "wind", "near", "sector", "beam")
                seen += 1
            else:
                assert not row["can_see"]
                assert line["blocked"]["over_m"] == pytest.approx(above[1:-1].max(), abs=0.2)
                assert 0.0 < line["blocked"]["distance_m"] < at[-1]
                hidden += 1
    assert seen > 5
    assert hidden > 5


def row_sensor(service, row):
    return next(sensor for sensor in service.watch.pipeline.sensors if sensor.id == row["sensor"])


def test_a_sensor_that_is_down_sees_nothing_and_the_place_says_so(service, viewer, tower):
    def mine():
        rows = sight(viewer, service, tower.x + 150.0, tower.y - 150.0, target="vehicle").json()["sensors"]
        return next(row for row in rows if row["sensor"] == "tower-1/radar")

    def say(state, at):
        status = {"type": "status", "sensor": "tower-1/radar", "time": at, "state": state, "detail": ""}
        service.watch.submit([(RecordKind.EVENTS, [status]), (RecordKind.CLOCK, {"time": at + 3.0})]).result(300)

    assert mine()["reason"] != "not working"
    now = service.watch.now()
    say("down", now + 1.0)
    until_time(service, now + 4.0)
    assert (mine()["reason"], mine()["p"]) == ("not working", 0.0)
    say("up", now + 5.0)
    until_time(service, now + 8.0)
    assert mine()["reason"] != "not working"


def until_time(service, time):
    """Wait until the pipeline has got there."""
    for _ in range(3000):
        if (service.watch.pipeline.time or 0.0) >= time:
            return
        threading.Event().wait(0.02)
    raise AssertionError("the pipeline stands still")


def test_outside_the_terrain_there_is_no_answer(service, viewer):
    x, y = (float(v) for v in to_plane(-108.45, 38.5, service.watch.sector.crs))
    assert sight(viewer, service, x, y).status_code == 404
