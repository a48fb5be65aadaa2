"""The `limes` command: puts the rooms together and turns errors into one line and an exit code."""

from __future__ import annotations

import sys

from limes.errors import LimesError, UsageError


def main() -> None:
    """Run the command line; exit code 0 done, 1 the input is at fault, 2 the call is wrong."""
    from limes.cli import app

    try:
        app(obj=_serve)
    except LimesError as fault:
        print(f"limes: {fault}", file=sys.stderr)
        sys.exit(2 if isinstance(fault, UsageError) else 1)


def _serve(*args: object) -> None:
    """Open the web service; handed to the commands so that `cli` and `web` need not know each other."""
    from limes.web.server import serve

    serve(*args)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
