from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest

from limes.sector import bundled, load, load_deployment
from limes.watch.checkpoint import points
from limes.web.inspection import Plans


@pytest.fixture(scope="module")
def plans(service, tmp_path_factory):
    """The plans of the reference sector behind the small service: the small one has no crossing points."""
    sector = load(bundled("kilis-jarabulus"))
    deployment = load_deployment(sector.deployments["bundled"], sector)
    data = SimpleNamespace(data=tmp_path_factory.mktemp("plans"))
    about = SimpleNamespace(
        sector=sector, deployment=deployment, settings=data, pipeline=SimpleNamespace(points=points(sector))
    )
    before, service.app.state.plans = service.app.state.plans, Plans(about)
    yield service.app.state.plans
    service.app.state.plans = before


def test_a_plan_is_told(plans, viewer):
    found = viewer.get("/api/inspection", params={"crossing": "jarabulus", "direction": "out"}).json()
    assert set(found["rates"]) == set(found["goods"])
    assert {tool["tool"] for tool in found["tools"]} == {"raman", "ftir", "portal", "search"}
    assert viewer.get("/api/inspection", params={"crossing": "nowhere"}).status_code == 404


def test_vehicles_are_drawn_by_the_plan_and_each_draw_is_audited(service, plans, operator, viewer):
    asked = {"crossing": "jarabulus", "direction": "in", "goods": "machinery and metal"}
    rate = viewer.get("/api/inspection", params={"crossing": "jarabulus"}).json()["rates"]["machinery and metal"]
    drawn = [operator.post("/api/inspection", json=asked).json()["tools"] for _ in range(60)]
    counts = Counter(tool for tools in drawn for tool in tools)
    for tool, p in rate.items():
        assert abs(counts[tool] - 60 * p) <= 6.0 * (60 * p * (1 - p)) ** 0.5 + 1e-9
    told = [entry for entry in service.audit() if entry["verb"] == "inspection drawn"]
    assert [entry["detail"]["tools"] for entry in told][-60:] == drawn
    assert set(told[-1]["detail"]) == {"direction", "goods", "tools", "chance"}  # nothing about who drives


def test_what_does_not_exist_is_refused(plans, operator):
    asked = {"crossing": "jarabulus", "direction": "in", "goods": "dreams"}
    assert operator.post("/api/inspection", json=asked).status_code == 400
    assert operator.post("/api/inspection", json={**asked, "crossing": "x"}).status_code == 404
    assert operator.post("/api/inspection", json={**asked, "direction": "up"}).status_code == 422
