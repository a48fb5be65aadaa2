"""`limes portal`: which vehicles made a radiation portal count more, or otherwise, than its background."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from limes.signals.portal import Occupancy, Samples


def portal(
    files: Annotated[list[Path], typer.Argument(help="N42 recordings of one lane, 2006 or 2011.", show_default=False)],
    background: Annotated[Path | None, typer.Option(help="N42 file measured with the lane empty.", show_default=False)] = None,
    k_gross: Annotated[float, typer.Option(min=1.0, max=20.0, help="Standard deviations: total count.")] = 5.0,
    k_shape: Annotated[float, typer.Option(min=1.0, max=20.0, help="Standard deviations: energy pattern.")] = 4.4,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Judge each passage of a portal's recording against a background that drifts: alarm, no alarm, cannot say, and why.

    Radiation is no evidence of explosive material: this is a secondary channel.

    Example: limes portal lane-1.n42 --background empty.n42
    """
    from dataclasses import asdict

    from limes import __version__
    from limes.signals.portal import SECONDARY, PortalSettings, occupancies, read_samples

    settings = PortalSettings(k_gross=k_gross, k_shape=k_shape)
    seen, digests = read_samples(files)
    start = None
    if background is not None:
        empty, digest = read_samples([background])
        start, digests = (empty.counts.sum(axis=0), float(empty.live.sum())), (*digests, *digest)
    found = occupancies(seen, settings, start)
    if as_json:
        head = {"files": [str(path) for path in files], "sha256": digests, "limes": __version__, "settings": asdict(settings)}
        lane = {"detectors": seen.detectors, "samples": len(seen.time), "dropped": seen.dropped, "note": SECONDARY}
        typer.echo(json.dumps({**head, **lane, "passages": [_json(one) for one in found]}, indent=1))
        return
    typer.echo(_lane(seen, files))
    for one in found:
        typer.echo(_text(one))
    typer.echo(SECONDARY)


def _lane(seen: Samples, files: list[Path]) -> str:
    rate = float(seen.counts.sum() / seen.live.sum())
    names = ", ".join(path.name for path in files)
    dropped = f", {seen.dropped} incomplete samples left out" if seen.dropped else ""
    text = f"{names}: {len(seen.time)} samples, {seen.live.sum():.0f} s, {len(seen.detectors)} detectors, {rate:.0f} counts/s"
    if seen.told and not seen.occupied.all():
        return f"{text}{dropped}"
    return f"{text}{dropped}; it holds no second without a vehicle: what does not stand out is its background"


def _text(one: Occupancy) -> str:
    what = "" if one.vehicle else " (no vehicle)"
    return f"{_clock(one.start)} to {_clock(one.end)}{what}: {one.verdict.upper()}\n  why: {one.reason}"


def _clock(time: float) -> str:
    """Time of day in UTC where the file says when; else seconds from its start."""
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M:%S}Z" if time > 1e8 else f"{time:.0f} s"


def _json(one: Occupancy) -> dict[str, Any]:
    from dataclasses import asdict
    from math import isfinite

    rounded = {key: round(value, 3) if isinstance(value, float) else value for key, value in asdict(one).items()}
    return {key: None if isinstance(value, float) and not isfinite(value) else value for key, value in rounded.items()}
