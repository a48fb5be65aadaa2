"""What a sensor sees: one model for every kind of sensor, and the coverage of a deployment."""

from limes.sensing.coverage import Coverage, CoverageParts, coverage, coverage_parts
from limes.sensing.crossing import CrossingTable, crossing_detection, crossing_table, ways
from limes.sensing.gaps import Causes, Gap, causes, explain, gaps
from limes.sensing.model import available, can_see, p_cued, p_detect, reach
from limes.sensing.nuisance import nuisance_rate
from limes.sensing.placed import sight_line, with_sight
from limes.sensing.rows import sensor_rows
from limes.sensing.sensor import Sensor, sensors_of
from limes.sensing.sun import sun_elevation
from limes.sensing.targets import Target, targets_of

__all__ = [
    "Causes",
    "Coverage",
    "CoverageParts",
    "CrossingTable",
    "Gap",
    "Sensor",
    "Target",
    "available",
    "can_see",
    "causes",
    "coverage",
    "coverage_parts",
    "crossing_detection",
    "crossing_table",
    "explain",
    "gaps",
    "nuisance_rate",
    "p_cued",
    "p_detect",
    "reach",
    "sensor_rows",
    "sensors_of",
    "sight_line",
    "sun_elevation",
    "targets_of",
    "ways",
    "with_sight",
]
