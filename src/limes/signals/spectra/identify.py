"""Name the material of a spectrum, its family, or say why neither can be said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from limes.errors import InputError
from limes.signals.spectra.calibrate import LEAD_WEIGHT, STRANGERS_NAMED, Calibration
from limes.signals.spectra.evidence import Reading, reading
from limes.signals.spectra.explain import Explanation, explain_values
from limes.signals.spectra.families import family_of
from limes.signals.spectra.library import Library
from limes.signals.spectra.quality import Quality, gate
from limes.signals.spectra.regulated import Entry, RegulatedList, plain_name
from limes.signals.spectra.search import CROWD_WEIGHT, Hit, best_hits, closeness, distinction, per_material
from limes.signals.spectra.spectrum import Floats, Spectrum
from limes.signals.spectra.views import GRIDS, on_grid, views

VERDICTS = ("material", "family", "unknown", "not enough signal", "measure again")
"""What an answer can be."""

FOREIGN = 0.05
"""p-value from which on something is said not to be in the library."""

LEAST_PART, LEAST_RATIO = 0.08, 3.0
"""Lower end of the share and log10 likelihood ratio from which on a listed component of a mixture is reported."""

UNCALIBRATED_THRESHOLD, UNCALIBRATED_DOUBT = 0.9, 0.95
"""Score to be named and doubt to be left out where a library is too small to say what its scores are worth."""

_SEARCHED = 50


@dataclass(frozen=True)
class Listed:
    """A material of the answer that a list of regulated substances names."""

    material: str
    entry: Entry


@dataclass(frozen=True)
class NextStep:
    """What to do next, one of `STEPS`, and why, in a sentence."""

    step: str
    reason: str


@dataclass(frozen=True)
class Answer:
    """What one spectrum says: a verdict with its reason, the best candidates, and the set that the verdict rests on.

    `verdict` is one of `VERDICTS`, `name` the material or family, `reason` a sentence for people; `next_step` what to do.
    `explanation` is the spectrum over the best mixture of library materials with its residual and `reading` the likelihood
    ratios of all materials, for `weigh`; both None where nothing was searched.
    `p_stranger` is the p-value of "this is not in the library", nan where the library is uncalibrated or nothing was
    searched. `parts_listed` are components of the explanation, beside the answer, that a list
    names. `p_complete` is that of "nothing here is foreign to the library", nan where it is
    unknown. `declared` is empty or one of "yes", "possible", "no", "cannot say", with `declared_reason`.
    """

    verdict: str
    name: str
    reason: str
    quality: Quality
    candidates: tuple[Hit, ...]
    answer: tuple[Hit, ...]
    p_stranger: float
    calibrated: bool
    listed: tuple[Listed, ...]
    next_step: NextStep
    explanation: Explanation | None
    reading: Reading | None
    declared: str = ""
    declared_reason: str = ""
    p_complete: float = float("nan")
    parts_listed: tuple[Listed, ...] = ()

    @property
    def foreign(self) -> bool:
        """Whether something here is not in the library: fewer known specimens leave as much than one in twenty."""
        return self.p_complete <= FOREIGN


def identify(
    spectrum: Spectrum, library: Library, calibration: Calibration, lists: Sequence[RegulatedList] = (), declared: str = ""
) -> Answer:
    """Judge the quality of a spectrum, search the library of its technique and say what the scores allow.

    A list entry is reported only for materials of the answer, never for a candidate below the threshold. InputError for
    a technique that is not searched or not the library's.
    """
    if spectrum.technique not in GRIDS or spectrum.technique != library.technique:
        problem = f"is {spectrum.technique}, the library {library.technique}"
        raise InputError(spectrum.file, "technique", problem, "give a library of the same technique")
    quality = gate(spectrum)
    if not quality.good:
        verdict = "measure again" if quality.again else "not enough signal"
        reason = "; ".join(filter(None, (*quality.again, quality.too_little)))
        said = _declared(declared, (), library, verdict)
        return Answer(verdict, "", reason, quality, (), (), float("nan"), False, (), _again(quality), None, None, *said)
    values, first, end = on_grid(spectrum)
    found = closeness(library, views(values, first, end, library.technique), first, end)
    hits = best_hits(library, found, calibration.crowd, calibration.sharpness, _SEARCHED)
    far = _stands_out(library, found, hits)
    ranked = per_material(library, found - CROWD_WEIGHT * calibration.crowd)
    said_by = reading(library.technique, library.materials, ranked, far, calibration) if hits else None
    chosen = answer_set(hits, far, calibration)
    verdict, name, reason = _verdict(hits, far, chosen, calibration)
    listed = tuple(Listed(hit.material, entry) for hit in chosen for one in lists if (entry := one.find(hit.material)))
    said = _declared(declared, chosen, library, verdict)
    calibrated = calibration.threshold == calibration.threshold
    step = _next_step(verdict, listed, said[0])
    known = calibration.p_stranger(far)
    made_of = explain_values(library, values, first, end)
    judged = Answer(verdict, name, reason, quality, hits[:5], chosen, known, calibrated, listed, step, made_of, said_by, *said)
    parts = _parts_listed(made_of, listed, lists)
    step = _next_step(verdict, (*listed, *parts), said[0])
    return replace(judged, p_complete=calibration.p_complete(made_of.unexplained), parts_listed=parts, next_step=step)


def _parts_listed(made_of: Explanation, listed: Sequence[Listed], lists: Sequence[RegulatedList]) -> tuple[Listed, ...]:
    """Sure components of a mixture that a list names and the answer does not."""
    named = {one.material for one in listed}
    sure = [c for c in made_of.components if c.low >= LEAST_PART and c.log10_ratio >= LEAST_RATIO and c.material not in named]
    if len(made_of.components) < 2:
        return ()
    return tuple(Listed(c.material, entry) for c in sure for one in lists if (entry := one.find(c.material)))


def _stands_out(library: Library, found: Floats, hits: Sequence[Hit]) -> float:
    """How far the best material stands out, -inf where there is none."""
    if not hits:
        return -np.inf
    return distinction(library, found, int(library.index[hits[0].row]), LEAD_WEIGHT[library.technique])


def _again(quality: Quality) -> NextStep:
    """The cure for a measurement that cannot be searched."""
    if quality.again:
        return NextStep("measure again", "with shorter exposure; repeat once more if a spike remains")
    return NextStep("measure again", "with longer exposure or more sample, or with the other instrument")


def _next_step(verdict: str, listed: Sequence[Listed], declared: str) -> NextStep:
    """What follows from one reading: never a finding, so what is listed or unlike its papers asks for a second method."""
    if listed:
        return NextStep("second method", f"{listed[0].entry.name} is on a list, and one reading is no finding")
    if declared == "no":
        return NextStep("second method", "the reading is not that of the declared goods")
    if verdict == "unknown":
        return NextStep("second method", "nothing in the library resembles it enough")
    if verdict == "family" and declared != "possible":
        return NextStep("second method", "this reading cannot tell these materials apart")
    return NextStep("release", "nothing listed" + (", and consistent with the declared goods" if declared else " was found"))


def answer_set(hits: Sequence[Hit], far: float, calibration: Calibration) -> tuple[Hit, ...]:
    """The hits that the likeness cannot tell apart, or none where the best one may well be a stranger.

    `far` is how far the best material stands out. Between the thresholds for a family and for a material the answer is what
    the library has of the family.
    """
    if not hits:
        return ()
    if _named(hits[0], far, calibration):
        most = calibration.most_doubt if calibration.most_doubt == calibration.most_doubt else UNCALIBRATED_DOUBT
        return tuple(hit for k, hit in enumerate(hits) if k == 0 or 1.0 - hit.probability <= most)
    best = hits[0]
    if best.family and far > calibration.family_threshold:
        return tuple(hit for hit in hits if hit.family == best.family and hit.probability >= 1.0 - UNCALIBRATED_DOUBT)
    return ()


def _named(best: Hit, far: float, calibration: Calibration) -> bool:
    """Whether the best hit may be named: it stands out as few strangers do, or is alike enough where nothing is known."""
    if calibration.threshold == calibration.threshold:
        return far > calibration.threshold
    return best.score > UNCALIBRATED_THRESHOLD


def _verdict(hits: Sequence[Hit], far: float, chosen: Sequence[Hit], calibration: Calibration) -> tuple[str, str, str]:
    """Verdict, name and reason of what was searched."""
    if not hits:
        return "unknown", "", "no spectrum of the library covers enough of the same range"
    best = f"the nearest, {hits[0].material}, scores {hits[0].score:.3f}"
    strangers = (
        f"{calibration.p_stranger(far):.1%} of strangers stand out as much, a name takes less than {STRANGERS_NAMED:.0%}"
    )
    why = f"{best}; {strangers}" if calibration.threshold == calibration.threshold else best
    if not chosen:
        return "unknown", "", why
    if not _named(hits[0], far, calibration):
        return "family", chosen[0].family, f"{why}, but few of strange families do"
    if len(chosen) == 1:
        return "material", chosen[0].material, f"scores {chosen[0].score:.3f}, and no other material comes near"
    families = {hit.family for hit in chosen}
    if len(families) == 1 and "" not in families:
        family = chosen[0].family
        return "family", family, f"{len(chosen)} materials of this family cannot be told apart here"
    names = ", ".join(hit.material for hit in chosen[:4])
    more = f" and {len(chosen) - 4} more" if len(chosen) > 4 else ""
    return "family", f"one of {len(chosen)} look-alikes", f"cannot tell apart: {names}{more}"


def _declared(declared: str, chosen: Sequence[Hit], library: Library, verdict: str) -> tuple[str, str]:
    """Whether the answer is consistent with the declared goods, and why."""
    if not declared:
        return "", ""
    if verdict in ("not enough signal", "measure again"):
        return "cannot say", "the spectrum was not searched"
    wanted, family = plain_name(declared), family_of(declared)
    if wanted in {plain_name(hit.material) for hit in chosen}:
        if verdict == "material":
            return "yes", "the spectrum is that of the declared goods"
        return "possible", "the declared goods are among the materials that cannot be told apart"
    if wanted not in {plain_name(name) for name in library.materials}:
        return "cannot say", f"the library has no spectrum of {declared}"
    if verdict == "unknown":
        return "cannot say", "the spectrum resembles nothing in the library well enough, the declared goods included"
    if family and {hit.family for hit in chosen} == {family}:
        return "no", "the same family, but other materials of it resemble the spectrum more"
    return "no", "other materials resemble the spectrum more"
