"""An answer as plain facts for machines: what was measured, with what it was compared, and what came out."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from limes import __version__
from limes.signals.spectra.evidence import Evidence
from limes.signals.spectra.explain import Component
from limes.signals.spectra.identify import Answer, Listed
from limes.signals.spectra.library import Library
from limes.signals.spectra.spectrum import Spectrum


def facts(spectrum: Spectrum, library: Library, answer: Answer) -> dict[str, Any]:
    """What an answer rests on and says, ready for JSON: numbers that are not finite come out as None."""
    about = {"version": library.version, "spectra": len(library.rows), "materials": len(library.materials)}
    measured = {"file": spectrum.file, "sha256": spectrum.sha256, "title": spectrum.title, "technique": spectrum.technique}
    return {
        **measured,
        "instrument": {name: _finite(value) for name, value in asdict(spectrum.instrument).items()},
        "verdict": answer.verdict,
        "name": answer.name,
        "reason": answer.reason,
        "calibrated": answer.calibrated,
        "p_not_in_library": _finite(answer.p_stranger),
        "answer": [hit.material for hit in answer.answer],
        "candidates": [{"material": h.material, "family": h.family, "score": round(h.score, 4)} for h in answer.candidates],
        "components": [_component(one) for one in answer.explanation.components] if answer.explanation else [],
        "unexplained": round(answer.explanation.unexplained, 4) if answer.explanation else None,
        "p_complete": _finite(answer.p_complete),
        "foreign": answer.foreign,
        "next_step": {"step": answer.next_step.step, "reason": answer.next_step.reason},
        "listed": [_listed(one) for one in answer.listed],
        "parts_listed": [_listed(one) for one in answer.parts_listed],
        "declared": {"consistent": answer.declared, "reason": answer.declared_reason} if answer.declared else None,
        "quality": {"snr": round(answer.quality.snr, 1), "relief": round(answer.quality.relief, 4)},
        "library": about,
        "limes": __version__,
    }


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _component(one: Component) -> dict[str, Any]:
    sure = {"share": round(one.share, 3), "low": round(one.low, 3), "high": round(one.high, 3)}
    return {"material": one.material, "family": one.family, **sure, "log10_ratio": round(one.log10_ratio, 2), "p": one.p}


def _listed(one: Listed) -> dict[str, Any]:
    entry = one.entry
    facts = {"material": one.material, "substance": entry.name, "cas": entry.cas, "annex": entry.annex, "regime": entry.regime}
    limits = {"limit_percent": _finite(entry.limit_percent), "licence_limit_percent": _finite(entry.licence_limit_percent)}
    return {**facts, **limits, "cn_code": entry.cn_code, "note": entry.note}


def evidence_facts(evidence: Evidence) -> dict[str, Any]:
    """What several readings say together, ready for JSON."""
    table = [
        {
            "material": one.material,
            "before": float(f"{one.before:.4g}"),
            "after": float(f"{one.after:.4g}"),
            "log10_ratio": round(one.log10_ratio, 3),
            "concern": one.concern,
        }
        for one in evidence.table
    ]
    pair = {"unknown": evidence.unknown, "concern": evidence.concern}
    return {
        "techniques": list(evidence.techniques),
        "table": table,
        **{name: {"before": float(f"{a:.4g}"), "after": float(f"{b:.4g}")} for name, (a, b) in pair.items()},
        "p_declared": _finite(evidence.consistent),
        "step": evidence.step,
        "reason": evidence.reason,
        "hazard": evidence.hazard,
    }
