"""`limes demo`: the reference sector, watched through a simulated winter night."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

if TYPE_CHECKING:
    import subprocess

SECTOR = "kilis-jarabulus"
DEPLOYMENT = "bundled"
SCENARIO = "demo-night"


class _Night(NamedTuple):
    """Which night is played, how fast, and how many hours of it are passed over."""

    speed: float
    seed: int
    after: float


def demo(
    ctx: typer.Context,
    speed: Annotated[float, typer.Option(help="Seconds of the night per second; 1 is real time.")] = 10.0,
    seed: Annotated[int, typer.Option(help="Seed of the simulated traffic.")] = 1,
    after: Annotated[float, typer.Option(min=0.0, help="Hours of the night to pass over.")] = 0.0,
    port: Annotated[int, typer.Option(help="Port of the page; 0 picks a free one.")] = 8340,
    data: Annotated[Path | None, typer.Option(help="New folder to keep the demo's data in.")] = None,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print where it runs as one line of JSON.")] = False,
) -> None:
    """Watch the reference sector through a simulated winter night, and open the page.

    Example: limes demo --speed 10
    """
    import tempfile

    from limes.errors import InputError

    if data is not None and data.exists() and any(data.iterdir()):
        raise InputError(data, "", "is not empty, and a night cannot be watched twice in one journal", "give a new folder")
    with tempfile.TemporaryDirectory(prefix="limes-demo-") as folder:
        _run(ctx, data or Path(folder), _Night(speed, seed, after), port, browser, as_json)


def _run(ctx: typer.Context, data: Path, night: _Night, port: int, browser: bool, as_json: bool) -> None:
    from limes.cli.demo_truck import AT_S, bring_truck
    from limes.cli.watch import open_watch, start
    from limes.simulation.scenario import load_scenario
    from limes.watch.service import WatchSettings

    if not as_json:
        typer.echo("Limes demo: the 98 km from Jarabulus to near Kilis. Loading the sector and what each sensor can see ...")
    watch = open_watch(SECTOR, DEPLOYMENT, WatchSettings(data, mode="simulated"))
    password = guest(watch, "demo")
    senders: list[subprocess.Popen[bytes]] = []

    begin = load_scenario(SCENARIO, watch.sector).begin

    def ready(opened: Any) -> None:
        bring_truck(watch, begin + AT_S, night.seed)
        senders.append(_simulate(opened.ingest.port, night))
        link = f"http://{opened.page.host}:{opened.page.port}/#login=demo:{password}"
        _tell(link, password, night.speed, watch, as_json)
        if browser:
            _open_page(link)

    try:
        start(ctx, watch, ("127.0.0.1", port), ("127.0.0.1", 0), None, ready)
    finally:
        for sender in senders:
            sender.terminate()
            sender.wait()


def guest(watch: Any, name: str) -> str:
    """Make the user of a throw-away watch with a password of its own, fresh at every start."""
    import secrets

    from limes.watch import users

    password = secrets.token_urlsafe(12)
    with watch.store.begin() as connection:
        if users.get(connection, name) is not None:
            users.remove(connection, name)
        users.add(connection, name, "supervisor", password)
    return password


def _simulate(port: int, night: _Night) -> subprocess.Popen[bytes]:
    """Start the simulator as a process of its own that sends JSON lines, as anybody's sensor would."""
    import subprocess
    import sys

    command = ["simulate", SECTOR, DEPLOYMENT, "--scenario", SCENARIO, "--seed", str(night.seed)]
    command += ["--after", str(night.after), "--send", f"127.0.0.1:{port}", "--speed", str(night.speed)]
    python = [sys.executable, "-m", "limes"]
    return subprocess.Popen([*python, *command], stdout=subprocess.DEVNULL, start_new_session=True)  # noqa: S603


def _tell(link: str, password: str, speed: float, watch: Any, as_json: bool) -> None:
    import json

    if as_json:
        typer.echo(json.dumps({"page": link, "user": "demo", "password": password, "speed": speed}))
        return
    counts: dict[str, int] = {}
    for asset in watch.deployment.assets:
        counts[asset.family] = counts.get(asset.family, 0) + 1
    listed = ", ".join(f"{count} {family.replace('_', ' ')}" for family, count in sorted(counts.items()))
    typer.echo(f"SIMULATED: one winter night from 17:00 to 07:00, at {speed:g} times real time. Terrain is modelled.")
    typer.echo(f"What stands there: {listed}.")
    typer.echo(f"Page:     {link}")
    typer.echo(f"Log in:   demo / {password}   (the link does it for you)")
    typer.echo("Look for: what needs a person (right), where the line is blind (hatched, below), who approaches where.")
    typer.echo("Stop with Ctrl+C.")


def _open_page(link: str) -> None:
    import webbrowser

    webbrowser.open(link)
