"""Mixtures: two materials made from specimens that the library lacks, a nitrate in cargo, and really measured mixtures."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import numpy as np
from scipy.ndimage import gaussian_filter1d

from limes.seeds import generator
from limes.signals.spectra import Library, Row, Spectrum, build, gate
from limes.signals.spectra.explain import asks_for, explain_values, rank_pairs
from limes.signals.spectra.mixture import parts, pose
from limes.signals.spectra.regulated import plain_name
from limes.signals.spectra.scales import band_area
from limes.signals.spectra.views import on_grid

Entry = tuple[Row, Spectrum]

NITRATE = ("sodiumnitrate", "nitratine")
"""Plain names of the substance that is injected."""


def figures(entries: list[Entry], queries: list[Entry], measured: list[Entry], own: bool) -> list[dict[str, object]]:
    """The lines of one technique."""
    technique = entries[0][1].technique
    if technique == "nir":
        return [fractions(build("nir", entries), [one for one in measured if one[1].technique == "nir"])] if measured else []
    lines = [pairs(entries, queries, share, own) for share in (0.5, 0.3, 0.2, 0.1)]
    lines += [pairs(entries, entries, share, own, strain=True) for share in (0.5, 0.2)]
    lines = [line for line in lines if line["made_mixtures"]]
    return lines + ([nitrate(entries, queries, own)] if technique == "mid-ir" and _holds_nitrate(entries, queries) else [])


def _holds_nitrate(entries: list[Entry], queries: list[Entry]) -> bool:
    """Whether library and queries both have the nitrate."""
    return all(any(plain_name(row.material) in NITRATE for row, _ in some) for some in (entries, queries))


def strained(spectrum: Spectrum, seed: str) -> Spectrum:
    """A spectrum as another instrument might show it: its axis 2 cm-1 off, bands up to 8 cm-1 wider, tilted by a fifth."""
    rng, x = generator(12, seed), spectrum.x
    even = np.arange(x[0], x[-1], 1.0)
    wide = gaussian_filter1d(np.interp(even, x, spectrum.y), rng.uniform(0.5, 3.5), mode="nearest")
    y = np.interp(x + rng.uniform(-2, 2), even, wide) * (1 + rng.uniform(-0.2, 0.2) * np.linspace(-1, 1, x.size))
    return replace(spectrum, y=y)


def _unit(spectrum: Spectrum) -> tuple[np.ndarray, int, int]:
    values, first, end = on_grid(spectrum)
    return values / band_area(values[first:end], spectrum.technique), first, end


def mixed(parts: list[Entry], shares: list[float], snr: float, fluorescence: float, seed: str) -> tuple[np.ndarray, int, int]:
    """Shares of the band areas added, with noise and one broad bump of background: gridded values and their cells."""
    rng = generator(11, seed)
    units = [_unit(spectrum) for _, spectrum in parts]
    first, end = max(one[1] for one in units), min(one[2] for one in units)
    values = np.zeros(units[0][0].size)
    values[first:end] = sum(share * one[0][first:end] for share, one in zip(shares, units, strict=True))
    top, place = float(np.ptp(values[first:end])), np.linspace(0, 1, end - first)
    bump = np.exp(-(((place - rng.uniform()) / rng.uniform(0.4, 1.0)) ** 2))
    values[first:end] += fluorescence * top * rng.uniform(0.1, 0.6) * bump + rng.normal(0, top / snr, end - first)
    return values, first, end


def pairs(
    entries: list[Entry], queries: list[Entry], share: float, own: bool, most: int = 150, strain: bool = False
) -> dict[str, object]:
    """How often both materials of a mixture are among the three most probable, their specimens held out.

    With `strain` the parts are materials of a single specimen, strained instead: how another instrument might see the
    library's own samples, a bound that new samples do not reach.
    """
    library = build(entries[0][1].technique, entries)
    rng, names = generator(5, f"pairs {library.technique}"), np.array([row.material for row in library.rows])
    specimens = np.array([row.specimen for row in library.rows])
    single = [(names == row.material).any() and _only(names, specimens, row, own or strain) for row, _ in queries]
    usable = [one for one, alone in zip(queries, single, strict=True) if alone == strain and one[0].material in names]
    both, minor, times = [], [], [0.0]
    for k in range(most if len(usable) > 1 else 0):
        i, j = rng.choice(len(usable), 2, replace=False)
        parts = [(row, strained(one, f"pair {k} {row.material}") if strain else one) for row, one in (usable[i], usable[j])]
        spans = [_unit(spectrum)[1:] for _, spectrum in parts]
        shared = min(s[1] for s in spans) - max(s[0] for s in spans)
        if parts[0][0].material == parts[1][0].material or shared < 0.6 * max(s[1] - s[0] for s in spans):
            continue
        values, first, end = mixed(parts, [1 - share, share], 50.0, 1.0, f"pair {k}")
        start = time.perf_counter()
        hidden = np.isin(specimens, [row.specimen for row, _ in parts]) if own and not strain else np.zeros(names.size, bool)
        ranked = rank_pairs(pose(library, values, first, end, hidden), library, 3)
        times.append(1e3 * (time.perf_counter() - start))
        found = [row.material in ranked for row, _ in parts]
        both.append(all(found))
        minor.append(found[1])
    return {
        "technique": library.technique,
        "made_mixtures": len(both),
        "parts": "strained library spectra" if strain else "specimens that the library lacks",
        "minor_share": share,
        "both_in_top3": round(float(np.mean(both or [0])), 3),
        "minor_in_top3": round(float(np.mean(minor or [0])), 3),
        "ms_median": round(float(np.median(times)), 1),
    }


def _only(names: np.ndarray, specimens: np.ndarray, row: Row, own: bool) -> bool:
    """Whether the library has no other specimen of a query's material."""
    return own and not ((names == row.material) & (specimens != row.specimen)).any()


