"""Rows of a schema from the tables people have: Parquet, CSV or JSON lines, with names where the schema has numbers.

Columns bear the names of the schema; those that are missing are taken as not measured. `kind` and `label` may be words
("position", "person"), `sensor` in detections and truth may be a sensor's id, and a column that ends in `_deg` is turned into
radians. Anything else that is not a number is refused with its row.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet as pq

from limes.columns import CLASSES, LABELS, Kind, from_arrow
from limes.errors import InputError

_WORDS = {
    "kind": {kind.name.lower(): int(kind) for kind in Kind},
    "label": {name: k for k, name in enumerate(LABELS)},
    "class": {name: k for k, name in enumerate(CLASSES)},
}


def find_table(folder: Path, name: str) -> Path | None:
    """The file of a table in a folder: .parquet before .csv before .jsonl; None where there is none."""
    paths = (folder / f"{name}{suffix}" for suffix in (".parquet", ".csv", ".jsonl"))
    return next((path for path in paths if path.exists()), None)


def read_table(path: Path, dtype: np.dtype[Any], sensors: list[str] | None = None) -> np.ndarray:
    """Read rows of a schema from a .parquet, .csv or .jsonl file; `sensors` are the ids that its column `sensor` may hold."""
    try:
        if path.suffix == ".parquet":
            return from_arrow(pq.read_table(path), dtype)
        table = pa.csv.read_csv(path) if path.suffix == ".csv" else pa.json.read_json(path)
    except (OSError, pa.ArrowException, ValueError) as fault:
        raise InputError(path, "", f"cannot be read: {str(fault).splitlines()[0]}", "restore it from a copy") from None
    return from_arrow(_numbered(path, table, dtype, sensors), dtype)


def _numbered(path: Path, table: pa.Table, dtype: np.dtype[Any], sensors: list[str] | None) -> pa.Table:
    words = dict(_WORDS)
    if sensors is not None:
        words["sensor"] = {name: k for k, name in enumerate(sensors)}
    columns = {}
    for name in table.column_names:
        column, plain = table.column(name), name.removesuffix("_deg")
        if plain not in (dtype.names or ()):
            continue
        kind = dtype[plain].kind
        if kind == "U":
            columns[plain] = pa.array([str(value) for value in column.to_pylist()])
        else:
            told = words.get(plain, {})
            values = [_number(path, plain, row, value, told, kind) for row, value in enumerate(column.to_pylist(), start=1)]
            columns[plain] = pa.array(np.deg2rad(values) if plain != name else np.array(values))
    return pa.table(columns)


def _number(path: Path, name: str, row: int, value: Any, words: dict[str, int], kind: str) -> float | int | bool:
    if isinstance(value, str) and value.strip().lower() in {word.lower() for word in words}:
        return next(number for word, number in words.items() if word.lower() == value.strip().lower())
    if value in (None, "") and name not in ("sensor", "kind"):
        return float("nan") if kind == "f" else -1 if name == "scan" else 0
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            pass
        else:
            value = int(value) if value.is_integer() and kind != "f" else value
    if isinstance(value, bool | int | float) and not (isinstance(value, float) and kind != "f" and not value.is_integer()):
        return value
    known = f"one of {', '.join(words)}" if words else "a number"
    raise InputError(path, f"{name}, row {row}", f"is {value!r}, not {known}", "mend the value")
