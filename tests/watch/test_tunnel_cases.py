import numpy as np
import pytest

from limes.errors import InputError
from limes.watch import audit, tunnel_cases
from limes.watch.cases import ActRefused
from limes.watch.store import open_store

SURVEY = {"found": False, "false_per_km": 1.0, "length_m": 47.0, "power": [{"depth_m": 6.0, "size_m": 1.5, "p_found": 0.8}]}


@pytest.fixture
def database(tmp_path):
    store = open_store(tmp_path)
    with store.begin() as connection:
        yield connection
    store.close()


def test_a_case_from_lead_to_close(database):
    key = tunnel_cases.open_case(database, "ada", 100.0, "fresh earth", (3.2, 3.7))
    tunnel_cases.add_evidence(database, key, "ada", 200.0, "patrol", {"report": "spoil"}, 150.0)
    tunnel_cases.add_evidence(database, key, "bo", 300.0, "survey", SURVEY, 290.0)
    tunnel_cases.hand_over(database, key, "ada", 400.0, "bo", "second line to the east")
    tunnel_cases.close_case(database, key, "bo", 500.0, "no tunnel found")
    case = tunnel_cases.every(database)[0]
    assert (case["id"], case["state"], case["owner"]) == ("tunnel-0001", "closed", "bo")
    assert [one["kind"] for one in case["course"]] == ["patrol", "survey"]
    assert case["course"][0]["p"] > case["course"][1]["p"] == case["p"] > 0.0
    assert [line["verb"] for line in case["history"]] == ["open", "evidence", "evidence", "hand over", "close"]
    assert len(list(audit.entries(database))) == 5


def test_surveys_count_for_their_stretch_only(database):
    key = tunnel_cases.open_case(database, "ada", 100.0, "lead", (3.5, 4.25))
    assert not tunnel_cases.searched(database, 6).any()
    tunnel_cases.add_evidence(database, key, "ada", 200.0, "survey", SURVEY, 150.0)
    found = tunnel_cases.searched(database, 6)
    assert found[3] == pytest.approx(0.8 * 0.5, abs=0.01)
    assert found[4] == pytest.approx(0.8 * 0.25, abs=0.01)
    assert not found[[0, 1, 2, 5]].any()


def test_what_is_refused(database):
    with pytest.raises(ActRefused, match="at most 1 km"):
        tunnel_cases.open_case(database, "ada", 1.0, "wide", (3.0, 5.0))
    with pytest.raises(ActRefused, match="no tunnel case"):
        tunnel_cases.close_case(database, "tunnel-0009", "ada", 1.0, "tunnel found")
    key = tunnel_cases.open_case(database, "ada", 1.0, "lead", (3.0, 3.5))
    with pytest.raises(InputError, match="heard"):
        tunnel_cases.add_evidence(database, key, "ada", 2.0, "fibre", {"nights": 2}, 2.0)
    tunnel_cases.close_case(database, key, "ada", 3.0, "handed to others", "to the engineers")
    with pytest.raises(ActRefused, match="closed"):
        tunnel_cases.hand_over(database, key, "ada", 4.0, "bo", "x")
    assert np.isfinite(tunnel_cases.every(database)[0]["p"])
