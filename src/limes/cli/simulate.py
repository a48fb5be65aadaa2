"""`limes simulate`: a simulated stretch of time, as a recording or as a live stream to a watch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from limes.simulation import Stage


def simulate(
    sector: Annotated[str, typer.Argument(help="Folder or name of a sector.")],
    deployment: Annotated[str, typer.Argument(help="Deployment file, or its name in the sector.")],
    scenario: Annotated[str, typer.Option(help="demo-night (reference sector), quiet, load, or a TOML file.")] = "quiet",
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 1,
    after: Annotated[float, typer.Option(min=0.0, help="Hours of the scenario to pass over.")] = 0.0,
    hours: Annotated[float | None, typer.Option(min=0.0, help="How long; by default to the scenario's end.")] = None,
    send: Annotated[str | None, typer.Option(help="HOST:PORT of a watch that takes a simulated stream.")] = None,
    speed: Annotated[float, typer.Option(min=0.0, help="Seconds per second when sending; 0 as fast as it is taken.")] = 10.0,
    token_file: Annotated[Path | None, typer.Option(help="File with the token that the watch asks for.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder to write a recording to.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Simulate what the sensors of a deployment report, with the truth behind it; all of it is labelled simulated.

    Example: limes simulate kilis-jarabulus bundled --scenario demo-night --hours 1 -o night
    """
    from limes.cli.watch import token_in
    from limes.errors import UsageError

    if (send is None) == (out is None):
        raise UsageError("say either --send HOST:PORT or -o FOLDER")
    stage = _stage(sector, deployment, scenario, seed)
    start = min(stage.scenario.begin + after * 3600.0, stage.scenario.end)
    end = stage.scenario.end if hours is None else min(start + hours * 3600.0, stage.scenario.end)
    if send is not None:
        result = _send(stage, send, token_in(token_file), speed, start, end)
    else:
        assert out is not None
        result = _record(stage, out, start, end, quiet=as_json)
    _say(result | {"scenario": stage.scenario.name, "seed": seed, "simulated": True}, as_json)


def _stage(sector: str, deployment: str, scenario: str, seed: int) -> Stage:
    from limes.sector import find, load
    from limes.sector.deployment import load_deployment
    from limes.simulation import load_scenario, set_stage

    place = load(find(sector))
    path = place.deployments.get(deployment, Path(deployment))
    return set_stage(place, load_deployment(path, place), load_scenario(scenario, place), seed)


def _send(stage: Stage, address: str, token: str | None, speed: float, start: float, end: float) -> dict[str, Any]:
    """Feed a watch until the end, or until somebody stops it."""
    import asyncio

    from limes.cli.watch import address as parsed
    from limes.links import Client
    from limes.simulation import Units, feed, play

    host, port = parsed(address)

    async def run() -> dict[str, Any]:
        units = Units(stage)
        async with Client(host, port, token, name="limes simulate", tasks=True) as client:
            seconds = await feed(client, play(stage, units, start, end), speed, units)
            return {"seconds": seconds, "lines": client.acknowledged, "refused": len(client.refusals)}

    return asyncio.run(run())


def _record(stage: Stage, folder: Path, start: float, end: float, quiet: bool) -> dict[str, Any]:
    """Write a recording: what a watch would have taken from the stream, and the truth."""
    import numpy as np
    from rich.progress import Progress

    from limes import __version__
    from limes.links import RecordingWriter
    from limes.simulation import recorded
    from limes.units import format_time

    scenario, zone = stage.scenario, stage.sector.time_zone
    meta = {
        "simulated": True,
        "terrain_modelled": stage.sector.terrain.modelled,
        "limes": __version__,
        "sector": stage.sector.name,
        "crs": stage.sector.crs,
        "deployment": stage.deployment.name,
        "scenario": scenario.name,
        "seed": stage.seed,
        "start": format_time(start, zone),
        "end": format_time(end, zone),
        "notices": list(stage.sector.notices),
        "lines": {sensor.id: sensor.line.round(2).tolist() for sensor in stage.sensors if sensor.line is not None},
    }
    counts = {"seconds": 0, "detections": 0, "events": 0, "truth": 0}
    with RecordingWriter(folder, stage.table, meta) as writer, Progress(disable=quiet) as progress:
        bar = progress.add_task("Simulating", total=max(end - start, 1.0))
        for piece in recorded(stage, start, end):
            writer.append(piece.detections, piece.events, piece.truth)
            counts["seconds"] += piece.seconds
            counts["detections"] += int(np.count_nonzero(piece.detections["kind"]))
            counts["events"] += len(piece.events)
            counts["truth"] += len(piece.truth)
            progress.advance(bar, piece.seconds)
    return counts | {"folder": str(folder)}


def _say(result: dict[str, Any], as_json: bool) -> None:
    import json

    if as_json:
        typer.echo(json.dumps(result))
        return
    where = f"to {result['folder']}" if "folder" in result else f"{result['refused']} lines refused"
    what = f"{result['detections']:,} detections" if "detections" in result else f"{result['lines']:,} lines taken"
    typer.echo(f"SIMULATED {result['scenario']}, seed {result['seed']}: {result['seconds']:,} s, {what}, {where}")
