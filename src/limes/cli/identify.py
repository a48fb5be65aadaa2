"""`limes identify`: what material a spectrum shows, or why that cannot be said."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from limes.signals.spectra import Answer, Evidence, Library, Listed, Spectrum
    from limes.signals.spectra.analysis import Analysis

_SEARCHED = ("raman", "mid-ir", "nir")


def identify(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Spectra: CSV, JCAMP-DX, SPC, SPA, WDF, OPUS, ENVI.", show_default=False)
    ] = None,
    library: Annotated[Path | None, typer.Option(help="Folder of reference spectra (else the bundled ones).")] = None,
    declared: Annotated[str, typer.Option(help="Material of the declared goods, by name.")] = "",
    technique: Annotated[str, typer.Option(help="raman, mid-ir or nir, where the files do not say.")] = "",
    laser: Annotated[float | None, typer.Option(min=100, max=3000, help="Laser, nm, for Raman over wavelength.")] = None,
    lists: Annotated[list[Path] | None, typer.Option("--list", help="A further list of regulated substances.")] = None,
    together: Annotated[bool, typer.Option(help="The files are readings of one load: weigh them together.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write a report as one HTML file.")] = None,
    bundle: Annotated[Path | None, typer.Option(help="Write files, settings and verdict as a zip to be run again.")] = None,
    rerun: Annotated[Path | None, typer.Option(help="Run a bundle again and compare; no files then.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Name the material of a spectrum, its family, or say that it is unknown or must be measured again.

    Example: limes identify powder.spc --library my-library --declared "sodium chloride"
    """
    from limes.errors import UsageError
    from limes.signals.spectra import BUNDLED
    from limes.signals.spectra.analysis import analyse, analysis_facts
    from limes.signals.spectra.bundle import Settings, write_bundle

    if technique and technique not in _SEARCHED:
        raise UsageError(f"--technique: {technique!r} is not one of {', '.join(_SEARCHED)}")
    if bool(files) == bool(rerun):
        raise UsageError("give spectra, or --rerun with a bundle")
    differs: tuple[str, ...] | None = None
    settings = Settings(declared, technique, math.nan if laser is None else laser)
    if rerun:
        found, differs = _again(rerun, library or BUNDLED)
    else:
        found = analyse(files or [], library or BUNDLED, settings, lists or ())
    if report:
        _write_report(report, found)
    if bundle and files:
        write_bundle(bundle, files, lists or (), settings, analysis_facts(found), _html(found))
    _print(found, differs, together, as_json)
    if differs:
        raise typer.Exit(1)


def _again(bundle: Path, folder: Path) -> tuple[Analysis, tuple[str, ...]]:
    from limes.signals.spectra.analysis import rerun

    return rerun(bundle, folder)


def _html(found: Analysis) -> str:
    from limes.reports.spectra_report import spectra_html

    return spectra_html(found)


def _write_report(path: Path, found: Analysis) -> None:
    from limes.errors import InputError

    try:
        path.write_text(_html(found), encoding="utf-8")
    except OSError as fault:
        raise InputError(path, "", f"cannot be written ({fault.strerror})", "choose another place") from None


def _print(found: Analysis, differs: tuple[str, ...] | None, together: bool, as_json: bool) -> None:
    from limes.signals.spectra.analysis import analysis_facts

    if as_json:
        again = {} if differs is None else {"rerun": {"same": not differs, "differences": list(differs)}}
        typer.echo(json.dumps({**analysis_facts(found), **again}, ensure_ascii=False, indent=1))
        return
    lines = [_text(case.spectrum, case.library, case.answer) for case in found.cases]
    if found.evidence and (together or found.settings.declared):
        lines.append(_evidence_text(found.evidence))
    if differs is not None:
        lines.append(
            "run again: the same" if not differs else "\n".join(["run again: DIFFERENT", *(f"  {d}" for d in differs)])
        )
    typer.echo("\n\n".join(lines))


def _evidence_text(evidence: Evidence) -> str:
    """The table of probabilities before and after, and the advice."""
    lines = [f"all readings as of one load ({', '.join(evidence.techniques)}): probability before and after"]
    for one in evidence.table:
        mark = " (listed)" if one.concern else ""
        lines.append(
            f"  {one.before:9.4%} -> {one.after:8.3%}  {one.material}{mark}, log10 likelihood ratio {one.log10_ratio:+.1f}"
        )
    lines.append(f"  {evidence.unknown[0]:9.4%} -> {evidence.unknown[1]:8.3%}  something in no library")
    lines.append(f"  advice by cost: {evidence.step}: {evidence.reason}")
    return "\n".join(lines)


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
    if answer.foreign:
        share = f"{answer.p_complete:.1%} of known specimens leave as much unexplained"
        lines.append(f"  something here may not be in the library: {share}")
    lines += [_listed_text(one) for one in (*answer.listed, *answer.parts_listed)]
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
