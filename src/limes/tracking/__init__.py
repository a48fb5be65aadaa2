"""Detections to tracks: motion, association, update, late data, metrics."""

from limes.tracking.motion import BORDER_MOTION, Mode, Motion
from limes.tracking.tracker import EVENT, Settings, Tracker

__all__ = ["BORDER_MOTION", "EVENT", "Mode", "Motion", "Settings", "Tracker"]
