"""Run reference cases: `python -m limes.closure.reference FOLDER` prints one line per case and exits 1 when any fails.

A folder holds JSON files with `model` and `cases`; each case has `id`, `inputs`, `expected` and `tolerance` (absolute; for
queues relative with a floor of 6e-4), to which half a unit of the sixth significant digit is added, as answers are printed.
A file's name, or else its `model`, says which adapter of `limes.closure.adapters` computes the answers.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from limes.closure.adapters import ADAPTERS, adapter_of
from limes.errors import InputError, LimesError

_RELATIVE = frozenset({"queueing"})
_FLOOR = 6e-4


@dataclass(frozen=True)
class Outcome:
    """One case: file and id, whether every expected answer was met, and in words what was not."""

    file: str
    case: str
    passed: bool
    says: str

    def __str__(self) -> str:
        return f"{'pass' if self.passed else 'FAIL'}  {self.file}  {self.case}{'  ' + self.says if self.says else ''}"


def run_folder(folder: str | Path) -> tuple[Outcome, ...]:
    """Run every case of every JSON file in a folder, by name; InputError where there is none or a file cannot be read."""
    paths = sorted(Path(folder).glob("*.json"))
    if not paths:
        raise InputError(folder, "", "holds no .json files", "give a folder of reference cases")
    return tuple(outcome for path in paths for outcome in _run_file(path))


def _run_file(path: Path) -> list[Outcome]:
    try:
        content = json.loads(path.read_text("utf-8"))
        cases = content["cases"]
        name = adapter_of(path.stem, str(content.get("model", "")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(path.name, "", f"is no file of reference cases ({error})", "see limes.closure.reference") from error
    if name is None:
        problem = f"model {content.get('model')!r} is not known; known files: {', '.join(sorted(ADAPTERS))}"
        return [Outcome(path.name, str(case.get("id")), False, problem) for case in cases]
    return [_run_case(path.name, name, case) for case in cases]


def _run_case(file: str, name: str, case: Mapping[str, Any]) -> Outcome:
    key = str(case.get("id", "?"))
    try:
        found = ADAPTERS[name](case["inputs"], case["expected"])
    except (LimesError, KeyError, ValueError, TypeError, ArithmeticError) as error:
        return Outcome(file, key, False, f"could not be computed: {type(error).__name__}: {error}")
    tolerance = float(case.get("tolerance", 0.0))
    wrong = [
        f"{field} is {_short(found.get(field))}, expected {_short(wanted)}"
        for field, wanted in case["expected"].items()
        if field not in found or not matches(found[field], wanted, tolerance, name in _RELATIVE)
    ]
    return Outcome(file, key, not wrong, "; ".join(wrong))


def matches(found: Any, wanted: Any, tolerance: float, relative: bool = False) -> bool:
    """Whether an answer meets what is expected, number by number, whatever its nesting.

    >>> matches([0.5, 1.0], [0.5004, 1], 0.001), matches("R", "R", 0.0), matches(0.5, None, 0.1)
    (True, True, False)
    """
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            matches(found.get(key), value, tolerance, relative) for key, value in wanted.items() if key != "note"
        )
    if isinstance(wanted, list | tuple):
        same = isinstance(found, list | tuple | np.ndarray) and len(found) == len(wanted)
        return same and all(matches(f, w, tolerance, relative) for f, w in zip(found, wanted, strict=True))
    if isinstance(wanted, bool) or wanted is None or isinstance(wanted, str):
        return bool(found == wanted)
    if found is None or isinstance(found, str) or not math.isfinite(found):
        return False
    room = max(tolerance * abs(wanted), _FLOOR) if relative else tolerance
    return abs(float(found) - float(wanted)) <= room + _printed(wanted)


def _printed(wanted: float) -> float:
    """Half a unit of the sixth significant digit, to which an expected number may have been rounded; whole ones are exact."""
    if isinstance(wanted, int) or wanted == 0.0:
        return 1e-12
    return 0.5 * 10.0 ** (math.floor(math.log10(abs(wanted))) - 5) + 1e-12


def _short(value: Any) -> str:
    return np.array2string(value, precision=6) if isinstance(value, np.ndarray) else str(value)


def main(arguments: list[str]) -> int:
    """Print one line per case and a total; 0 when all pass, 1 when not, 2 for a wrong call."""
    if len(arguments) != 1:
        print("usage: python -m limes.closure.reference FOLDER", file=sys.stderr)
        return 2
    try:
        outcomes = run_folder(arguments[0])
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    for outcome in outcomes:
        print(outcome)
    passed = sum(outcome.passed for outcome in outcomes)
    print(f"{passed} of {len(outcomes)} cases pass")
    return 0 if passed == len(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
