"""The rules of the house that a machine can check."""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import typer

from limes.cli import app

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src/limes").rglob("*.py"))


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("command_reference", ROOT / "scripts/command_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


COMMANDS = reference().commands(typer.main.get_command(app))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_small_and_explicit(path):
    assert path.read_text(encoding="utf-8").count("\n") <= 600
    for function in functions(path):
        assert function.end_lineno - function.lineno + 1 <= 60, function.name
        assert function.args.kwarg is None, f"{function.name} takes **kwargs"
        public = not function.name.startswith("_")
        assert not public or function.returns is not None, f"{function.name} has no return type"


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_command_explains_itself_and_speaks_json(name, command):
    assert f"Example: {name}" in command.help
    assert any("--json" in parameter.opts for parameter in command.params)


def test_the_command_reference_is_up_to_date():
    assert reference().PAGE.read_text(encoding="utf-8") == reference().page(), "run: python scripts/command_reference.py"


def test_help_loads_nothing_heavy():
    code = "import sys, json, limes.cli; print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
    heavy = {"numpy", "numba", "scipy", "pyarrow", "rasterio", "fastapi", "sqlalchemy", "matplotlib", "pydantic"}
    assert not heavy & set(loaded)


def test_nothing_in_limes_aims_or_identifies():
    forbidden = ("weapon", "effector", "face_id", "imsi", "biometric", "risk_score", "firing")
    for path in SOURCES:
        names = {node.id for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Name)}
        assert not [name for name in names if any(word in name.lower() for word in forbidden)]
