"""Line of sight over terrain: what an observer sees, from which height above the ground."""

from __future__ import annotations

from limes.sensing.sight.observers import Observer, on_plane, read_observers, sight_of, sights_of
from limes.sensing.sight.profile import Profile, profile
from limes.sensing.sight.raster import Frame, frame_of, read_window, write_cog
from limes.sensing.sight.reference import line_of_sight, lines_of_sight, retest
from limes.sensing.sight.tiles import Tiles, add, gain, nothing, pack, read_tiles, unpack, write_tiles
from limes.sensing.sight.view import ENGINES, OPTICAL, RADAR, Sight, View, minimum_visible_height, sight_from

__all__ = [
    "ENGINES",
    "OPTICAL",
    "RADAR",
    "Frame",
    "Observer",
    "Profile",
    "Sight",
    "Tiles",
    "View",
    "add",
    "frame_of",
    "gain",
    "line_of_sight",
    "lines_of_sight",
    "minimum_visible_height",
    "nothing",
    "on_plane",
    "pack",
    "profile",
    "read_observers",
    "read_tiles",
    "read_window",
    "retest",
    "sight_from",
    "sight_of",
    "sights_of",
    "unpack",
    "write_cog",
    "write_tiles",
]
