"""The report of a plan: one HTML file with map, reasons, costs, closure before and after, the budget curve and the bound."""

from __future__ import annotations

import io
from collections.abc import Sequence
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from limes.closure.worst import Outcome
from limes.errors import UsageError
from limes.planning.plan import Plan
from limes.planning.work import Key

_INK, _WEAK, _GOOD = "#1b1f24", "#c1121f", "#20576b"
_MARKS = {"post": "s", "tower": "^", "aerostat": "o"}
_LINES = {"wall": "#7a4b1e", "fence": "#b7791f", "fence_sensor": "#b7791f", "fibre": "#4f6f3a"}
_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;color:#1b1f24;max-width:1100px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin-bottom:.2rem}h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #ccd}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:.25rem .5rem;border-bottom:1px solid #e3e6ea}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.big{font-size:2rem;font-weight:600}
.label{background:#fff3c4;border:1px solid #8a6d00;color:#5c4700;padding:.2rem .5rem;font-weight:600}
svg{max-width:100%;height:auto}
.cards{display:flex;gap:2rem;flex-wrap:wrap}.said{border-left:4px solid #c1121f;padding-left:.8rem}
"""


def write_html(plan: Plan, facts: dict[str, Any], fine: dict[str, dict[Key, Outcome]], path: Path) -> None:
    """Write the report; UsageError without matplotlib. It needs nothing but itself to be read."""
    if find_spec("matplotlib") is None:
        raise UsageError('reports need matplotlib: pip install "limes[reports]"')
    parts = [
        _head(plan, facts), "<h2>Map</h2>", _svg(draw_map(plan)), "<h2>Closure by kilometre</h2>", _svg(draw_km(plan, fine)),
        _table_of_cases(facts), "<h2>What, and why</h2>", _bought(facts), "<h2>Cost</h2>", _cost(facts),
        "<h2>Less money, more money</h2>", _svg(draw_sweep(plan)), "<h2>The bound</h2>", _bound(facts),
        "<h2>The weakest ways</h2>", _list(f"{w['place']}: {w['p']:.2f}, {w['why']}" for w in facts["worst_ways"]),
        "<h2>People</h2>", _people(facts), "<h2>Patrols: a week</h2>", _week(facts),
        "<h2>Not considered</h2>", _list(facts["not_considered"]), "<h2>Notices</h2>", _list(facts["notices"]),
    ]  # fmt: skip
    title = escape(f"Plan for {plan.sector.title}")
    page = (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title><style>{_STYLE}</style><body>{''.join(parts)}"
    )
    path.write_text(page + "</body></html>\n", "utf-8")


def _head(plan: Plan, facts: dict[str, Any]) -> str:
    label = '<p class="label">MODELLED TERRAIN</p>' if facts["modelled_terrain"] else ""
    cards = [
        (f"{plan.least:.2f}", "least P(interdict) anywhere, any way, direction and weather planned for"),
        (f"{plan.mean:.2f}", "mean of the worst way through each km"),
        (f"{plan.bound.p:.2f}", "no affordable choice of the candidates exceeds"),
        (f"{facts['spent']['capital'] / 1e6:,.1f} M", "USD to build"),
        (f"{facts['spent']['yearly'] / 1e6:,.1f} M", "USD a year"),
    ]
    boxes = "".join(f'<div><div class="big">{escape(a)}</div>{escape(b)}</div>' for a, b in cards)
    title = f"<h1>Plan for {escape(plan.sector.title)}</h1><p>{escape(facts['local_time'])}</p>"
    return f"{title}{label}<div class=cards>{boxes}</div>"


def _svg(figure: Any) -> str:
    out = io.StringIO()
    from matplotlib import rc_context

    with rc_context({"svg.hashsalt": "limes", "svg.fonttype": "none"}):
        figure.savefig(out, format="svg", metadata={"Date": None})
    text = out.getvalue()
    return text[text.index("<svg") :]


def draw_map(plan: Plan) -> Any:
    """The border, what stands where, and the worst ways."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 5.6))
    axes = figure.add_axes((0.01, 0.01, 0.98, 0.98))
    line, terrain = plan.sector.border, plan.sector.terrain
    step = max(1, terrain.grid.nx // 900)
    west, south, east, north = terrain.grid.bounds
    axes.imshow(terrain.height[::step, ::step], extent=(west, east, south, north), cmap="Greys", alpha=0.35, aspect="equal")
    axes.plot(line.x, line.y, color=_INK, lw=1.2)
    for asset in plan.deployment.assets:
        if asset.line_xy is not None:
            offset = {"fibre": 900.0, "wall": 300.0, "fence": 300.0}.get(asset.family, 300.0)
            nx, ny = plan.sector.border.normal_home(0.5 * ((asset.line_from or 0) + (asset.line_to or 0)), 4000.0)
            axes.plot(asset.line_xy[:, 0] + offset * nx, asset.line_xy[:, 1] + offset * ny, color=_LINES[asset.family], lw=2.2)
        elif asset.family in _MARKS:
            axes.plot([asset.x], [asset.y], _MARKS[asset.family], ms=5.5, mfc=_GOOD, mec="white")
    for way in plan.weak:
        axes.plot(way.x, way.y, color=_WEAK, lw=1.8)
        axes.annotate(f"{way.p:.2f}", (way.x[way.line], way.y[way.line]), color=_WEAK, fontsize=8)
    for point in plan.sector.crossings:
        axes.plot([point.x], [point.y], "D", ms=7, mfc="#ffd166", mec=_INK)
        axes.annotate(point.name, (point.x, point.y), fontsize=7)
    pad = 9000.0
    axes.set(xlim=(line.x.min() - pad, line.x.max() + pad), ylim=(line.y.min() - pad, line.y.max() + pad), xticks=[], yticks=[])
    marks = "squares posts, triangles towers, circles aerostats, diamonds legal crossing points; "
    marks += "brown walls, ochre fences, green fibre; red the weakest ways"
    axes.text(0.01, 0.01, marks, transform=axes.transAxes, fontsize=7)
    return figure


def draw_km(plan: Plan, fine: dict[str, dict[Key, Outcome]]) -> Any:
    """P(interdict) of the worst way through each km: a panel for each way and direction, a line for each deployment."""
    from matplotlib.figure import Figure

    kinds = sorted({key[1:3] for found in fine.values() for key in found})
    figure = Figure(figsize=(11, 1.9 * len(kinds) + 0.3), layout="constrained")
    colours = dict(zip(fine, ("#9aa3ad", _GOOD, "#b7791f"), strict=False))
    for axes, (mode, direction) in zip(np.atleast_1d(figure.subplots(len(kinds), 1, sharex=True)), kinds, strict=True):
        for name, found in fine.items():
            rows = [outcome.p for key, outcome in found.items() if key[1:3] == (mode, direction)]
            least = np.fmin.reduce(rows)
            axes.step(np.arange(least.size) + 0.5, least, where="mid", label=name, color=colours[name], lw=1.6)
        way = "towards" if direction == "in" else "away from"
        axes.set_title(f"{mode} {way} {plan.sector.home}, worst of all weather, aerostats up or down", loc="left", fontsize=9)
        axes.set(ylim=(0, 1))
        axes.grid(alpha=0.25)
    figure.axes[0].legend(fontsize=8, ncols=3, loc="upper right")
    figure.axes[-1].set_xlabel("km")
    return figure


def draw_sweep(plan: Plan) -> Any:
    """What each budget of the sweep reaches: least and mean P(interdict) by money spent, and the bound at the full budget."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.5, 3), layout="constrained")
    axes = figure.subplots()
    points = sorted(plan.sweep, key=lambda point: point.capital)
    money = [point.capital / 1e6 for point in points]
    axes.plot(money, [point.least for point in points], "o-", color=_WEAK, label="least")
    axes.plot(money, [point.mean for point in points], "o-", color=_GOOD, label="mean")
    axes.plot(money, [point.bound for point in points], ":", color=_INK, label="no plan has a greater least")
    axes.set(ylim=(0, 1), xlabel="million USD to build", ylabel="P(interdict)")
    axes.grid(alpha=0.25)
    axes.legend(fontsize=8)
    return figure


def _rows(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], numbers: int) -> str:
    """A table whose last so many columns are numbers."""

    def cells(tag: str, row: tuple[str, ...]) -> str:
        first = len(row) - numbers
        return "".join(f"<{tag}{' class=n' if i >= first else ''}>{escape(v)}</{tag}>" for i, v in enumerate(row))

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f"<table><tr>{cells('th', head)}</tr>{body}</table>"


def _table_of_cases(facts: dict[str, Any]) -> str:
    def pair(figures: dict[str, Any] | None) -> str:
        return "-" if figures is None or figures["mean"] is None else f"{figures['mean']:.2f} ({figures['worst']:.2f})"

    rows = [
        (f"{r['mode']} {r['direction']}", r["weather"], f"aerostats {r['aerostats']}", pair(r["before"]), pair(r["after"]))
        for r in facts["cases"]
    ]
    return _rows(("way", "weather", "", "before: mean (worst)", "after"), rows, 2)


def _money(value: float) -> str:
    return f"{value:,.0f}"


def _bought(facts: dict[str, Any]) -> str:
    rows = []
    for o in sorted(facts["bought"], key=lambda o: (-o["mean_lost_without"], o["what"])):
        loss = f"{o['least_without']:.3f}", f"{o['mean_lost_without']:.4f}"
        rows.append((str(o["what"]), *loss, _money(o["capital"]), _money(o["yearly"]), f"{o['crew']:.1f}"))
    return _rows(("purchase", "least without it", "mean lost without it", "USD", "USD a year", "on duty"), rows, 5)


def _cost(facts: dict[str, Any]) -> str:
    cost, rows = facts["cost"], []
    for o in cost["lines"]:
        count = f"{o['quantity']:,.1f} km" if o["per"] == "km" else f"{o['quantity']:,.0f}"
        rows.append((str(o["title"]), count, _money(o["capital"]["value"]), _money(o["yearly"]["value"]), f"{o['crew']:,.1f}"))
    total, running = cost["capital"], cost["running"]
    rows.append(("all, with people", "", _money(total["value"]), _money(running["value"]), f"{cost['crew']:,.1f}"))
    span = [f"{_money(part['low'])} to {_money(part['high'])}" for part in (total, running)]
    rows.append(("range", "", span[0], span[1], ""))
    return _rows(("what stands", "", "USD to build", "USD a year", "on duty"), rows, 3)


def _bound(facts: dict[str, Any]) -> str:
    bound, least = facts["bound"], facts["p_interdict"]["least"]
    text = (
        f"No affordable choice among the {bound['candidates']} candidates has a least P(interdict) above "
        f"{bound['p_interdict']:.3f} in this model on cells of {facts['cell_m']:g} m; this plan reaches {least:.3f}, so none "
        f"is better by more than {bound['gap']:.3f}. The bound rests on {bound['ways']} limits along ways that stay open "
        "whatever is bought. It is an upper bound, not a promise that such a plan exists."
    )
    return f"<p>{escape(text)}</p>"


def _people(facts: dict[str, Any]) -> str:
    moved, reports = facts["people_moved"], facts["false_reports_per_hour"]
    said = f'<p class="said">{escape(moved["said"])}</p>' if moved else ""
    names = ("rivers", "summits", "mines", "expected") if moved else ()
    rows = [(name, f"{moved['before'][name]:.2f}", f"{moved['after'][name]:.2f}") for name in names]
    table = _rows(("share of crossers on foot over; expected P(interdict)", "before", "after"), rows, 2) if rows else ""
    known = [f"{c['name']}: {', '.join(c['modes'])}, hours {c['open_hours']}" for c in facts["legal_crossings"]]
    places, false = _list(known) or "<p>none</p>", "False and nuisance reports an hour, before tracking"
    return (
        f"{said}{table}<p>{false}: {reports['before']:.0f} before, {reports['after']:.0f} after.</p>"
        f"<p>Legal crossing points, where people may ask for protection; keep the ways to them open and signed:</p>{places}"
    )


def _week(facts: dict[str, Any]) -> str:
    week = facts["patrol_week"]
    if not week:
        return "<p>There are no patrols.</p>"
    rows = [(f"day {i // 3 + 1}, shift {i % 3 + 1}", ", ".join(shift)) for i, shift in enumerate(week["shifts"])]
    text = "Drawn from a seed, each beat walked with its share exactly: randomised and hard to predict. Never post it."
    return f"<p>{escape(text)}</p>" + _rows(("shift", "beats"), rows, 0)


def _list(items: Any) -> str:
    found = "".join(f"<li>{escape(str(item))}</li>" for item in items)
    return f"<ul>{found}</ul>" if found else ""
