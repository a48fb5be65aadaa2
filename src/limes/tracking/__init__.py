"""Detections to tracks: motion, association, update, late data, metrics."""

from limes.tracking.history import EVENT
from limes.tracking.motion import BORDER_MOTION, Mode, Motion
from limes.tracking.parties import JOINED, LEFT
from limes.tracking.registration import BIAS, Registration
from limes.tracking.tracker import Settings, Tracker

__all__ = ["BIAS", "BORDER_MOTION", "EVENT", "JOINED", "LEFT", "Mode", "Motion", "Registration", "Settings", "Tracker"]
