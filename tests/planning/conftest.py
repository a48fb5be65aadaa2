"""A small plan on the small sector, made once."""

from __future__ import annotations

import pytest

from limes.closure.scene import Setup
from limes.planning.plan import Effort, plan
from limes.planning.request import Request

NIGHT = 1768956000.0  # 21 January 2026, 00:40 UTC
NONE = ("tower-medium", "aerostat-22m", "aerostat-74k", "fence-razor")


@pytest.fixture(scope="session")
def request_for_mesa():
    most = dict.fromkeys(NONE, 0.0) | {"wall-concrete": 4.0}
    return Request(6e6, roll=400.0, most=most, modes=("foot",), false_alarm=0.0, harm=0.1)


@pytest.fixture(scope="session")
def made(mesa, request_for_mesa):
    effort = Effort(rounds=2, tries=2, exchanges=2, sweep=(0.5,), bound_seconds=4.0)
    return plan(mesa, request_for_mesa, NIGHT, Setup(cell=240.0), effort)
