"""A closure study in words, line by line, from its summary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from limes.closure.ways import minutes

Facts = dict[str, Any]


def lines(facts: Facts, home: str) -> Iterator[str]:
    """The report as lines of text."""
    label = "  MODELLED TERRAIN" if facts["modelled_terrain"] else ""
    yield f"closure of {facts['deployment']} in {facts['sector']}, {facts['local_time']}{label}"
    if facts["out_of_order"]:
        yield f"out of order: {', '.join(facts['out_of_order'])}"
    if facts["kept_from_working_by_weather"]:
        yield f"kept from working by the weather: {', '.join(facts['kept_from_working_by_weather'])}"
    yield from _figures(facts["p_interdict"], home)
    yield from _assumptions(facts)
    yield from _ways(facts, home)
    yield from _deeper(facts)
    rate = facts["effectiveness_rate"]
    yield (
        f"effectiveness rate {_figure(rate['rate'])} beside P(interdict) {_figure(rate['p_interdict'])} of all: "
        f"it {rate['why_not_alone']}"
    )
    yield f"not in it: {'; '.join(facts['not_in_it'])}"


def _figure(value: float | None, digits: int = 2) -> str:
    """A number, or a dash where there is none."""
    return "-" if value is None else f"{value:.{digits}f}"


def _figures(rows: list[Facts], home: str) -> Iterator[str]:
    """P(interdict) as a table: mean over the km and the worst km, aerostats up and down."""
    yield "P(interdict) of the worst way through each km: mean, and the worst km"
    known = {(row["aerostats"], row["mode"], row["direction"]): row for row in rows}
    down = any(row["aerostats"] == "down" for row in rows)
    yield f"  {'':9}{'towards ' + home:>28}{'away':>28}"
    for state in ("up", "down") if down else ("up",):
        for mode in ("foot", "vehicle", "tunnel", "drone"):
            cells = [_cell(known.get((state, mode, direction))) for direction in ("in", "out")]
            yield f"  {mode:9}{cells[0]:>28}{cells[1]:>28}{'   aerostats ' + state if down else ''}"


def _cell(row: Facts | None) -> str:
    if row is None:
        return "-"
    if row["mean"] is None:
        return "no way"
    return f"{row['mean']:.2f}, {row['worst']:.2f} at km {row['worst_km']}"


def _assumptions(facts: Facts) -> Iterator[str]:
    a, crews = facts["assumptions"], facts["crews"]
    yield (
        f"from {a['approach'] / 1000:g} km before the line to {a['depth'] / 1000:g} km behind it; {a['assess']:.0f} s to "
        f"assess and order; {a['p_act']:.0%} of detections answered"
    )
    short = f", manned {a['manning']:.0%}" if a["manning"] < 1.0 else ""
    yield (
        f"crews: {crews['available']:g} of {crews['deployed']} available at a moment{short}; {crews['people_on_duty']} people "
        f"on duty take {crews['people_on_the_roll']} on the roll (leave, training, sickness, shifts)"
    )
    for point in facts["crossing_points"]:
        for direction, way in (("in", "inward"), ("out", "outward")):
            told = [
                f"{one['contraband']} {one['p_found']:.2f} (in {one['reply']})"
                for one in point["hidden"]
                if one["direction"] == direction
            ]
            yield f"hidden at {point['name']}, {way}: P(found) at least {', '.join(told)}; 30 vehicles an hour"


def _ways(facts: Facts, home: str) -> Iterator[str]:
    told = facts["in_depth"]
    yield f"worst ways, {told['mode']}, {'towards' if told['direction'] == 'in' else 'away from'} {home}:"
    for number, way in enumerate(facts["worst_ways"], 1):
        yield f"  {number}. {way['place']}: P(interdict) {way['p_interdict']:.2f}"
        yield f"     {way['why']}"
        yield f"     {_time_line(way)}"
        if "repair" in way:
            yield f"     {_repair(way['repair'])}"
    yield "worst way of each other:"
    for way in facts["worst_of_the_others"]:
        yield f"  {way['mode']} {way['direction']}, {way['place']}: {way['p_interdict']:.2f}; {way['why']}"


def _time_line(way: Facts) -> str:
    times = way["time_line_s"]
    held = f", {minutes(way['barrier_delay_s'])} at {', '.join(way['barriers'])}" if way["barriers"] else ", no barrier"
    last = times["last_timely_point"]
    point = "no point leaves time" if last is None else f"last timely point after {minutes(last)}"
    return f"line after {minutes(times['at_the_line'])}{held}; {point}; through after {minutes(times['at_the_goal'])}"


def _repair(repair: Facts) -> str:
    return (
        f"cheapest repair: {repair['what']}, {repair['capital'] / 1e3:,.0f} k USD and {repair['yearly'] / 1e3:,.0f} k a year: "
        f"{repair['before']:.2f} to {repair['after']:.2f} here; the worst way then has {repair['moved_to']:.2f}"
    )


def _deeper(facts: Facts) -> Iterator[str]:
    if "contributions" not in facts:
        return
    yield "what each part contributes to the mean (Shapley +- s.e.; lost when it alone is taken away: mean, worst km):"
    for row in facts["contributions"][:12]:
        lone = f"{_figure(row['removal'], 3)}, {_figure(row['worst'], 3)}"
        yield f"  {row['name']:20} {_figure(row['shapley'], 3)} +- {_figure(row['error'], 3)}   {lone}"
    yield "losses: mean, worst"
    for row in facts["losses"]:
        yield f"  {row['name']:16} {_figure(row['mean'])}, {_figure(row['worst'])}   {row['what']}"
    draws = facts["ordinary_failures"]
    mean, worst, least = (_figure(draws[name]) for name in ("mean", "worst", "least"))
    yield f"  ordinary failures: mean {mean}, worst km {worst} on average, {least} at least ({draws['runs']} draws)"
    yield "what it hangs on (mean at low, at high):"
    for row in facts["sensitivity"]["swings"]:
        yield f"  {row['name']:26} {_figure(row['at_low'])}, {_figure(row['at_high'])}"
    coarse, fine = facts["discretisation"]
    yield (
        f"halving the cell from {coarse['cell_m']:g} to {fine['cell_m']:g} m: mean {_figure(coarse['mean'], 3)} to "
        f"{_figure(fine['mean'], 3)}, worst {_figure(coarse['worst'], 3)} to {_figure(fine['worst'], 3)}"
    )
