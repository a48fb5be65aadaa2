"""`limes replay`: a recording through the watch again, as a list of alerts or on the page at any speed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from limes.links import Recording
    from limes.watch.service import Watch


def replay(
    ctx: typer.Context,
    recording: Annotated[Path, typer.Argument(help="Folder of a recording.")],
    sector: Annotated[str, typer.Argument(help="Folder or name of the sector it belongs to.")],
    deployment: Annotated[str, typer.Argument(help="Deployment file, or its name in the sector.")],
    page: Annotated[str | None, typer.Option(help="Serve the page at HOST:PORT and play there.")] = None,
    speed: Annotated[float, typer.Option(min=0.0, help="Seconds per second on the page; 0 as fast as it goes.")] = 10.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Replay a recording through a fresh watch: what was raised, when, where; with --page at any speed on the page.

    Example: limes replay night kilis-jarabulus bundled
    """
    import tempfile

    from limes.links import read_recording

    recorded = read_recording(recording)
    with tempfile.TemporaryDirectory(prefix="limes-replay-") as folder:
        if page is None:
            _list(recorded, sector, deployment, as_json)
        else:
            _play(ctx, recorded, (sector, deployment), Path(folder), page, speed, as_json)


def _list(recording: Recording, sector: str, deployment: str, as_json: bool) -> None:
    import json
    from collections import deque

    from limes.cli.watch import place_of
    from limes.units import format_time
    from limes.watch.pipeline import Pipeline
    from limes.watch.replay import recorded, replay

    place, assets = place_of(sector, deployment)
    pipeline = Pipeline(place, assets)
    deque(replay(pipeline, recorded(recording, pipeline)), maxlen=0)
    cases = sorted(pipeline.cases.values(), key=lambda case: case.opened)
    if as_json:
        names = ("id", "kind", "priority", "opened", "km", "title", "sentence", "state", "hidden_by")
        typer.echo(json.dumps([{name: getattr(case, name) for name in names} for case in cases]))
        return
    for case in cases:
        km = "" if case.km is None else f"km {case.km:.1f}"
        typer.echo(f"{format_time(case.opened, place.time_zone)}  {case.priority:6}  {case.kind:9} {km:8} {case.title}")
    typer.echo(f"{len(cases)} alerts from {len(recording.detections):,} detections")


def _play(
    ctx: typer.Context, recording: Recording, where: tuple[str, str], data: Path, page: str, speed: float, as_json: bool
) -> None:
    import threading

    from limes.cli.demo import guest
    from limes.cli.watch import address, open_watch, start
    from limes.watch.service import WatchSettings

    watch = open_watch(*where, WatchSettings(data, mode="replay"))
    password = guest(watch, "replay")

    def ready(opened: Any) -> None:
        link = f"http://{opened.page.host}:{opened.page.port}/#login=replay:{password}"
        typer.echo(f'{{"page": "{link}"}}' if as_json else f"REPLAY at {speed:g} times real time: {link}    (stop with Ctrl+C)")
        threading.Thread(target=_feed, args=(watch, recording, speed), daemon=True).start()

    start(ctx, watch, address(page), ("127.0.0.1", 0), None, ready)


def _feed(watch: Watch, recording: Recording, speed: float) -> None:
    """Hand the records of a recording to a watch at a pace, each when its time has come and the one before is kept."""
    import time

    from limes.watch.records import RecordKind
    from limes.watch.replay import recorded

    begin, first = time.monotonic(), None
    for record in recorded(recording, watch.pipeline):
        if record.kind is RecordKind.CLOCK and speed > 0.0:
            first = record.body["time"] if first is None else first
            time.sleep(max(0.0, begin + (record.body["time"] - first) / speed - time.monotonic()))
        rows = record.rows
        content = record.body if rows is None else rows
        watch.submit([(record.kind, content)], detections=0 if rows is None else len(rows)).result()
