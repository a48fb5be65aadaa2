"""`limes watch`: the live service with its page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from limes.sector import Deployment, Sector
    from limes.watch.service import Watch


def address(text: str) -> tuple[str, int]:
    """Read HOST:PORT.

    >>> address("127.0.0.1:8340")
    ('127.0.0.1', 8340)
    """
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise typer.BadParameter(f"{text!r} is not HOST:PORT")
    return host, int(port)


def token_in(file: Path | None) -> str | None:
    """Read the token that senders must give from a file; None without one."""
    from limes.errors import InputError

    if file is None:
        return None
    try:
        token = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError(file, "", f"cannot be read: {fault}", "give a file that holds the token") from None
    if not token:
        raise InputError(file, "", "is empty", "write the token into it, for example one of `openssl rand -hex 24`")
    return token


def watch(
    ctx: typer.Context,
    sector: Annotated[str, typer.Argument(help="Folder or name of a sector.")],
    deployment: Annotated[str, typer.Argument(help="Deployment file, or its name in the sector.")],
    data: Annotated[Path, typer.Option(help="Where the journal, the store and the quarantine are kept.")] = Path("data"),
    page: Annotated[str, typer.Option(help="Where the page is served.")] = "127.0.0.1:8340",
    listen: Annotated[str, typer.Option(help="Where sensors send JSON lines over TCP.")] = "127.0.0.1:8341",
    token_file: Annotated[Path | None, typer.Option(help="File with the token that senders must give.")] = None,
    keep_days: Annotated[
        float | None, typer.Option(min=0.04, help="Delete track histories and the journal after so many days; default: never.")
    ] = None,
    stream_clock: Annotated[bool, typer.Option(help="Follow the clock lines of a simulated stream.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print where it listens as JSON.")] = False,
) -> None:
    """Run the live watch over a sector and its deployment, with the page.

    Example: limes watch kilis-jarabulus bundled --data data
    """
    from limes.watch.service import WatchSettings

    token = token_in(token_file)
    keep_s = None if keep_days is None else 86_400.0 * keep_days
    settings = WatchSettings(data, mode="simulated" if stream_clock else "live", keep_s=keep_s)
    running = open_watch(sector, deployment, settings)
    password = first_user(running)
    if password and not as_json:
        typer.echo(f"First start: log in as admin with the one-time password {password}")

    def ready(opened: Any) -> None:
        _say(opened, password, as_json)

    start(ctx, running, address(page), address(listen), token, ready)


def open_watch(sector: str, deployment: str, settings: Any) -> Watch:
    """Load a sector and a deployment by folder, file or name and open a watch over them."""
    from limes.watch.service import Watch

    return Watch(*place_of(sector, deployment), settings)


def place_of(sector: str, deployment: str) -> tuple[Sector, Deployment]:
    """Load a sector by folder or name and a deployment by file or name."""
    from limes.sector import find, load, load_deployment

    place = load(find(sector))
    return place, load_deployment(place.deployments.get(deployment, Path(deployment)), place)


def first_user(watch: Watch) -> str | None:
    """Make the first user, a supervisor named admin, where there is none; returns the one-time password."""
    import time

    from limes.watch import audit, users

    with watch.store.begin() as connection:
        if users.every(connection):
            return None
        audit.record(connection, time.time(), "command line", "user added", "admin", {"role": "supervisor"})
        return users.add(connection, "admin", "supervisor")


def start(
    ctx: typer.Context, watch: Watch, page: tuple[str, int], listen: tuple[str, int], token: str | None, ready: Any
) -> None:
    """Serve a watch until interrupted, through the service that the program's entry handed over."""
    ctx.obj(watch, page, listen, token, ready)


def _say(opened: Any, password: str | None, as_json: bool) -> None:
    import json

    page, ingest = opened.page, opened.ingest
    if as_json:
        ports = {"page": f"http://{page.host}:{page.port}/", "ingest": f"{ingest.host}:{ingest.port}"}
        typer.echo(json.dumps({**ports, "one_time_password": password}))
    else:
        typer.echo(f"The page:    http://{page.host}:{page.port}/")
        typer.echo(f"For sensors: JSON lines to {ingest.host}:{ingest.port}    (stop with Ctrl+C)")
