"""Radiation portals: N42 recordings in, one verdict a vehicle out. A secondary channel, no evidence of explosive material."""

from limes.signals.portal.occupancy import SECONDARY, Occupancy, alarms, occupancies
from limes.signals.portal.samples import Samples, read_samples, samples_of
from limes.signals.portal.scan import PortalSettings, Scan, scan

__all__ = [
    "SECONDARY",
    "Occupancy",
    "PortalSettings",
    "Samples",
    "Scan",
    "alarms",
    "occupancies",
    "read_samples",
    "samples_of",
    "scan",
]
