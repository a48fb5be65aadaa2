"""`limes user`: people of a watch, from the machine it runs on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="People who may use a watch.", no_args_is_help=True)

Data = Annotated[Path, typer.Option(help="The watch's data folder.")]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The person's name.")],
    role: Annotated[str, typer.Option(help="viewer, operator or supervisor.")] = "operator",
    data: Data = Path("data"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Add a person and print a one-time password.

    Example: limes user add ada --role operator --data data
    """
    import json
    import time

    from limes.watch import audit, users
    from limes.watch.store import open_store

    store = open_store(data)
    with store.begin() as connection:
        password = users.add(connection, name, role)
        audit.record(connection, time.time(), "command line", "user added", name, {"role": role})
    store.close()
    if as_json:
        typer.echo(json.dumps({"name": name, "role": role, "one_time_password": password}))
    else:
        typer.echo(f"{name} ({role}) may log in once with the password {password} and then chooses their own.")


@app.command("list")
def list_users(data: Data = Path("data"), as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the people of a watch.

    Example: limes user list --data data
    """
    import json
    from dataclasses import asdict

    from limes.watch import users
    from limes.watch.store import open_store

    store = open_store(data)
    with store.begin() as connection:
        people = users.every(connection)
    store.close()
    if as_json:
        typer.echo(json.dumps([asdict(person) for person in people]))
        return
    for person in people:
        marks = [mark for mark, on in (("one-time password", person.must_change_password), ("shut out", person.disabled)) if on]
        typer.echo(f"{person.name:24} {person.role:12} {', '.join(marks)}".rstrip())
