"""The simulated world: people, vehicles, animals, weather and faults, seen by the sensors of a deployment."""

from limes.simulation.expect import Result, check_expectations
from limes.simulation.feed import feed
from limes.simulation.scenario import Scenario, load_scenario, scenario_names
from limes.simulation.stage import Stage, set_stage
from limes.simulation.stream import Batch, Recorded, play, recorded, simulate
from limes.simulation.units import Units

__all__ = [
    "Batch",
    "Recorded",
    "Result",
    "Scenario",
    "Stage",
    "Units",
    "check_expectations",
    "feed",
    "load_scenario",
    "play",
    "recorded",
    "scenario_names",
    "set_stage",
    "simulate",
]
