"""`limes survey`: what a resistivity, gravity or radar line says of voids under it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from limes.reports.survey_report import Ends
    from limes.signals.survey import ErtLine, GravityLine


def survey(
    files: Annotated[list[Path], typer.Argument(help="Resistivity, gravity, or both; or one radar line.", show_default=False)],
    start: Annotated[str, typer.Option("--from", metavar="LON,LAT", help="Where the line begins.")] = "",
    end: Annotated[str, typer.Option("--to", metavar="LON,LAT", help="Where it ends.")] = "",
    sector: Annotated[str, typer.Option(help="Sector, for the km along its border.")] = "",
    false_per_km: Annotated[float, typer.Option(min=0.01, max=100.0, help="False candidates per km that are accepted.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Seed of the simulated ground.")] = 1,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder for JSON, GeoJSON and picture.")] = None,
    picture: Annotated[str, typer.Option(help="Ending of the picture: png, svg, pdf, or none.")] = "png",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Rank the places of a survey line where a void would explain the readings, and say what it would have missed.

    Example: limes survey line.dat --from 37.70,36.65 --to 37.7005,36.65 -o line
    """
    from rich.console import Console

    from limes.reports.survey_report import lines, summary, write_survey
    from limes.signals.survey import search

    if _is_radar(files):
        _radar(files[0], output, picture, as_json)
        return
    ends = _ends(start, end)
    border, crs = _border(sector)
    ert, gravity = _lines(files)
    with Console(stderr=True).status("Scanning ...") as status:
        found = search(ert, gravity, false_per_km, seed, say=status.update)
        facts = summary(found, ends, border, crs)
        if output is not None:
            written = write_survey(facts, output, ends)
            if picture != "none":
                from limes.reports.survey_map import survey_map

                written[picture] = output / f"survey.{picture}"
                status.update("Drawing the picture ...")
                survey_map(found, written[picture], _image(ert))
            facts["written"] = [str(path) for path in written.values()]
    typer.echo(json.dumps(facts, ensure_ascii=False) if as_json else "\n".join(_text(lines(facts), facts)))


def _image(ert: ErtLine | None) -> tuple[Any, Any, Any] | None:
    """The smooth image of a line that is not too long for one."""
    from limes.signals.survey.image import smooth_image

    if ert is None or ert.electrodes.size > 72 or ert.rho_a.size > 2000:
        return None
    return smooth_image(ert)[:3]


def _is_radar(files: list[Path]) -> bool:
    from limes.errors import UsageError
    from limes.signals.survey.read import RADAR

    radar = [file.suffix.lower() in RADAR for file in files]
    if any(radar) and len(files) > 1:
        raise UsageError("give a radar line alone")
    return any(radar)


def _radar(file: Path, output: Path | None, picture: str, as_json: bool) -> None:
    """Pick the hyperbolas of a radar line; they may be pipes and stones as well."""
    from dataclasses import asdict

    from limes.signals.survey.hyperbola import picks
    from limes.signals.survey.read import read_radar_line

    line = read_radar_line(file)
    found = picks(line)
    facts: dict[str, Any] = {"file": file.name, "traces": len(line.x), "samples": line.traces.shape[1], "step_ns": line.step_ns}
    facts["hyperbolas"] = [{name: round(value, 3) for name, value in asdict(pick).items()} for pick in found]
    if output is not None and picture != "none":
        from limes.reports.survey_map import radar_map

        output.mkdir(parents=True, exist_ok=True)
        facts["written"] = [str(output / f"radar.{picture}")]
        radar_map(line, found, output / f"radar.{picture}")
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False))
        return
    said = [
        f"{file.name}: {facts['traces']} traces of {facts['samples']} samples, {line.step_ns:.3g} ns apart; hyperbolas by score"
    ]
    said += [
        f"  x {pick.x:.1f} m, depth {pick.depth:.1f} m ({pick.time_ns:.0f} ns at {pick.velocity:g} m/ns), {pick.score:.2f}"
        for pick in found
    ]
    said += ["a hyperbola is a thing across the line: a pipe, a stone, a void; this does not show that there is no tunnel"]
    typer.echo("\n".join(_text(said, facts)))


def _text(said: list[str], facts: dict[str, Any]) -> list[str]:
    return [*said, f"written: {', '.join(facts['written'])}"] if "written" in facts else said


def _lines(files: list[Path]) -> tuple[ErtLine | None, GravityLine | None]:
    """One resistivity and one gravity line at most."""
    from limes.errors import UsageError
    from limes.signals.survey import ErtLine, GravityLine, read_line

    read = [read_line(file) for file in files]
    ert = [line for line in read if isinstance(line, ErtLine)]
    gravity = [line for line in read if isinstance(line, GravityLine)]
    if len(ert) > 1 or len(gravity) > 1:
        raise UsageError("give one resistivity and one gravity file at most; they share the metres along the line")
    return (ert[0] if ert else None), (gravity[0] if gravity else None)


def _ends(start: str, end: str) -> Ends | None:
    from limes.errors import UsageError
    from limes.reports.survey_report import Ends

    if not start and not end:
        return None
    if not start or not end:
        raise UsageError("give both --from and --to")
    return Ends(_degrees(start, "--from"), _degrees(end, "--to"))


def _degrees(text: str, option: str) -> tuple[float, float]:
    from limes.errors import UsageError

    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"{option} {text} is not LON,LAT") from None
    if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
        raise UsageError(f"{option} {text} is not on the globe; longitude comes first")
    return lon, lat


def _border(sector: str) -> tuple[Any, str]:
    if not sector:
        return None, ""
    from limes.sector import find, load

    place = load(find(sector))
    return place.border, place.crs
