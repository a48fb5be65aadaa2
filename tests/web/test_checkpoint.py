from __future__ import annotations

import hashlib
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest

from limes.sector import bundled, load, load_deployment
from limes.seeds import generator
from limes.signals.portal.made import Lane, inject, made_lane
from limes.signals.portal.statistics import spectrum_of
from limes.signals.portal.write import n42_of
from limes.signals.spectra import BUNDLED, load_libraries
from limes.watch.checkpoint import points
from limes.watch.custody import fetch
from limes.watch.laboratory import LARGEST
from limes.web.inspection import Plans

BEARER = {"Authorization": "Bearer ingest-token"}


@pytest.fixture(scope="module")
def niter():
    """A noisy reading of potassium nitrate: the bundled library's own mineral, as another instrument's CSV."""
    return reading("Niter", 3)


@pytest.fixture(scope="module")
def gypsum():
    return reading("Gypsum", 4)


def reading(name, seed):
    with np.load(BUNDLED / "nir_usgs.npz") as held:
        (library,) = load_libraries(BUNDLED, "nir")
        row = next(k for k, one in enumerate(library.rows) if one.material.lower().startswith(name.lower()))
        x, y = (held[key][held["offsets"][row] : held["offsets"][row + 1]] for key in ("x", "y"))
    noisy = y + generator(seed, "web").normal(0.0, 0.0005, y.size)
    return ("wavelength (nm),reflectance\n" + "\n".join(f"{a:.2f},{b:.6f}" for a, b in zip(x, noisy, strict=True))).encode()


@pytest.fixture(scope="module")
def passage():
    seen = made_lane(Lane(seconds=90.0, vehicles_per_h=0.01, rain=0.0), 12)
    seen.occupied[seen.time >= 70.0] = True
    strong = inject(seen, np.array([78.0]), 4.0, np.array([500.0]), spectrum_of(((662, 1.0),)), generator(2, "web"))
    return n42_of(strong)


def bring(client, data, **said):
    return client.post("/api/readings", content=data, params=said)


def test_a_listed_material_opens_a_case_that_ends_with_an_outcome(service, operator, niter, gypsum):
    answer = bring(operator, niter, file="niter.csv", declared="table salt")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["level"], found["step"]) == ("act", "second method")
    assert "potassium nitrate" in found["listed"][0]["substance"].lower()
    assert len(found["curve"]["x"]) == len(found["curve"]["residual"]) > 50
    case = operator.get(f"/api/cases/{found['case']}").json()
    assert (case["kind"], case["state"]) == ("checkpoint", "open")
    assert "One device's alarm is no finding" in case["sentence"]
    assert "dismiss" not in case["actions"]
    assert case["evidence"]["readings"][0]["sha256"] == hashlib.sha256(niter).hexdigest()

    act = f"/api/cases/{found['case']}/acts"
    assert operator.post(act, json={"verb": "close", "outcome": "all fine"}).status_code == 409
    refusal = operator.post(act, json={"verb": "close", "outcome": "refused"})
    assert (refusal.status_code, "second method" in refusal.json()["detail"]) == (409, True)
    assert bring(operator, gypsum, file="again.csv", case=found["case"]).json()["case"] == found["case"]
    closed = operator.post(act, json={"verb": "close", "outcome": "sent to laboratory"}).json()
    assert (closed["state"], closed["outcome"], len(closed["evidence"]["readings"])) == ("closed", "sent to laboratory", 2)

    told = [entry for entry in service.audit() if entry["object"] == found["case"]]
    assert [entry["verb"] for entry in told] == ["reading", "close refused", "close refused", "reading", "close"]
    custody = told[0]["detail"]
    assert (custody["sha256"], custody["file"], custody["source"]) == (found["sha256"], "niter.csv", "page")
    assert fetch(service.watch.settings.data, found["sha256"]) == niter


def test_the_same_file_opens_no_second_case(operator, niter):
    first, second = (bring(operator, niter, file="niter.csv").json() for _ in range(2))
    assert first["case"] == second["case"]
    assert first["id"] != second["id"]


