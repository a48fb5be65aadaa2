"""What a file of a checkpoint's instrument shows: a spectrum named or a portal's passages judged, in words for people.

Every file is hostile until read: compressed archives, documents with a document type, damaged and oversized files are refused
with a reason, and whatever a reader trips over is a refusal too, never a fault of the watch.
"""

from __future__ import annotations

import hashlib
import logging
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from limes import __version__
from limes.errors import InputError
from limes.signals.portal import SECONDARY, Occupancy, PortalSettings, Samples, occupancies, samples_of, scan
from limes.signals.spectra import (
    BUNDLED,
    Answer,
    Calibration,
    Library,
    Spectrum,
    calibration_of,
    eu_precursors,
    identify,
    load_libraries,
    normalise,
)
from limes.signals.spectra.read import format_of, parse

_LOG = logging.getLogger(__name__)

LARGEST = 8 << 20
"""Bytes of a file at most."""

MOST_SPECTRA = 8
"""Spectra of one file at most: a reading is one measurement, not a collection."""

LEVELS = ("act", "check", "again", "clear")
"""What a reading asks for: a case with a second method; a second method; another measurement; nothing."""

_PACKED = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"7z\xbc\xaf": "7z",
}
_PACKED |= {b"\x28\xb5\x2f\xfd": "zstd", b"Rar!": "rar"}
_CURVE = 400
_SEARCHED = ("raman", "mid-ir", "nir")


