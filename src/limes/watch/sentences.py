"""The title of a case and its one sentence, from the facts that its signals left."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from limes.sector import Border
from limes.watch import checkpoint, wording
from limes.watch.cases import Case, time_left

_SPAN = 2000.0


@dataclass(frozen=True)
class Speaker:
    """What it takes to speak of a place in its own time."""

    border: Border
    zone: ZoneInfo
    names: Mapping[str, str]

    def home(self, km: float) -> float:
        """Grid bearing towards home at a km of the line, the bends of 2 km smoothed away."""
        return math.atan2(*self.border.normal_home(1000.0 * km, _SPAN))

    def sensor(self, name: str) -> str:
        """A sensor as people call it: its asset's name and what it is there."""
        asset, _, slot = name.partition("/")
        return f"{self.names.get(asset, asset)} {slot}".strip()


def title(case: Case) -> str:
    """A few words for the queue."""
    return _TITLES[case.kind](case)


def sentence(case: Case, time: float, speaker: Speaker) -> str:
    """What is the matter, where, how sure and how soon; then who saw it, who could have, and what is known of the place."""
    return " ".join(part for part in (_MATTER[case.kind](case, time, speaker), *_support(case, speaker)) if part)


def _support(case: Case, speaker: Speaker) -> list[str]:
    evidence = case.evidence
    parts = []
    seen = [f"{speaker.sensor(row['sensor'])} ({_times(row['hits'])})" for row in evidence.get("seen_by", ())[:3]]
    if seen:
        parts.append(f"Seen by {wording.joined(seen)}.")
    missed = evidence.get("could_have", ())[:2]
    parts += [f"{speaker.sensor(row['sensor'])} could have seen it and did not: {row['why']}." for row in missed]
    nuisance = evidence.get("nuisance_here") or {}
    if nuisance.get("count"):
        why = ", ".join(nuisance["reasons"])
        alerts = "alert" if nuisance["count"] == 1 else "alerts"
        parts.append(f"This place gave {nuisance['count']} nuisance {alerts} in {nuisance['hours']} h ({why}).")
    if case.facts.get("earlier"):
        parts.append(f"Answered before as {case.facts['earlier']}.")
    return parts


def _times(hits: int) -> str:
    return "once" if hits == 1 else f"{hits} times"


def _whereabouts(case: Case, speaker: Speaker) -> str:
    km = case.km or 0.0
    return wording.place(km, case.offset or 0.0, speaker.home(km))


def _approach(case: Case, time: float, speaker: Speaker) -> str:
    if "label" not in case.facts:
        return _stir(case, time, speaker)
    left = time_left(case, time)
    soon = f", at the line in {wording.minutes(left)}" if left else ""
    who, where, how = wording.subject(case.facts), _whereabouts(case, speaker), wording.motion(case.facts)
    return f"{who}, {where}, {how}{soon}{_unseen(case, time)}.{_more(case)}"


def _crossing(case: Case, time: float, speaker: Speaker) -> str:
    if "label" not in case.facts:
        return _stir(case, time, speaker)
    who, where, how = wording.subject(case.facts), _whereabouts(case, speaker), wording.motion(case.facts)
    crossed = {1: "came over the line", -1: "went out over the line"}.get(case.facts["heading"])
    crossed = crossed or ("stirred a sensor at the line" if "stir" in case.facts else "crossed the line")
    return f"{who} {crossed}, now {where}, {how}{_unseen(case, time)}.{_more(case)}"


def _distress(case: Case, time: float, speaker: Speaker) -> str:
    who, where, hardship = wording.subject(case.facts), _whereabouts(case, speaker), case.facts.get("hardship")
    stopped = case.facts.get("stopped_s")
    what = f"has not moved for {round(stopped / 60.0)} min" if stopped else "is large and outdoors"
    return f"{who}, {where}, {what} in {hardship}: may need help{_unseen(case, time)}.{_more(case)}"


def _stir(case: Case, time: float, speaker: Speaker) -> str:
    stir = case.facts["stir"]
    called = sorted(name for name in stir["labels"] if name != "unknown")
    what = f"called {wording.joined(called)}" if called else "cause unknown"
    along = f" along {wording.distance(stir['span_m'])}" if stir["span_m"] >= 200 else ""
    ago = wording.minutes((0.0, max(time - stir["last"], 0.0)))
    count = sum(stir["sensors"].values())
    reports = "1 report" if count == 1 else f"{count} reports"
    return f"{_where_stirred(case)}{along}: {reports} of sensors on fence and ground, {what}, last one {ago} ago."


