import json

import pytest
from typer.testing import CliRunner

from limes.cli import app
from limes.errors import InputError, UsageError

RUN = CliRunner()
WEIGHTS = ["--false-alarm-weight", "0", "--harm-weight", "0"]
LESS = [part for kind in ("tower-medium", "aerostat-22m", "aerostat-74k", "fence-razor") for part in ("--most", f"{kind}=0")]


def test_a_plan_from_the_command_line(tmp_path):
    asked = ["plan", "mesa-verde", "--as-much-as", "demo", *WEIGHTS, *LESS, "--mode", "foot", "--direction", "in", "--quick"]
    found = RUN.invoke(
        app, [*asked, "--cell", "240", "--date", "2026-01-21", "--json", "-o", str(tmp_path)], catch_exceptions=False
    )
    facts = json.loads(found.stdout)
    assert facts["spent"]["capital"] <= facts["request"]["capital"]
    assert set(facts["on_usual_cells"]) == {"before", "plan", "demo"}
    checked = RUN.invoke(app, ["deployment", "check", "mesa-verde", facts["files"]["deployment"]])
    assert checked.exit_code == 0
    assert "no faults" in checked.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--budget", "1e6"], "--false-alarm-weight must be stated"),
        (["--budget", "1e6", "--false-alarm-weight", "0"], "--harm-weight must be stated"),
        (WEIGHTS, "say what may be spent"),
        (["--budget", "1e6", *WEIGHTS, "--most", "fibre"], "is not KIND=NUMBER"),
    ],
)
def test_what_is_missing_is_said_with_its_cure(arguments, said):
    with pytest.raises(UsageError, match=said):
        RUN.invoke(app, ["plan", "mesa-verde", *arguments], catch_exceptions=False)


def test_areas_that_are_not_there(tmp_path):
    with pytest.raises(InputError, match="--no-build"):
        RUN.invoke(
            app, ["plan", "mesa-verde", "--budget", "1e6", *WEIGHTS, "--no-build", str(tmp_path / "a.geojson")],
            catch_exceptions=False,
        )  # fmt: skip
