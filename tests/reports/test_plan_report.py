import json
import re

import pytest

from limes.closure.scene import Setup
from limes.planning import Effort, Request, plan
from limes.planning.beats import week
from limes.planning.plan import evaluated
from limes.reports.plan_html import write_html
from limes.reports.plan_report import NOT_CONSIDERED, summary, words, write_plan

NIGHT = 1768956000.0


@pytest.fixture(scope="module")
def known(mesa):
    most = dict.fromkeys(("tower-medium", "aerostat-22m", "aerostat-74k", "fence-razor", "wall-concrete", "fence-mesh"), 0.0)
    asked = Request(4e6, most=most, modes=("foot",), directions=("in",), false_alarm=0.0, harm=0.1)
    made = plan(mesa, asked, NIGHT, Setup(cell=240.0), Effort(rounds=1, tries=1, sweep=(), bound_seconds=1.0))
    fine = {"plan": evaluated(mesa, made.deployment, asked, NIGHT, 240.0)}
    found = next(iter(fine["plan"].values()))
    return made, fine, summary(made, fine, week(mesa, made.deployment, found, night=True, share=1.0))


def test_the_summary_is_json_and_holds_what_a_plan_must_say(known):
    made, _, facts = known
    again = json.loads(json.dumps(facts, allow_nan=False))
    assert again["bound"]["p_interdict"] >= again["p_interdict"]["least"]
    assert again["not_considered"] == list(NOT_CONSIDERED)
    assert again["request"]["harm_weight"] == 0.1
    assert again["people_moved"]["said"].startswith("The plan moves")
    assert len(again["bought"]) == len(made.bought)
    assert len(again["patrol_week"]["shifts"]) == 21
    assert {"legal_crossings", "false_reports_per_hour", "sweep", "worst_ways", "cost"} <= set(again)


def test_files_and_words(known, tmp_path):
    made, fine, facts = known
    files = write_plan(made, facts, tmp_path / "new")
    write_html(made, facts, fine, tmp_path / "plan.html")
    assert json.loads(files["json"].read_text())["sector"] == "mesa-verde"
    page = (tmp_path / "plan.html").read_text()
    assert page.count("<svg") == 3
    assert not re.findall(r'(?:src|href)="(?!#|data:)', page)
    for part in ("The bound", "Not considered", "Legal crossing points", "What, and why"):
        assert part in page
    text = "\n".join(words(facts, "north side"))
    assert "no plan of" in text
    assert "legal crossing points" in text
    assert "nan" not in text
