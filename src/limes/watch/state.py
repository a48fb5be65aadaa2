"""The pipeline's state as bytes and back, so that a watch that died goes on exactly where it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from limes.columns import DETECTION
from limes.errors import InputError
from limes.sector import Weather
from limes.sensing import sensor_rows
from limes.tracking import Tracker
from limes.watch import alerts, nuisance
from limes.watch.cases import case_from
from limes.watch.freeze import freeze, thaw
from limes.watch.waiting import Waiting

if TYPE_CHECKING:
    from limes.watch.pipeline import Pipeline

FORMAT = 2
_LENGTH = 8


def save(pipeline: Pipeline) -> Callable[[], bytes]:
    """Take hold of everything that the pipeline's future depends on; the function returned writes it, in any thread.

    The bytes are the length of the watch's own part, that part, then the tracker's.
    """
    p = pipeline
    own = freeze(
        {
            "format": FORMAT,
            "sensors": [sensor.id for sensor in p.sensors],
            "time": p.time,
            "second": p.second,
            "seq": p.seq,
            "weather": asdict(p.weather),
            "states": p.states,
            "suspects": sorted(p.suspects),
            "past": [asdict(case) for case in p.past],
            "heard": [[rows, owners] for rows, owners in p.heard],
            "tracks": p.tracks,
            "conditions": p.conditions.state(),
            "health": p.health.state(),
            "strip": p.strip.state(),
            "units": p.units.state(),
            "ground": p.ground.state(),
            "conduct": p.conduct.rows,
            "sightings": p.sightings.rows,
            "desk": p.desk.state(),
            "nuisance": p.nuisance.state(),
            "waiting": [p.waiting.gathered(), p.waiting.passed, p.waiting.late],
            "written": p.renderer.written,
        }
    )
    tracked = p.tracker.freeze()
    return lambda: b"".join([len(own).to_bytes(_LENGTH, "big"), own, tracked()])


def load(pipeline: Pipeline, content: bytes) -> bool:
    """Put what `save` wrote into a pipeline of the same sector and deployment; False when it does not fit."""
    try:
        end = _LENGTH + int.from_bytes(content[:_LENGTH], "big")
        kept = thaw(content[_LENGTH:end])
        if kept["format"] != FORMAT or kept["sensors"] != [sensor.id for sensor in pipeline.sensors]:
            return False
        _put(pipeline, kept, content[end:])
    except (InputError, OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile):
        return False
    return True


def _put(p: Pipeline, kept: dict[str, Any], tracked: bytes) -> None:
    tracker = Tracker.restore(tracked, sensor_rows(p.sensors), p_detect=p.miss, lines=p.lines)
    rows, passed, late = kept["waiting"]
    p.tracker = tracker
    p.waiting = Waiting(np.asarray(rows, DETECTION), passed, late)
    p.time, p.second, p.seq = kept["time"], kept["second"], kept["seq"]
    p.weather = Weather(**kept["weather"])
    p.states, p.suspects = kept["states"], set(kept["suspects"])
    p.past = [case_from(body) for body in kept["past"]]
    p.heard = [(rows, owners) for rows, owners in kept["heard"]]
    p.tracks, p.conduct.rows, p.sightings.rows = kept["tracks"], kept["conduct"], kept["sightings"]
    p.conditions.restore(kept["conditions"])
    p.health.restore(kept["health"])
    p.strip.restore(kept["strip"])
    p.units.restore(kept["units"])
    p.ground.restore(kept["ground"])
    p.desk = alerts.restored(kept["desk"], p.settings.desk, p.settings.budget)
    p.nuisance = nuisance.restored(kept["nuisance"], p.settings.nuisance)
    p.renderer.written = dict(kept["written"])
