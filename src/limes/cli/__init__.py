"""The `limes` command line: one short file per command; heavy imports wait until a command runs."""

from __future__ import annotations

from typing import Annotated

import typer

from limes import __version__
from limes.cli import (
    audit,
    catalogue,
    closure,
    coverage,
    demo,
    deployment,
    fibre,
    identify,
    inspection,
    library,
    plan,
    portal,
    profile,
    replay,
    sector,
    sight,
    simulate,
    survey,
    track,
    tunnel,
    user,
    watch,
)

app = typer.Typer(
    name="limes",
    help="Plan, watch and prove a guarded stretch of border.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command()(demo.demo)
app.add_typer(sector.app, name="sector")
app.add_typer(catalogue.app, name="catalogue")
app.add_typer(deployment.app, name="deployment")
app.command()(simulate.simulate)
app.command()(coverage.coverage)
app.command()(closure.closure)
app.command()(inspection.inspect)
app.command()(plan.plan)
app.command()(sight.sight)
app.command()(profile.profile)
app.command()(track.track)
app.command()(identify.identify)
app.add_typer(fibre.app, name="fibre")
app.command()(portal.portal)
app.command()(survey.survey)
app.add_typer(tunnel.app, name="tunnel")
app.command()(watch.watch)
app.command()(replay.replay)
app.add_typer(audit.app, name="audit")
app.add_typer(library.app, name="library")
app.add_typer(user.app, name="user")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"limes {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Plan, watch and prove a guarded stretch of border."""