@dataclass
class Laboratory:
    """The libraries that readings are searched in: the folder of the user's own where there is one, else the bundled ones."""

    folder: Path | None = None
    _held: dict[str, tuple[Library, Calibration]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def library(self, technique: str) -> tuple[Library, Calibration] | None:
        """The library of a technique with its calibration, read when first asked for; None where there is none."""
        with self._lock:
            if not self._held:
                own = self.folder if self.folder is not None and self.folder.is_dir() else BUNDLED
                self._held.update({one.technique: (one, calibration_of(one, own)) for one in load_libraries(own)})
            return self._held.get(technique)


def analyse(data: bytes, file: str, laboratory: Laboratory, declared: str = "", technique: str = "") -> dict[str, Any]:
    """What a file shows, ready for JSON: `level` (one of `LEVELS`), `verdict`, `reason`, `step` and the figures behind them.

    InputError with file, field and cure for whatever cannot be read.
    """
    _check(data, file)
    try:
        with np.errstate(all="ignore"):
            found = _portal(data, file) if format_of(data, Path(file).suffix) == "N42" else None
            found = found or _spectra(data, file, laboratory, declared, technique)
    except InputError:
        raise
    except Exception as fault:
        _LOG.warning("a reading could not be analysed", exc_info=fault)
        problem = f"cannot be analysed ({type(fault).__name__})"
        raise InputError(
            file, "", problem, "export the measurement again; keep the file for those who look after Limes"
        ) from None
    return {**found, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "limes": __version__}


def _check(data: bytes, file: str) -> None:
    if not data:
        raise InputError(file, "", "is empty", "send the measurement again")
    if len(data) > LARGEST:
        raise InputError(file, "", f"is larger than {LARGEST >> 20} MB", "send one measurement, not an archive")
    packed = next((name for head, name in _PACKED.items() if data.startswith(head)), None)
    if packed:
        raise InputError(file, "", f"is a {packed} archive", "send the measurement itself, not packed")


def _spectra(data: bytes, file: str, laboratory: Laboratory, declared: str, technique: str) -> dict[str, Any]:
    """The reading of a spectrometer's file; of several spectra the one that asks for most."""
    raw = parse(data, file)
    if len(raw) > MOST_SPECTRA:
        raise InputError(file, "spectra", f"holds {len(raw)} of them", f"send one measurement, at most {MOST_SPECTRA} spectra")
    found = [_named(normalise(one, file, "", technique), laboratory, declared) for one in raw]
    first = min(found, key=lambda one: LEVELS.index(one["level"]))
    return {**first, "spectra": len(found)}


def _named(spectrum: Spectrum, laboratory: Laboratory, declared: str) -> dict[str, Any]:
    known = laboratory.library(spectrum.technique) if spectrum.technique in _SEARCHED else None
    if known is None:
        problem = f"is {spectrum.technique}; the library holds no such spectra"
        raise InputError(spectrum.file, "technique", problem, "add a library of this technique, or use another instrument")
    library, calibration = known
    answer = identify(spectrum, library, calibration, [eu_precursors()], declared)
    return {
        "kind": "spectrum",
        "method": spectrum.technique,
        "level": _level(answer),
        "verdict": answer.verdict,
        "name": answer.name,
        "reason": answer.reason,
        "step": answer.next_step.step,
        "step_reason": answer.next_step.reason,
        "declared": declared,
        "declared_answer": answer.declared,
        "declared_reason": answer.declared_reason,
        "listed": [_listed(one.material, one.entry) for one in answer.listed],
        "candidates": [{"material": h.material, "family": h.family, "score": round(h.score, 3)} for h in answer.candidates],
        "components": _components(answer),
        "p_not_in_library": None if math.isnan(answer.p_stranger) else round(answer.p_stranger, 4),
        "instrument": spectrum.instrument.model,
        "library": library.version,
        "curve": _curve(spectrum, answer),
    }


def _level(answer: Answer) -> str:
    step = answer.next_step.step
    if step == "measure again":
        return "again"
    if answer.listed or answer.declared == "no":
        return "act"
    return "clear" if step == "release" else "check"


def _listed(material: str, entry: Any) -> dict[str, Any]:
    facts = {"material": material, "substance": entry.name, "cas": entry.cas, "annex": entry.annex, "regime": entry.regime}
    return {**facts, "limit_percent": entry.limit_percent if math.isfinite(entry.limit_percent) else None, "cn": entry.cn_code}


def _components(answer: Answer) -> list[dict[str, Any]]:
    made_of = answer.explanation.components if answer.explanation else ()
    return [
        {"material": c.material, "share": round(c.share, 2), "low": round(c.low, 2), "high": round(c.high, 2)} for c in made_of
    ]


def _curve(spectrum: Spectrum, answer: Answer) -> dict[str, Any]:
    """The spectrum over its match and what remains; the spectrum alone where nothing was searched."""
    units = {"x_unit": spectrum.x_unit, "y_unit": spectrum.y_unit}
    if answer.explanation is None:
        return {**units, "x": _thin(spectrum.x), "measured": _thin(spectrum.y)}
    trace = answer.explanation.trace
    rows = {"x": trace.x, "measured": trace.measured, "match": trace.match, "residual": trace.residual}
    return {**units, **{name: _thin(values) for name, values in rows.items()}}


def _thin(values: np.ndarray) -> list[float]:
    """At most `_CURVE` numbers: means of equal pieces, rounded to six figures."""
    pieces = np.array_split(np.asarray(values, np.float64), min(_CURVE, len(values)))
    return [float(f"{piece.mean():.6g}") for piece in pieces]


def _portal(data: bytes, file: str) -> dict[str, Any]:
    """The reading of a portal: the passage that asks for most."""
    seen, settings = samples_of(data, file), PortalSettings()
    found = occupancies(seen, settings)
    order = {"alarm": 0, "cannot say": 1, "no alarm": 2}
    worst = min(found, key=lambda one: order[one.verdict], default=None)
    level = {"alarm": "act", "cannot say": "again"}.get(worst.verdict if worst else "no alarm", "clear")
    step = {"act": "second method", "again": "measure again"}.get(level, "release")
    return {
        "kind": "portal",
        "method": "portal",
        "level": level,
        "verdict": worst.verdict if worst else "no alarm",
        "name": "",
        "reason": worst.reason if worst else "no vehicle stood in the portal, and nothing stood out",
        "step": step,
        "step_reason": SECONDARY,
        "declared": "",
        "declared_answer": "",
        "declared_reason": "",
        "listed": [],
        "candidates": [],
        "components": [],
        "p_not_in_library": None,
        "instrument": ", ".join(seen.detectors[:8]),
        "library": "",
        "passages": _passages(found),
        "curve": _rates(seen, settings),
    }


def _passages(found: Sequence[Occupancy]) -> list[dict[str, Any]]:
    return [
        {"start": round(one.start, 1), "end": round(one.end, 1), "verdict": one.verdict, "reason": one.reason}
        for one in found[:50]
    ]


def _rates(seen: Samples, settings: PortalSettings) -> dict[str, Any]:
    """Counts a second over time, with what the background makes expect, from when that is known."""
    expected = scan(seen, settings).background.rate.sum(axis=1)
    counted = seen.counts.sum(axis=1) / seen.live
    known = int(np.argmax(expected > 0)) if (expected > 0).any() else len(expected)
    if known == len(expected):
        return {"x_unit": "s", "y_unit": "counts/s", "x": _thin(seen.time - seen.time[0]), "measured": _thin(counted)}
    rows = {"x": seen.time - seen.time[0], "measured": counted, "match": expected, "residual": counted - expected}
    return {"x_unit": "s", "y_unit": "counts/s", **{name: _thin(values[known:]) for name, values in rows.items()}}