def test_harmless_goods_open_none_unless_a_person_wants_one(operator, gypsum):
    found = bring(operator, gypsum, file="powder.csv").json()
    assert found["level"] in ("clear", "check")
    assert found["case"] is None
    wanted = operator.post(f"/api/readings/{found['id']}/case").json()
    assert operator.get(f"/api/cases/{wanted['case']}").json()["priority"] == "low"
    assert operator.post("/api/readings/none/case").status_code == 404


def test_an_instrument_sends_by_itself(service, viewer, passage):
    answer = service.client().post(
        "/api/ingest/readings", content=passage, params={"file": "p.n42", "instrument": "portal 1"}, headers=BEARER
    )
    found = answer.json()
    assert (answer.status_code, found["method"], found["verdict"], found["user"]) == (200, "portal", "alarm", "portal 1")
    assert "no evidence of explosive material" in found["step_reason"]
    listed = viewer.get("/api/readings").json()
    assert listed["readings"][0]["id"] == found["id"]
    assert "curve" not in listed["readings"][0]
    assert viewer.get(f"/api/readings/{found['id']}").json()["curve"]["y_unit"] == "counts/s"
    assert service.client().post("/api/ingest/readings", content=passage).status_code == 401


def test_the_file_comes_back_as_it_was_and_that_is_audited(service, operator, viewer, gypsum):
    found = bring(operator, gypsum, file="../../etc/powder.csv").json()
    assert "/" not in found["file"]
    assert operator.get(f"/api/readings/{found['id']}/file").content == gypsum
    assert viewer.get(f"/api/readings/{found['id']}/file").status_code == 403
    assert [entry["object"] for entry in service.audit() if entry["verb"] == "reading fetched"][-1:] == [found["id"]]
    path = service.watch.settings.data / "readings" / found["sha256"]
    path.write_bytes(b"something else")
    answer = operator.get(f"/api/readings/{found['id']}/file")
    assert (answer.status_code, "changed" in answer.json()["detail"]) == (409, True)
    path.write_bytes(gypsum)


HOSTILE = {
    "zip": (b"PK\x03\x04" + bytes(2000), "zip archive"),
    "gzip": (b"\x1f\x8b\x08" + bytes(2000), "gzip archive"),
    "entities": (b"<!DOCTYPE a [<!ENTITY b 'c'>]><RadInstrumentData>&b;</RadInstrumentData>", "document type"),
    "zeroes": (
        b"<a><Spectrum><Calibration Type='Energy'><Equation><Coefficients>0 3</Coefficients></Equation></Calibration>"
        b"<ChannelData Compression='CountedZeroes'>0 999999999</ChannelData></Spectrum></a>",
        "zeroes",
    ),
    "text": (b"nothing of use\n" * 20, "columns of numbers"),
    "empty": (b"", "empty"),
    "cut": (b"##TITLE=x\n##JCAMP-DX=4.24\n##XYDATA=(X++(Y..Y))\n1 2", ""),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_cannot_be_read_is_refused_counted_and_quarantined(operator, kind):
    data, words = HOSTILE[kind]
    before = operator.get("/api/quarantine").json()["total"]
    answer = bring(operator, data, file="a.bin")
    assert answer.status_code == 400
    assert words in answer.json()["detail"]
    quarantine = operator.get("/api/quarantine").json()
    assert quarantine["total"] == before + 1
    assert quarantine["latest"][0]["source"] == "page"


def test_a_file_too_large_is_cut_off(operator):
    def body():
        for _ in range(LARGEST // (1 << 20) + 2):
            yield bytes(1 << 20)

    answer = operator.post("/api/readings", content=body())
    assert answer.status_code == 413
    assert "MB" in operator.get("/api/quarantine").json()["latest"][0]["reason"]


@pytest.mark.parametrize("said", [{"crossing": "nowhere"}, {"case": "case-999999"}])
def test_what_does_not_fit_is_refused(operator, gypsum, said):
    assert bring(operator, gypsum, **said).status_code == 409


def test_when_the_disk_refuses_nothing_is_acknowledged(service, operator, gypsum, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("limes.watch.custody.keep", full)
    assert bring(operator, gypsum).status_code == 503


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
