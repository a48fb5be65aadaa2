"""What the classes of movers look like to any sensor: the numbers of the catalogue's targets as one small record each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from limes.sector.catalogue import Catalogue


@dataclass(frozen=True)
class Target:
    """A class of mover.

    `rcs` mean radar cross-section m2 and `swerling` how it fades (0, 1 or 3); `size` critical dimension in a picture, m;
    `height` of its top, m; `speed` usual speed, m/s; `contrast` with open ground by day (0-1); `contrast_k` of temperature
    with open ground on a winter night, K; `members` how many it is; `warm` whether it is warm-blooded, so that its contrast
    falls as the air nears skin temperature; `flies` whether it leaves ground and fence untouched.
    """

    name: str
    rcs: float
    swerling: int
    size: float
    height: float
    speed: float
    contrast: float
    contrast_k: float
    members: float
    warm: bool
    flies: bool


def targets_of(catalogue: Catalogue) -> Mapping[str, Target]:
    """Every class the catalogue describes, by its name in `limes.columns.CLASSES`.

    >>> from limes.sector.catalogue import load_catalogue
    >>> targets_of(load_catalogue())["vehicle"].rcs
    10.0
    """

    def target(name: str) -> Target:
        numbers = {key: value.value for key, value in catalogue.targets[name].items()}
        return Target(
            name=name,
            rcs=numbers["rcs_m2"],
            swerling=int(numbers.get("swerling", 1)),
            size=numbers["size_m"],
            height=numbers["height_m"],
            speed=numbers["speed_mps"],
            contrast=numbers["contrast"],
            contrast_k=numbers["contrast_k"],
            members=numbers["members"],
            warm=name in ("person", "group", "animal"),
            flies=name == "drone",
        )

    return MappingProxyType({name: target(name) for name in catalogue.targets})
