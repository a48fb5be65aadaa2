import json
from pathlib import Path

import pytest

from limes.closure.reference import main, matches, run_folder
from limes.errors import InputError

OURS = Path(__file__).parents[1] / "data/closure"
OTHERS = Path(__file__).parents[3] / "shared/data/models"


def test_every_published_case_is_met():
    outcomes = run_folder(OURS)
    assert [str(outcome) for outcome in outcomes if not outcome.passed] == []
    assert len(outcomes) == 44


@pytest.mark.skipif(not OTHERS.is_dir(), reason="the second collection of reference cases is not beside this repository")
def test_every_case_of_the_second_collection_is_met():
    outcomes = run_folder(OTHERS)
    assert [str(outcome) for outcome in outcomes if not outcome.passed] == []
    assert len(outcomes) >= 91


def write(folder: Path, cases: list, model: str = "EASI", name: str = "easi.json") -> None:
    (folder / name).write_text(json.dumps({"model": model, "cases": cases}))


TASKS = [{"task": "wall", "p_detect": 0.5, "detect_at": "begin", "delay_mean_s": 100, "delay_sd_s": 0}]
CASE = {"inputs": {"response_mean_s": 50, "tasks": TASKS}, "expected": {"p_interruption": 0.5}, "tolerance": 1e-6}


def test_a_wrong_answer_fails_and_is_named(tmp_path, capsys):
    write(tmp_path, [{"id": "right", **CASE}, {"id": "wrong", **CASE, "expected": {"p_interruption": 0.6}}])
    assert main([str(tmp_path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("pass  easi.json  right")
    assert lines[1] == "FAIL  easi.json  wrong  p_interruption is 0.5, expected 0.6"
    assert lines[2] == "1 of 2 cases pass"


def test_all_passing_exits_with_zero(tmp_path):
    write(tmp_path, [{"id": "right", **CASE}], name="other-name.json")
    assert main([str(tmp_path)]) == 0


def test_an_answer_that_is_not_computed_fails(tmp_path):
    write(tmp_path, [{"id": "more", **CASE, "expected": {"p_interruption": 0.5, "p_neutralisation": 0.9}}])
    assert "p_neutralisation is None" in run_folder(tmp_path)[0].says


def test_a_missing_input_fails_the_case_not_the_run(tmp_path):
    write(tmp_path, [{"id": "bare", "inputs": {}, "expected": {}}, {"id": "right", **CASE}])
    first, second = run_folder(tmp_path)
    assert "KeyError" in first.says
    assert second.passed


def test_an_unknown_model_fails_in_words(tmp_path):
    write(tmp_path, [{"id": "a", **CASE}], model="Chess", name="chess.json")
    assert "is not known" in run_folder(tmp_path)[0].says


def test_a_folder_without_cases_is_refused(tmp_path, capsys):
    with pytest.raises(InputError, match=r"holds no \.json"):
        run_folder(tmp_path)
    assert main([str(tmp_path)]) == 1
    assert main([]) == 2


def test_a_broken_file_is_named(tmp_path):
    (tmp_path / "easi.json").write_text("{")
    with pytest.raises(InputError, match=r"easi\.json"):
        run_folder(tmp_path)


def test_matching_honours_kinds_and_tolerance():
    assert not matches(0.51, 0.5, 0.001)
    assert not matches(None, 0.5, 1.0)
    assert not matches([1.0], [1.0, 2.0], 0.1)
    assert matches({"a": [1.0001]}, {"a": [1.0]}, 0.001)
    assert matches(103.0, 100.0, 0.05, relative=True)
    assert not matches(1, 2, 0.0)
    assert matches(13.262857, 13.2629, 1e-5)
