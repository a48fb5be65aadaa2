"""`limes identify`: what material a spectrum shows, or why that cannot be said."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from limes.signals.spectra import Answer, Calibration, Component, Library, Listed, RegulatedList, Spectrum

_SEARCHED = ("raman", "mid-ir", "nir")


def identify(
    files: Annotated[list[Path], typer.Argument(help="Spectra: CSV, JCAMP-DX, SPC, SPA, WDF, OPUS, ENVI.", show_default=False)],
    library: Annotated[Path | None, typer.Option(help="Folder of reference spectra (else the bundled ones).")] = None,
    declared: Annotated[str, typer.Option(help="Material of the declared goods, by name.")] = "",
    technique: Annotated[str, typer.Option(help="raman, mid-ir or nir, where the files do not say.")] = "",
    laser: Annotated[float | None, typer.Option(min=100, max=3000, help="Laser, nm, for Raman over wavelength.")] = None,
    lists: Annotated[list[Path] | None, typer.Option("--list", help="A further list of regulated substances.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Name the material of a spectrum, its family, or say that it is unknown or must be measured again.

    Example: limes identify powder.spc --library my-library --declared "sodium chloride"
    """
    from limes.errors import UsageError
    from limes.signals.spectra import BUNDLED, eu_precursors, load_libraries, read_list, read_spectra

    if technique and technique not in _SEARCHED:
        raise UsageError(f"--technique: {technique!r} is not one of {', '.join(_SEARCHED)}")
    spectra = [one for file in files for one in read_spectra(file, technique, math.nan if laser is None else laser)]
    regulated = [eu_precursors(), *map(read_list, lists or ())]
    libraries = load_libraries(library or BUNDLED, technique)
    found = _answers(spectra, libraries, regulated, declared, library or BUNDLED)
    if as_json:
        head = {"lists": [{"list": one.title, "version": one.version, "source": one.source} for one in regulated]}
        spectra_json = [_json(spectrum, held, answer) for spectrum, held, answer in found]
        typer.echo(json.dumps({**head, "spectra": spectra_json}, ensure_ascii=False, indent=1))
    else:
        typer.echo("\n\n".join(_text(spectrum, held, answer) for spectrum, held, answer in found))


def _answers(
    spectra: list[Spectrum], libraries: tuple[Library, ...], lists: list[RegulatedList], declared: str, folder: Path
) -> list[tuple[Spectrum, Library, Answer]]:
    """Each spectrum with the library that it was searched in and its answer."""
    from limes.errors import InputError
    from limes.signals.spectra import BUNDLED, calibration_of, identify

    where = "the bundled library" if folder == BUNDLED else str(folder)
    held = {one.technique: one for one in libraries}
    known: dict[str, Calibration] = {}
    found = []
    for spectrum in spectra:
        kind = spectrum.technique
        if kind not in _SEARCHED:
            cure = "give a Raman, mid-IR or NIR spectrum"
            raise InputError(spectrum.file, "technique", f"is {kind}, which names no material", cure)
        if kind not in held:
            problem = f"is {kind}; {where} holds no {kind} spectra"
            raise InputError(spectrum.file, "technique", problem, "give --library a folder with such reference spectra")
        known[kind] = known.get(kind) or calibration_of(held[kind], folder)
        found.append((spectrum, held[kind], identify(spectrum, held[kind], known[kind], lists, declared)))
    return found


def _json(spectrum: Spectrum, library: Library, answer: Answer) -> dict[str, Any]:
    from dataclasses import asdict

    from limes import __version__

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
        "next_step": {"step": answer.next_step.step, "reason": answer.next_step.reason},
        "listed": [_listed(one) for one in answer.listed],
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


def _text(spectrum: Spectrum, library: Library, answer: Answer) -> str:
    title = f" ({spectrum.title})" if spectrum.title else ""
    name = f": {answer.name}" if answer.name else ""
    lines = [f"{spectrum.file}{title}: {spectrum.technique}, {spectrum.x.size} points", f"{answer.verdict.upper()}{name}"]
    lines.append(f"  why: {answer.reason}")
    if answer.declared:
        lines.append(f"  consistent with the declared goods? {answer.declared}: {answer.declared_reason}")
    lines += [f"  {hit.score:.3f}  {hit.material}{f' ({hit.family})' if hit.family else ''}" for hit in answer.candidates]
    if answer.explanation and len(answer.explanation.components) > 1:
        lines.append("  best explained as a mixture, shares of the signal with 95 % intervals:")
        lines += [f"    {c.share:4.0%} ({c.low:.0%} to {c.high:.0%})  {c.material}" for c in answer.explanation.components]
    lines += [_listed_text(one) for one in answer.listed]
    if answer.candidates:
        lines.append(_worth(answer))
    lines.append(f"  next: {answer.next_step.step}: {answer.next_step.reason}")
    lines.append(f"  library {library.version}: {len(library.rows)} spectra of {len(library.materials)} materials")
    return "\n".join(lines)


def _listed_text(one: Listed) -> str:
    entry = one.entry
    limit = f", limit {entry.limit_percent:g} % by weight: a limit test is required" if entry.limit_percent >= 0 else ""
    what = f"{entry.name} (CAS {entry.cas}, CN {entry.cn_code}), EU 2019/1148 annex {entry.annex}, {entry.regime}{limit}"
    what = what.replace("EU 2019/1148 annex ", "annex ") if entry.annex not in ("I", "II") else what
    return f"  listed: {what}\n  one reading is no finding: test with a second, different method"


def _worth(answer: Answer) -> str:
    """What the score is worth, in words."""
    if not answer.calibrated:
        return "  the score is uncalibrated: the library is too small to say how often strangers score as high"
    return f"  of materials that are not in this library, {answer.p_stranger:.1%} would score as high"
