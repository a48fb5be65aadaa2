"""How much memory may be taken, asked before it is."""

from __future__ import annotations

from pathlib import Path

from limes.errors import InputError

_SMALL = 64 * 2**20
"""Below this many bytes nobody is asked."""


def available_memory() -> int | None:
    """Bytes that can be taken now without swapping, the container's limit included; None where the system does not say."""
    free = [amount for amount in (_of_machine(), _of_container()) if amount is not None]
    return min(free) if free else None


def require_memory(needed: int, what: str, cure: str) -> None:
    """Raise InputError when `needed` bytes for `what` are not to be had."""
    if needed < _SMALL:
        return
    free = available_memory()
    if free is not None and needed > free:
        raise InputError(what, "memory", f"needs {needed / 2**30:.1f} GiB of memory, {free / 2**30:.1f} GiB are free", cure)


def _of_machine() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")), None)


def _of_container() -> int | None:
    folder = Path("/sys/fs/cgroup")
    try:
        limit, used = (int((folder / name).read_text()) for name in ("memory.max", "memory.current"))
    except (OSError, ValueError):  # no limit is written as "max"
        return None
    return max(limit - used, 0)
