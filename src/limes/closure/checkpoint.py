"""Concealment in the legal flow: whether material that is hidden in a vehicle is called at a crossing point."""

from __future__ import annotations

from dataclasses import dataclass

from limes.sector import Deployment, Sector

FLOW = 30.0
"""Vehicles an hour through a crossing point (assumed; 5 to 120)."""

_CHEMICAL = ("raman", "ftir", "nir")


@dataclass(frozen=True)
class Checked:
    """One crossing point: P(called) of chemical and of radioactive material, and the vehicles an hour that can be tested."""

    id: str
    name: str
    chainage: float
    p_chemical: float
    p_radioactive: float
    tests_per_h: float


def checkpoints(
    sector: Sector, deployment: Deployment, flow: float = FLOW, lost: frozenset[str] = frozenset()
) -> tuple[Checked, ...]:
    """Every crossing point with its instruments, taken as independent: each tests as many vehicles as it can, chosen blindly.

    P(called) = 1 - prod(1 - availability x tested share x P(detect)); false calls and what follows a call are not in it.
    """
    found = []
    for point in sector.crossings:
        tools = [
            sector.catalogue.kinds[asset.kind]
            for asset in deployment.family("checkpoint")
            if asset.properties.get("crossing") == point.id and asset.id not in lost
        ]
        missed = {"chemical": 1.0, "radioactive": 1.0}
        for kind in tools:
            share = min(kind.number("tests_per_h") / flow, 1.0) * kind.availability.value * kind.number("p_detect")
            missed["chemical" if kind.traits["method"] in _CHEMICAL else "radioactive"] *= 1.0 - share
        tests = sum(kind.number("tests_per_h") for kind in tools if kind.traits["method"] in _CHEMICAL)
        chainage = float(sector.border.locate(point.x, point.y)[0])
        found.append(Checked(point.id, point.name, chainage, 1 - missed["chemical"], 1 - missed["radioactive"], tests))
    return tuple(found)
