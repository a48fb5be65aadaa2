"""The errors that Limes raises on purpose: each is one line naming place, fault and cure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class LimesError(Exception):
    """Base of every error that a caller is expected to handle."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an input: where it is, what is wrong and what cures it.

    >>> str(Fault("sector.toml", "crs", "is not a projected CRS", "use a UTM zone such as EPSG:32637"))
    'sector.toml: crs: is not a projected CRS; use a UTM zone such as EPSG:32637'
    """

    file: str
    field: str
    problem: str
    cure: str

    def __str__(self) -> str:
        where = f"{self.file}: {self.field}: " if self.field else f"{self.file}: "
        return f"{where}{self.problem}; {self.cure}"


class InputError(LimesError):
    """The input is at fault (exit code 1); holds the `Fault` that says where and how to cure it."""

    def __init__(self, file: str | Path, field: str, problem: str, cure: str) -> None:
        self.fault = Fault(str(file), field, problem, cure)
        super().__init__(str(self.fault))


class UsageError(LimesError):
    """The call itself is wrong (exit code 2): unknown option value, contradictory arguments."""
