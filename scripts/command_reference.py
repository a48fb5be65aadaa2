"""Writes docs/reference/commands.md from the commands themselves; a test sees that it is up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from limes.cli import app

PAGE = Path(__file__).parents[1] / "docs/reference/commands.md"

_HEAD = """# Commands

Every command has `--help` with an example and `--json` for machines. Exit code 0: done;
1: the input is at fault, said in one line with file, field and cure; 2: the call is wrong.

| command | what it does | example |
| --- | --- | --- |
"""


def commands(group: Any, prefix: str = "limes") -> list[tuple[str, Any]]:
    """Every command below a group with its full name."""
    found: list[tuple[str, Any]] = []
    for name, command in group.commands.items():
        full = f"{prefix} {name}"
        found += commands(command, full) if hasattr(command, "commands") else [(full, command)]
    return found


def page() -> str:
    """The reference page."""
    rows = []
    for name, command in commands(typer.main.get_command(app)):
        help_text = " ".join((command.help or "").split())
        what, _, example = help_text.partition("Example: ")
        rows.append(f"| `{name}` | {what.split('. ')[0].rstrip('. ')} | `{example}` |\n")
    return _HEAD + "".join(rows)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
