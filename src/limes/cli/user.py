"""`limes user`: people of a watch, from the machine it runs on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from limes.watch.store import Store

app = typer.Typer(help="People who may use a watch.", no_args_is_help=True)

Data = Annotated[Path, typer.Option(help="The watch's data folder.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(help="The person's name.")]


@app.command()
def add(
    name: Name,
    role: Annotated[str, typer.Option(help="viewer, operator or supervisor.")] = "operator",
    data: Data = Path("data"),
    as_json: Json = False,
) -> None:
    """Add a person and print a one-time password.

    Example: limes user add ada --role operator --data data
    """
    import time

    from limes.watch import audit, users

    store = _store(data)
    with store.begin() as connection:
        password = users.add(connection, name, role)
        audit.record(connection, time.time(), "command line", "user added", name, {"role": role})
    store.close()
    _say(name, role, password, as_json)


@app.command()
def reset(name: Name, data: Data = Path("data"), as_json: Json = False) -> None:
    """Print a new one-time password for somebody who has forgotten theirs or is locked out.

    Example: limes user reset ada --data data
    """
    import time

    from limes.watch import audit, users

    store = _store(data)
    with store.begin() as connection:
        password = users.reset(connection, name)
        user = users.get(connection, name)
        audit.record(connection, time.time(), "command line", "password reset", name)
    store.close()
    _say(name, user.role if user else "", password, as_json)


@app.command("list")
def list_users(data: Data = Path("data"), as_json: Json = False) -> None:
    """List the people of a watch.

    Example: limes user list --data data
    """
    import json
    from dataclasses import asdict

    from limes.watch import users

    store = _store(data)
    with store.read() as connection:
        people = users.every(connection)
    store.close()
    if as_json:
        typer.echo(json.dumps([asdict(person) for person in people]))
        return
    for person in people:
        marks = [mark for mark, on in (("one-time password", person.must_change_password), ("shut out", person.disabled)) if on]
        typer.echo(f"{person.name:24} {person.role:12} {', '.join(marks)}".rstrip())


def _store(data: Path) -> Store:
    """The store of a watch that has been started; a mistyped folder does not become one."""
    from limes.errors import InputError
    from limes.watch.store import open_store

    if not (data / "watch.sqlite").exists():
        raise InputError(data, "", "is not the data folder of a watch", "give the folder that `limes watch --data` was given")
    return open_store(data)


def _say(name: str, role: str, password: str, as_json: bool) -> None:
    import json

    if as_json:
        typer.echo(json.dumps({"name": name, "role": role, "one_time_password": password}))
    else:
        typer.echo(f"{name} ({role}) may log in once with the password {password} and then chooses their own.")
