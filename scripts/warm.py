"""Compiles what is compiled once on every machine, two chains of commands side by side, so that nobody waits for it later."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path

PLACE = ("mesa-verde", "demo")


def chains() -> list[list[list[str]]]:
    """Commands that use every kernel, on the small sector; each chain in its order."""
    terrain = str(Path("sectors/mesa-verde/terrain.tif").resolve())
    looks = [
        ["sight", terrain, "--at", "723132,4127539", "--height", "15", "--engine", engine] for engine in ("exact", "screen")
    ]
    plan = ["plan", PLACE[0], "--budget", "3e6", "--false-alarm-weight", "0", "--harm-weight", "0", "--mode", "foot", "--quick"]
    return [
        [["simulate", *PLACE, "--hours", "0.05", "--after", "2", "-o", "night"], ["track", "night", "-o", "tracks.parquet"]],
        [*([*look, "-o", f"{look[-1]}.tif"] for look in looks), ["coverage", *PLACE], ["closure", *PLACE], plan],
        [["fibre", "learn", "--scenes", "2", "--seconds", "10", "-o", "model.json"]],
    ]


def run(chain: list[list[str]], folder: str) -> None:
    """Run commands in a folder, one after the other; what one says matters only when it fails."""
    for command in chain:
        done = subprocess.run([sys.executable, "-m", "limes", *command], cwd=folder, capture_output=True, text=True)  # noqa: S603
        if done.returncode:
            sys.exit(f"limes {' '.join(command)}: {done.stderr}")


if __name__ == "__main__":
    print("Compiling (once) ...", flush=True)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
        list(pool.map(run, chains(), repeat(folder)))
