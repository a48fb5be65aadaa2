"""Reading catalogues at the edge: TOML files laid over each other, every fault with its file, field and cure."""

from __future__ import annotations

import copy
import difflib
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from limes.errors import Fault
from limes.sector.catalogue import ASSUMED, MENU, Catalogue, CatalogueKind, Value
from limes.sector.families import FAMILIES, KIND_PARAMETERS, STAFFING_PARAMETERS, TARGET_PARAMETERS, Parameter


class _ValueFile(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    value: float
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    source: str
    note: str = ""

    @model_validator(mode="after")
    def _range(self) -> Self:
        low, high = self.low, self.high
        if self.source == ASSUMED and (low is None or high is None or low >= high):
            raise ValueError("is assumed without a range; give low and high around the value")
        if not (self.value if low is None else low) <= self.value <= (self.value if high is None else high):
            raise ValueError("lies outside its own range; low <= value <= high is needed")
        return self


class _CostFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    capital: _ValueFile
    yearly: _ValueFile
    life_years: _ValueFile


class _KindFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    family: str
    title: Annotated[str, Field(min_length=3)]
    per: Annotated[str, Field(pattern="^(each|km)$")] = "each"
    note: str = ""
    payload: list[str] = []
    traits: dict[str, str] = {}
    performance: dict[str, _ValueFile]
    cost: _CostFile
    crew: _ValueFile
    availability: _ValueFile
    wind_limit: _ValueFile | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sources: dict[str, str] = {}
    targets: dict[str, dict[str, _ValueFile]] = {}
    staffing: dict[str, _ValueFile] = {}
    kinds: dict[str, _KindFile] = {}


def read_catalogue(paths: Sequence[Path]) -> tuple[Catalogue | None, list[Fault]]:
    """Lay catalogue files over the built-in menu, in order: the catalogue when nothing is wrong, else None, and every fault."""
    merged: dict[str, Any] = {}
    origin: dict[str, str] = {}
    faults: list[Fault] = []
    for path in [*sorted(MENU.glob("*.toml")), *paths]:
        _merge(merged, _parse(path, faults), "", str(path), origin)
    faults += _inherit(merged.get("kinds", {}), origin)
    if faults:
        return None, faults
    try:
        content = _File.model_validate(merged)
    except ValidationError as error:
        return None, [_shape_fault(item, origin) for item in error.errors()]
    found = _meaning_faults(content)
    if found:
        return None, [Fault(_file_of(field, origin), field, problem, cure) for field, problem, cure in found]
    return _build(content), []


def _parse(path: Path, faults: list[Fault]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        faults.append(Fault(str(path), "", f"cannot be read ({error.strerror})", "name a catalogue in TOML"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(Fault(str(path), "", f"is not TOML ({error})", "correct it at that place"))
    return {}


def _merge(into: dict[str, Any], new: dict[str, Any], prefix: str, file: str, origin: dict[str, str]) -> None:
    """Lay `new` over `into`, tables key by key, values as a whole; `origin` notes which file set each field."""
    for key, item in new.items():
        field = f"{prefix}.{key}" if prefix else key
        old = into.get(key)
        if isinstance(item, dict) and "value" not in item and isinstance(old, dict | None):
            _merge(into.setdefault(key, {}), item, field, file, origin)
        else:
            into[key] = item
        origin[field] = file


def _inherit(kinds: dict[str, Any], origin: dict[str, str]) -> list[Fault]:
    """Fill each kind from the one its `like` names, which may itself be like another; return loops and unknown names."""
    faults: list[Fault] = []

    def resolve(key: str, waiting: tuple[str, ...]) -> dict[str, Any]:
        kind: dict[str, Any] = kinds[key]
        base = kind.pop("like", None)
        if base is None:
            return kind
        if base not in kinds or base in waiting:
            problem = f"{base!r} is no kind" if base not in kinds else f"{key} is like itself by way of {base}"
            field = f"kinds.{key}.like"
            faults.append(Fault(_file_of(field, origin), field, problem, f"use {_nearest(base, set(kinds) - {key})}"))
            return kind
        filled: dict[str, Any] = copy.deepcopy(resolve(base, (*waiting, key)))
        _merge(filled, kind, "", "", {})
        kinds[key] = filled
        return filled

    for key in list(kinds):
        resolve(key, (key,))
    return faults


def _file_of(field: str, origin: dict[str, str]) -> str:
    while field not in origin and "." in field:
        field = field.rpartition(".")[0]
    return origin.get(field, "catalogue.toml")


def _shape_fault(error: Any, origin: dict[str, str]) -> Fault:
    field = ".".join(str(part) for part in error["loc"])
    message, _, cure = error["msg"].removeprefix("Value error, ").partition("; ")
    cures = {"missing": "add it", "extra_forbidden": "remove it or correct its spelling"}
    message = {"missing": "is missing", "extra_forbidden": "is not a field of the catalogue"}.get(error["type"], message)
    return Fault(_file_of(field, origin), field, message, cure or cures.get(error["type"], "see docs/reference/catalogue.md"))


_Found = tuple[str, str, str]


def _meaning_faults(content: _File) -> list[_Found]:
    faults: list[_Found] = []
    for key, kind in content.kinds.items():
        faults += _kind_faults(f"kinds.{key}", kind, content)
    for name, table in content.targets.items():
        faults += _table_faults(f"targets.{name}", table, TARGET_PARAMETERS, content.sources)
    faults += _table_faults("staffing", content.staffing, STAFFING_PARAMETERS, content.sources)
    return faults


def _kind_faults(field: str, kind: _KindFile, content: _File) -> list[_Found]:
    family = FAMILIES.get(kind.family)
    if family is None:
        return [(f"{field}.family", f"{kind.family!r} is no family", f"use {_nearest(kind.family, FAMILIES)}")]
    faults = _table_faults(f"{field}.performance", kind.performance, family.parameters, content.sources)
    faults += _table_faults(field, _rest(kind), KIND_PARAMETERS, content.sources)
    for name, allowed in family.traits.items():
        if kind.traits.get(name) not in allowed:
            faults.append((f"{field}.traits.{name}", f"must be one of {', '.join(allowed)}", "set it to one of them"))
    for name in kind.payload:
        carried = content.kinds.get(name)
        if not family.carries:
            faults.append((f"{field}.payload", f"a {kind.family} carries no payload", "remove it"))
        elif carried is None or carried.family not in ("radar", "camera"):
            faults.append((f"{field}.payload", f"{name!r} is no radar or camera", f"use {_nearest(name, content.kinds)}"))
    if kind.per == "km" and family.geometry != "line":
        faults.append((f"{field}.per", f"a {kind.family} is not bought by the km", 'set it to "each"'))
    return faults


def _rest(kind: _KindFile) -> dict[str, _ValueFile]:
    rest = {"capital": kind.cost.capital, "yearly": kind.cost.yearly, "life_years": kind.cost.life_years}
    rest |= {"crew": kind.crew, "availability": kind.availability}
    return rest if kind.wind_limit is None else rest | {"wind_limit": kind.wind_limit}


def _table_faults(
    field: str, table: Mapping[str, _ValueFile], parameters: Mapping[str, Parameter], sources: Mapping[str, str]
) -> list[_Found]:
    faults: list[_Found] = []
    for name in (name for name, parameter in parameters.items() if parameter.required and name not in table):
        faults.append((f"{field}.{name}", "is missing", f"state it: {parameters[name].meaning} ({parameters[name].unit})"))
    for name, value in table.items():
        where = f"{field}.{name}"
        if name not in parameters:
            faults.append((where, "is not a number of this family", f"did you mean {_nearest(name, parameters)}?"))
        elif value.unit not in (None, parameters[name].unit):
            unit = parameters[name].unit
            faults.append((where, f"is in {value.unit}, not in {unit}", f"convert it and leave the unit out, it is {unit}"))
        if value.source != ASSUMED and value.source not in sources:
            cure = f"add it to [sources] or use {_nearest(value.source, {**sources, ASSUMED: ''})}"
            faults.append((where, f"names the unknown source {value.source!r}", cure))
    return faults


def _nearest(name: str, among: Iterable[str]) -> str:
    names = list(among)
    close = difflib.get_close_matches(name, names, 1, 0.0) if len(names) > 8 else []
    return close[0] if close else " or ".join(names)


def _value(item: _ValueFile, parameter: Parameter) -> Value:
    low = item.value if item.low is None else item.low
    high = item.value if item.high is None else item.high
    return Value(item.value, low, high, parameter.unit, item.source, item.note)


def _table(table: Mapping[str, _ValueFile], parameters: Mapping[str, Parameter]) -> Mapping[str, Value]:
    return MappingProxyType({name: _value(table[name], parameters[name]) for name in parameters if name in table})


def _kind(key: str, item: _KindFile) -> CatalogueKind:
    rest = _table(_rest(item), KIND_PARAMETERS)
    return CatalogueKind(
        key=key,
        family=item.family,
        title=item.title,
        performance=_table(item.performance, FAMILIES[item.family].parameters),
        capital=rest["capital"],
        yearly=rest["yearly"],
        crew=rest["crew"],
        availability=rest["availability"],
        life_years=rest["life_years"],
        wind_limit=rest.get("wind_limit"),
        per=item.per,
        payload=tuple(item.payload),
        traits=MappingProxyType(dict(item.traits)),
        note=item.note,
    )


def _build(content: _File) -> Catalogue:
    families = list(FAMILIES)
    kinds = sorted(content.kinds.items(), key=lambda item: (families.index(item[1].family), item[1].cost.capital.value))
    return Catalogue(
        kinds=MappingProxyType({key: _kind(key, item) for key, item in kinds}),
        targets=MappingProxyType({name: _table(table, TARGET_PARAMETERS) for name, table in content.targets.items()}),
        staffing=_table(content.staffing, STAFFING_PARAMETERS),
        sources=MappingProxyType(dict(content.sources)),
    )
