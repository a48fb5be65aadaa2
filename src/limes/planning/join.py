"""Neighbouring stretches of one kind as one asset, as they would be built."""

from __future__ import annotations

from dataclasses import replace

from limes.planning.candidates import line
from limes.sector import Asset, Deployment, Sector

_TOUCH = 1.0  # m


def joined(sector: Sector, deployment: Deployment) -> Deployment:
    """The deployment with new lines of one kind that touch made one, fibre no longer than an interrogator serves.

    What is kept stays as it is: only assets whose ids end in the number of a stretch and begin alike are joined.
    """
    lines = [a for a in deployment.assets if a.line_from is not None and a.id.startswith("plan")]
    rest = [a for a in deployment.assets if a not in lines]
    made: list[Asset] = []
    for asset in sorted(lines, key=lambda a: (a.id.rsplit("-", 1)[0], a.line_from or 0.0)):
        last = made[-1] if made else None
        if last is not None and _touching(sector, last, asset):
            whole = line(sector, last.id, last.kind, last.line_from or 0.0, asset.line_to or 0.0)
            made[-1] = replace(whole, name=last.name)
        else:
            made.append(asset)
    return replace(deployment, assets=(*rest, *made))


def _touching(sector: Sector, first: Asset, second: Asset) -> bool:
    alike = first.kind == second.kind and first.id.rsplit("-", 1)[0] == second.id.rsplit("-", 1)[0]
    touch = abs((first.line_to or 0.0) - (second.line_from or 0.0)) < _TOUCH
    reach = sector.catalogue.kinds[first.kind].number("reach_m", 1e12)
    return alike and touch and (second.line_to or 0.0) - (first.line_from or 0.0) <= 0.95 * reach
