"""Line of sight over terrain: what an observer sees, from which height above the ground."""

from __future__ import annotations

from limes.sensing.sight.view import OPTICAL, RADAR, Sight, View, minimum_visible_height, sight_from

__all__ = ["OPTICAL", "RADAR", "Sight", "View", "minimum_visible_height", "sight_from"]
