"""Keeping the old version of a file beside the new one."""

from __future__ import annotations

import shutil
from pathlib import Path


def back_up(path: Path) -> Path | None:
    """Copy a file to the first free name of the form `stem.old-1.suffix`; None where there is no such file."""
    if not path.exists():
        return None
    number = 1
    while (kept := path.with_name(f"{path.stem}.old-{number}{path.suffix}")).exists():
        number += 1
    shutil.copy2(path, kept)
    return kept
