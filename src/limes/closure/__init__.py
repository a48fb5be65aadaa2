"""Can they get through: timely detection, worst path over terrain, response, and the measures and games around them.

The formulas have a small module for each family: `easi`, `sequence`, `race`, `search`, `barrier`, `shuttle`, `patrolling`,
`stackelberg`, `choice`, `interdiction`, `queues`, `intervals`, `measures`, `fusion`, `sensitivity`, `alarm_load`. What is
imported here asks a deployment.
"""

from limes.closure.live import live_closure
from limes.closure.scene import Scene, Setup, closure, closures, scene, with_assets
from limes.closure.study import Study, study
from limes.closure.ways import Way, distinct, way
from limes.closure.worst import Outcome

__all__ = [
    "Outcome",
    "Scene",
    "Setup",
    "Study",
    "Way",
    "closure",
    "closures",
    "distinct",
    "live_closure",
    "scene",
    "study",
    "way",
    "with_assets",
]
