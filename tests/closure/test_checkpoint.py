from dataclasses import replace

import pytest

from limes.closure.checkpoint import checkpoints
from limes.sector import bundled, load, load_deployment


@pytest.fixture(scope="module")
def place():
    sector = load(bundled("kilis-jarabulus"))
    return sector, load_deployment(sector.deployments["bundled"], sector)


def test_a_crossing_point_tests_what_it_can(place):
    sector, deployment = place
    first = checkpoints(sector, deployment)[0]
    raman, ftir = (sector.catalogue.kinds[key] for key in ("raman-handheld", "ftir-handheld"))
    each = [k.number("tests_per_h") / 30.0 * k.availability.value * k.number("p_detect") for k in (raman, ftir)]
    assert first.p_chemical == pytest.approx(1 - (1 - each[0]) * (1 - each[1]))
    assert 0.0 < first.p_radioactive < 1.0


def test_more_flow_is_tested_less_and_nothing_tests_nothing(place):
    sector, deployment = place
    slow, busy = checkpoints(sector, deployment, 5.0)[0], checkpoints(sector, deployment, 120.0)[0]
    assert slow.p_chemical > busy.p_chemical
    bare = replace(deployment, assets=tuple(a for a in deployment.assets if a.family != "checkpoint"))
    assert checkpoints(sector, bare)[0].p_chemical == 0.0
    lost = frozenset({"crossing-1-raman", "crossing-1-ftir"})
    assert checkpoints(sector, deployment, lost=lost)[0].p_chemical == 0.0
