"""Plans side by side and moves that are only tried, over HTTP."""

import json

import pytest


@pytest.fixture(scope="module")
def tower(service):
    return service.watch.deployment.asset("tower-1")


def place(service, asset, metres):
    from limes.geo import to_lonlat

    lon, lat = to_lonlat(asset.x + metres, asset.y, service.watch.sector.crs)
    return {"id": asset.id, "lon": float(lon), "lat": float(lat)}


def rows(part):
    return {(row["mode"], row["direction"]): row["km"] for row in part["closure"]}


def test_a_tower_moved_nowhere_changes_nothing_and_one_moved_far_does(service, viewer, tower):
    same = viewer.post("/api/plan/try", json={"moves": [place(service, tower, 0.0)]})
    assert same.status_code == 200, same.text
    facts = same.json()
    assert facts["after"]["coverage"]["km"] == pytest.approx(facts["before"]["coverage"]["km"], abs=2e-3)
    for way, km in rows(facts["before"]).items():
        assert rows(facts["after"])[way] == pytest.approx(km, abs=2e-3)
    far = viewer.post("/api/plan/try", json={"moves": [place(service, tower, 2500.0)]}).json()
    assert far["before"] == facts["before"]
    assert far["after"]["coverage"]["km"] != pytest.approx(facts["before"]["coverage"]["km"], abs=2e-3)
    assert far["worst_ways"][0]["place"].startswith("km ")
    assert service.watch.deployment.asset("tower-1") is tower


def test_a_post_takes_its_patrols_with_it(service, viewer):
    post = service.watch.deployment.family("post")[0]
    answer = viewer.post("/api/plan/try", json={"moves": [place(service, post, 3000.0)]})
    assert answer.status_code == 200, answer.text
    assert rows(answer.json()["after"])["vehicle", "in"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": "tower-99"}, "does not stand here"),
        ({"id": "fence-1"}, "cannot be dragged"),
        ({"lon": 0.0, "lat": 0.0}, "drop it inside"),
    ],
)
def test_moves_that_cannot_be_are_refused_with_the_cure(change, said, service, viewer, tower):
    answer = viewer.post("/api/plan/try", json={"moves": [place(service, tower, 0.0) | change]})
    assert answer.status_code == 409
    assert said in answer.json()["detail"]


def test_plans_in_the_data_folder_are_listed(service, viewer):
    folder = service.watch.settings.data / "plans"
    names = (
        "local_time", "request", "p_interdict", "bound", "cases", "on_usual_cells", "spent", "cost", "worst_ways", "sweep",
        "false_reports_per_hour", "people_moved", "legal_crossings", "not_considered", "modelled_terrain",
    )  # fmt: skip
    for name, text in (("b", "{"), ("a", json.dumps(dict.fromkeys(names) | {"sector": "mesa-verde", "secret": 1}))):
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "plan.json").write_text(text)
    found = viewer.get("/api/plans").json()
    assert [plan["name"] for plan in found] == ["a"]
    assert "secret" not in found[0]