def nitrate(entries: list[Entry], queries: list[Entry], own: bool) -> dict[str, object]:
    """Injection: a nitrate added to cargo whose specimen the library lacks; the threshold passes 1 % without nitrate."""
    library = build("mid-ir", entries)
    names, specimens = np.array([row.material for row in library.rows]), np.array([row.specimen for row in library.rows])
    salts = [one for one in queries if plain_name(one[0].material) in NITRATE]
    cargo = [one for one in queries if plain_name(one[0].material) not in NITRATE and _wide(one[1]) and gate(one[1]).good]
    place = {name: k for k, name in enumerate(library.materials)}
    target = next(k for name, k in place.items() if plain_name(name) in NITRATE)

    def strength(parts: list[Entry], shares: list[float], seed: str) -> float:
        values, first, end = mixed(parts, shares, 100.0, 0.0, seed)
        hidden = np.isin(specimens, [parts[0][0].specimen]) if own else np.zeros(names.size, bool)
        return asks_for(pose(library, values, first, end, hidden), library, target)

    rng = generator(6, "nitrate")
    without = [strength([one], [1.0], f"cargo {k}") for k, one in enumerate(cargo)]
    limit = float(np.quantile(without, 0.99))
    chosen = [cargo[k] for k in rng.choice(len(cargo), min(120, len(cargo)), replace=False)]
    line: dict[str, object] = {"technique": "mid-ir", "injected": "sodium nitrate", "cargo_without": len(without), "pfa": 0.01}
    for share in (0.5, 0.3, 0.2, 0.1, 0.05):
        found = [strength([one, _salt(salts, k, own)], [1 - share, share], f"{share} {k}") for k, one in enumerate(chosen)]
        line[f"pd_at_{share:g}"] = round(float(np.mean(np.array(found) > limit)), 3)
    line["salt_strained_from_its_own_specimen"] = own
    return line


def _wide(spectrum: Spectrum) -> bool:
    """Whether a spectrum covers the bands of nitrate at all (some end at 700 cm-1)."""
    return bool(spectrum.x[0] < 800 and spectrum.x[-1] > 1600)


def _salt(salts: list[Entry], k: int, own: bool) -> Entry:
    """One of the nitrate's spectra; strained where the library holds the very same one."""
    row, spectrum = salts[k % len(salts)]
    return (row, strained(spectrum, f"salt {k}")) if own else (row, spectrum)


def fractions(library: Library, measured: list[Entry]) -> dict[str, object]:
    """Mean absolute error of the parts of really measured mixtures, their materials given (the mixing) and found (all)."""
    given, found, hits, total = [], [], 0, 0
    for row, spectrum in measured:
        truth = stated(row.material, library)
        if not truth:
            continue
        values, first, end = on_grid(spectrum)
        posed = pose(library, values, first, end)
        index = [library.materials.index(name) for name in truth]
        groups = [np.flatnonzero((library.index == k) & posed.usable) for k in index]
        if all(group.size for group in groups):
            given += np.abs(parts(posed, groups) - list(truth.values())).tolist()
        free = _parts(explain_values(library, values, first, end))
        found += [abs(free.get(name, 0.0) - part) for name, part in truth.items()]
        hits, total = hits + sum(name in free for name in truth), total + len(truth)
    return {
        "technique": library.technique,
        "measured_mixtures_with_stated_parts": sum(1 for row, _ in measured if stated(row.material, library)),
        "mean_abs_error_materials_given": round(float(np.mean(given)), 3) if given else None,
        "mean_abs_error_materials_found": round(float(np.mean(found)), 3) if found else None,
        "materials_found": f"{hits} of {total}",
    }


def _parts(explanation: object) -> dict[str, float]:
    parts: dict[str, float] = {}
    for one in explanation.components:  # type: ignore[attr-defined]
        parts[one.material] = parts.get(one.material, 0.0) + one.share
    return parts


_LONG = {
    "Calcite": "calc calcit",
    "Dolomite": "dolo",
    "Montmorillonite": "camont camontmor namont namon montswy1",
    "Epidote": "epid epidot",
    "Chlorite": "chlor chlorit",
    "Kaolinite": "kaolinwxl kaolcm9 kaolwxl",
    "Muscovite": "musc muscov muscruby msc",
    "Alunite": "alun",
    "Pyrophyllite": "pyro",
    "Dickite": "dic",
    "Gypsum": "gyp",
    "Jarosite": "jr",
}
SHORT = {short: name for name, shorts in _LONG.items() for short in shorts.split()}
"""Abbreviations in the titles of the measured mixtures."""


def stated(title: str, library: Library) -> dict[str, float]:
    """Parts by weight that a title such as Calcite.5+Dolomite.5 states, by library material; empty where it does not.

    One material without a number has the rest.
    """
    parts: dict[str, float] = {}
    rest = ""
    for piece in title.split("+"):
        match = re.fullmatch(r"(0?\.\d+)?\.?([A-Za-z_\-]+[\w\-]*?)(?:_?(0?\.\d+)(?:wt)?)?(_\w+)?", piece.strip())
        key = plain_name(match[2]) if match else ""
        name = next((m for m in library.materials if match and plain_name(m) == plain_name(SHORT.get(key, match[2]))), "")
        if not match or not name or not (match[1] or match[3] or not rest):
            return {}
        if match[1] or match[3]:
            parts[name] = parts.get(name, 0.0) + float(match[1] or match[3])
        else:
            rest = name
    left = 1.0 - sum(parts.values())
    if rest and parts and rest not in parts:
        return {**parts, rest: left}
    return parts if len(parts) > 1 and abs(left) < 0.02 else {}