def _where_stirred(case: Case) -> str:
    return f"Something at the line at km {case.km:.1f}"


def _silence(case: Case, time: float, speaker: Speaker) -> str:
    since = wording.clock(case.facts["since"], speaker.zone)
    back = case.facts.get("back")
    if back:
        return f"{_who(case)} said nothing from {since} to {wording.clock(back, speaker.zone)} and is back."
    part = [speaker.sensor(name) for names in case.facts["sensors"].values() for name in names]
    who = f"{wording.joined(part)}" if part else _who(case)
    return f"{who} has said nothing since {since}.{_blind(case)}"


def _gap(case: Case, time: float, speaker: Speaker) -> str:
    since, states = wording.clock(case.facts["since"], speaker.zone), sorted(set(case.facts["states"].values()))
    words = {"recovering": "coming down", "grounded": "on the ground", "down": "out of order", "silent": "silent"}
    what = wording.joined([words.get(state, state) for state in states])
    back = case.facts.get("back")
    if back:
        return f"{_who(case)} {_were(case)} lost from {since} to {wording.clock(back, speaker.zone)} and {_are(case)} back."
    return f"{_who(case)} {_are(case)} {what} since {since}.{_blind(case)}"


def _recall(case: Case, time: float, speaker: Speaker) -> str:
    how = {"forecast": "forecast", "trend": "by the trend of the last hour"}[case.facts["how"]]
    limit = wording.minutes(case.facts["limit_in"])
    left = time_left(case, time) or (0.0, 0.0)
    order = "Call it down now." if left[1] < 60.0 else f"Call it down within {wording.minutes(left)}."
    fill = case.facts.get("fill") or []
    near = f" Nearest to fill: {wording.joined(fill)}." if fill and case.facts["dark"] else ""
    return f"Wind passes the limit of {_who(case)} in {limit} ({how}). {order}{_blind(case, 'goes', 'go')}{near}"


def _flood(case: Case, time: float, speaker: Speaker) -> str:
    count, kinds = case.facts.get("count", 0), case.facts.get("kinds", {})
    listed = wording.joined([f"{number} {kind}" for kind, number in kinds.items()])
    where = case.facts.get("km_range")
    along = f", km {where[0]:.1f} to {where[1]:.1f}" if where else ""
    state = "More alerts came than one person can take in" if "over" not in case.facts else "The flood is over"
    held = f": {count} are held here ({listed}{along})" if count else ""
    return f"{state}{held}. Rescue and high alerts show by themselves."


def _unseen(case: Case, time: float) -> str:
    """Says so when a track has not been in the picture for a while."""
    age = time - case.heard
    return f"; not seen for {round(age / 60.0)} min" if age >= 60.0 else ""


def _more(case: Case) -> str:
    live = case.facts.get("live", 1)
    return f" {live} tracks together." if live > 1 else ""


def _who(case: Case) -> str:
    names = [name for _, name in case.facts["assets"]]
    if len(names) > 4:
        return f"{names[0]} and {len(names) - 1} others"
    return wording.joined(names)


def _are(case: Case) -> str:
    return "is" if len(case.facts["assets"]) == 1 else "are"


def _were(case: Case) -> str:
    return "was" if len(case.facts["assets"]) == 1 else "were"


def _blind(case: Case, one: str = "is", many: str = "are") -> str:
    dark = case.facts.get("dark") or []
    if not dark:
        return " No km goes blind without it." if one == "goes" else " No km is blind without it."
    verb = one if len(dark) == 1 and dark[0][1] - dark[0][0] == 1 else many
    return f" {wording.stretches(dark).capitalize()} {verb} blind without it."


_Matter = Callable[[Case, float, Speaker], str]
_MATTER: Mapping[str, _Matter] = {
    "approach": _approach,
    "crossing": _crossing,
    "distress": _distress,
    "silence": _silence,
    "gap": _gap,
    "recall": _recall,
    "flood": _flood,
    "checkpoint": lambda case, time, speaker: checkpoint.sentence(case),
}

_TITLES: Mapping[str, Callable[[Case], str]] = {
    "approach": lambda case: wording.subject(case.facts) if "label" in case.facts else "Stir at the line",
    "crossing": lambda case: f"{wording.subject(case.facts)}, crossed" if "label" in case.facts else "Stir at the line",
    "distress": lambda case: f"{wording.subject(case.facts)} may need help",
    "silence": lambda case: f"{_who(case)} silent",
    "gap": lambda case: f"{_who(case)} lost",
    "recall": lambda case: f"Wind: recall {_who(case)}",
    "flood": lambda case: "Flood of alerts",
    "checkpoint": checkpoint.title,
}
