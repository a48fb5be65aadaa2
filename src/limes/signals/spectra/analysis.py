"""One whole analysis: files read, searched, explained and weighed; what `limes identify` does, and does again from a bundle."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from limes.errors import InputError
from limes.signals.spectra.bundle import Settings, differences, read_bundle
from limes.signals.spectra.calibrate import Calibration, calibration_of
from limes.signals.spectra.evidence import Evidence, weigh
from limes.signals.spectra.facts import evidence_facts, facts
from limes.signals.spectra.identify import Answer, identify
from limes.signals.spectra.library import BUNDLED, Library, load_libraries
from limes.signals.spectra.read import read_spectra
from limes.signals.spectra.regulated import RegulatedList, eu_precursors, read_list
from limes.signals.spectra.spectrum import Spectrum
from limes.signals.spectra.views import GRIDS


@dataclass(frozen=True, eq=False)
class Case:
    """One spectrum with what it was searched in and what came out."""

    spectrum: Spectrum
    library: Library
    calibration: Calibration
    answer: Answer


@dataclass(frozen=True, eq=False)
class Analysis:
    """All spectra of a request, the lists, and the evidence of all readings, as if of one load; None where nothing was read."""

    cases: tuple[Case, ...]
    lists: tuple[RegulatedList, ...]
    settings: Settings
    evidence: Evidence | None


def analyse(
    files: Sequence[Path], folder: Path = BUNDLED, settings: Settings | None = None, lists: Sequence[Path] = ()
) -> Analysis:
    """Read files and name what they show by the libraries of a folder; the EU list and further `lists` are looked up.

    InputError with file, field and cure for files, libraries or lists that cannot be used.
    """
    asked = settings or Settings()
    spectra = [one for file in files for one in read_spectra(file, asked.technique, asked.laser_nm)]
    known = (eu_precursors(), *map(read_list, lists))
    kinds = {one.technique for one in spectra}
    held = {one.technique: one for one in load_libraries(folder, asked.technique, kinds)}
    worth: dict[str, Calibration] = {}
    cases = []
    for spectrum in spectra:
        kind = spectrum.technique
        _searchable(spectrum, held, folder)
        worth[kind] = worth.get(kind) or calibration_of(held[kind], folder)
        answer = identify(spectrum, held[kind], worth[kind], known, asked.declared)
        cases.append(Case(spectrum, held[kind], worth[kind], answer))
    readings = [case.answer.reading for case in cases if case.answer.reading is not None]
    evidence = weigh(readings, known, asked.declared) if readings else None
    parts = [one.entry.name for case in cases for one in case.answer.parts_listed]
    if evidence and parts and evidence.step == "release":
        why = f"{parts[0]} is on a list and may be a part of it; one method is no finding"
        evidence = replace(evidence, step="second method", reason=why, hazard="possible")
    return Analysis(tuple(cases), known, asked, evidence)


def _searchable(spectrum: Spectrum, held: dict[str, Library], folder: Path) -> None:
    kind = spectrum.technique
    if kind not in GRIDS:
        cure = "give a Raman, mid-IR or NIR spectrum"
        raise InputError(spectrum.file, "technique", f"is {kind}, which names no material", cure)
    if kind not in held:
        where = "the bundled library" if folder == BUNDLED else str(folder)
        problem = f"is {kind}; {where} holds no {kind} spectra"
        raise InputError(spectrum.file, "technique", problem, "give --library a folder with such reference spectra")


def analysis_facts(analysis: Analysis) -> dict[str, Any]:
    """All that an analysis rests on and says, ready for JSON."""
    lists = [{"list": one.title, "version": one.version, "source": one.source} for one in analysis.lists]
    spectra = [facts(case.spectrum, case.library, case.answer) for case in analysis.cases]
    return {"lists": lists, "spectra": spectra, "evidence": evidence_facts(analysis.evidence) if analysis.evidence else None}


def rerun(bundle: Path, folder: Path = BUNDLED) -> tuple[Analysis, tuple[str, ...]]:
    """Analyse the files of a bundle again, and say in words what differs from what was found then; nothing, if all is well.

    InputError for a bundle that is damaged or was changed, or that no library of the folder can be searched for.
    """
    held = read_bundle(bundle)
    with tempfile.TemporaryDirectory() as place:
        for kind, members in (("raw", held.raw), ("lists", held.lists)):
            (Path(place) / kind).mkdir()
            for name, data in members.items():
                (Path(place) / kind / name).write_bytes(data)
        order = [str(one.get("file", "")) for one in held.facts.get("spectra", []) if isinstance(one, dict)]
        names = [name for name in dict.fromkeys(order) if name in held.raw]
        lists = [Path(place) / "lists" / name for name in held.lists]
        found = analyse([Path(place) / "raw" / name for name in names], folder, held.settings, lists)
    if not names:
        raise InputError(bundle, "facts", "name no file of the bundle", "ask for the original bundle")
    now = analysis_facts(found)
    said = differences(held.facts, now)
    made = f"made by Limes {held.limes}, run again by {_version(now)}"
    return found, (*said, made) if said and held.limes != _version(now) else said


def _version(now: dict[str, Any]) -> str:
    return str(now["spectra"][0]["limes"]) if now["spectra"] else ""


def error_rates(calibration: Calibration) -> tuple[str, ...]:
    """The error rates that a calibration can state, in sentences."""
    if math.isnan(calibration.threshold):
        return ("The library is too small to state an error rate.",)
    said = [f"Of materials that the library lacks, at most 5 % are named ({calibration.strangers.size} spectra held out)."]
    if math.isfinite(calibration.most_doubt):
        said.append(f"The answer misses the right material in at most 5 % of cases ({calibration.doubt.size} held out).")
    else:
        said.append("Too few materials have two specimens to state how often the answer misses the right one.")
    return tuple(said)
