"""`limes fibre`: DAS files or a live source in, events out; and learning what the ground sounds like."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from limes.signals.fibre.block import Block
    from limes.signals.fibre.event import Event
    from limes.signals.fibre.stream import Note


class _ListenFirst(TyperGroup):
    """A group whose first command is meant where none is named: `limes fibre FILES` listens to files."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command of the first word, or `listen` with all of the words."""
        known = args and args[0] in self.commands
        return super().resolve_command(ctx, args if known else ["listen", *args])

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Options before the first file are those of `listen`."""
        if args and args[0].startswith("-") and args[0] not in ("-h", "--help"):
            args = ["listen", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=_ListenFirst, help="Listen to a buried fibre: files or a live source in, events out.", no_args_is_help=True
)


@app.command()
def listen(
    files: Annotated[list[Path] | None, typer.Argument(help="DAS or geophone files, or folders of them.")] = None,
    live: Annotated[str, typer.Option(help="tcp://HOST:PORT, zmq://HOST:PORT or seedlink://HOST:PORT/NET_STA.")] = "",
    sensor: Annotated[str, typer.Option(help="The fibre's name in the deployment.")] = "fibre-1",
    shift: Annotated[float, typer.Option(help="Metres from the sensor's first point to the fibre's zero.")] = 0.0,
    spacing: Annotated[float | None, typer.Option(min=0.01, help="Channel spacing, m, where the file does not tell.")] = None,
    model: Annotated[Path | None, typer.Option(help="A model of limes fibre learn (else the bundled one).")] = None,
    send: Annotated[str | None, typer.Option(help="HOST:PORT of a watch: events go there as detections.")] = None,
    page: Annotated[str | None, typer.Option(help="http://HOST:PORT of the same watch: shows the waterfall.")] = None,
    token_file: Annotated[Path | None, typer.Option(help="File with the token that the watch asks for.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print events as JSON lines that a watch takes.")] = False,
) -> None:
    """Tell steps, vehicles and digging along a fibre.

    Example: limes fibre listen recordings/ --sensor fibre-1 --json
    """
    from limes.cli.fibre_links import Outlets
    from limes.cli.watch import token_in
    from limes.errors import UsageError
    from limes.signals.fibre.classify import BUNDLED, load_model
    from limes.signals.fibre.event import detection_line
    from limes.signals.fibre.places import Places

    if bool(files) == bool(live):
        raise UsageError("name files, or a live source with --live")
    notes: list[Note] = []
    places = Places()
    with Outlets(send, page, token_in(token_file), sensor) as outlets:
        blocks = _blocks(files or [], live, spacing, notes)
        for event in _events(blocks, sensor, load_model(model or BUNDLED), notes, outlets):
            line = detection_line(event, sensor, shift)
            outlets.event(event, line)
            found = places.feed(event)
            typer.echo(json.dumps(line) if as_json else _text(event))
            if found is not None:
                where = f"{found.along:.0f} m, p {found.p:.2f}, {found.spells} spells"
                typer.echo(f"a digging case: {where}", err=as_json)
    for note in notes:
        typer.echo(f"{note.kind}: {note.text}", err=True)


def _blocks(files: list[Path], live: str, spacing: float | None, notes: list[Note]) -> Iterator[Block]:
    from dataclasses import replace

    from limes.signals.fibre.live import live_blocks
    from limes.signals.fibre.sources import blocks_of, open_all

    if live:
        found: Iterator[Block] = live_blocks(live)
    else:
        recordings, told = open_all(files)
        notes += told
        found = blocks_of(recordings, notes)
    return (replace(block, spacing=spacing) for block in found) if spacing else found


def _events(blocks: Iterator[Block], sensor: str, model: Any, notes: list[Note], outlets: Any) -> Iterator[Event]:
    """Events as they come; what happened to the stream goes into the notes."""
    from limes.errors import InputError
    from limes.signals.fibre.listen import Listener

    with Listener(sensor, model) as listener:
        try:
            for block in blocks:
                try:
                    yield from listener.feed(block)
                except ValueError as fault:
                    cure = "thin it out first, or name another file"
                    raise InputError(block.source or sensor, "rate", str(fault), cure) from None
                outlets.passed(listener.passed)
            yield from listener.end()
        finally:
            notes += listener.notes


def _text(event: Event) -> str:
    from limes.units import format_time

    how = f"at {event.speed:+.1f} m/s" if abs(event.speed) > 0.4 and event.high - event.low > 15 else "in one place"
    where = f"{event.along:8.0f} m ± {event.sigma_along:.0f}"
    what = f"{event.label} {event.p:.2f}  {how}, {event.strength_db:.0f} dB, {event.blows} blows"
    off = (
        ""
        if math.isnan(event.distance)
        else f", {event.distance:.0f} ± {event.sigma_distance:.0f} m off (side and depth unknown)"
    )
    return f"{format_time(event.time)}  {where}  {what}{off}"


@app.command()
def learn(
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the model goes (.json).")],
    recordings: Annotated[Path | None, typer.Option(help="Folder of labelled recordings: one folder for each class.")] = None,
    noise: Annotated[Path | None, typer.Option(help="A recording of your fibre's noise: scenes are put into it.")] = None,
    scenes: Annotated[int, typer.Option(min=2, help="Simulated scenes of each class.")] = 40,
    seconds: Annotated[float, typer.Option(min=10.0, help="Length of each scene.")] = 60.0,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same model.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Learn a classifier from simulated scenes in your own noise, and from labelled recordings.

    Example: limes fibre learn --noise quiet-night.h5 -o my-model.json
    """
    import numpy as np

    from limes.signals.fibre.classify import save_model
    from limes.signals.fibre.formats import open_recordings
    from limes.signals.fibre.learn import confusion, expected_error, labelled, learnt, simulated, split_scores

    quiet = max(open_recordings(noise), key=lambda one: one.rows * one.channels).block() if noise else None
    taught, held = (simulated(n, s, quiet, seconds) for n, s in ((scenes, seed), (max(2, scenes // 4), seed + 1)))
    about = f"{scenes} simulated scenes of each class in {noise.name if noise else 'white noise'}, seed {seed}"
    splits: dict[str, float] = {}
    if recordings is not None:
        own = labelled(recordings)
        splits = dict(zip(("own_events_held_back", "own_recordings_held_back"), split_scores(own), strict=True))
        taught, about = taught + own, f"{about}; {len(own.rows)} events of {recordings.name}"
    model = learnt(taught, about)
    save_model(model, output)
    table = confusion(model, held)
    share = np.diag(table) / np.maximum(table.sum(axis=1), 1)
    said: dict[str, Any] = {"examples": len(taught.rows), "balanced_accuracy": round(float(share.mean()), 3)}
    said |= {"calibration_error": round(expected_error(model, held), 3), "simulated": True, "about": about}
    said |= {name: None if math.isnan(value) else round(value, 3) for name, value in splits.items()}
    typer.echo(json.dumps(said) if as_json else "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in said.items()))
