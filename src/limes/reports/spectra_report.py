"""The report of a spectral analysis as one HTML file that needs nothing else: verdict, spectrum, components, evidence."""

from __future__ import annotations

import html

import numpy as np

from limes import __version__
from limes.signals.spectra import Answer, Evidence, Listed, Trace
from limes.signals.spectra.analysis import Analysis, Case, error_rates

_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}
table{border-collapse:collapse;margin:.5rem 0}td,th{padding:.2rem .8rem;text-align:left;border-bottom:1px solid #ccc}
.verdict{font-size:1.5rem;padding:.6rem 1rem;border-left:.6rem solid #666;background:#f2f4f6}
.release{border-color:#2a7d4f}.second{border-color:#b7791f}.laboratory{border-color:#9b2c2c}.measure{border-color:#666}
svg{width:100%;height:auto;background:#fff;border:1px solid #ddd}code{word-break:break-all}small{color:#555}"""

_WIDTH, _HIGH, _LOW = 900, 300, 110


def spectra_html(analysis: Analysis) -> str:
    """A stand-alone page of an analysis: no script, no link, nothing loaded."""
    cases = "".join(_case(case) for case in analysis.cases)
    together = _evidence(analysis.evidence) if analysis.evidence else ""
    lists = "; ".join(f"{_text(one.title)}, version {_text(one.version)}" for one in analysis.lists)
    foot = f"<p><small>Limes {__version__}. Lists: {lists}. One reading is no finding.</small></p>"
    head = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Spectra</title><style>{_STYLE}</style></head>'
    return f"{head}<body><h1>Spectral analysis</h1>{cases}{together}{foot}</body></html>\n"


def _text(value: object) -> str:
    return html.escape(str(value))


def _case(case: Case) -> str:
    answer, spectrum = case.answer, case.spectrum
    name = f": {_text(answer.name)}" if answer.name else ""
    step = answer.next_step
    verdict = (
        f"<b>{_text(answer.verdict)}{name}</b><br>{_text(answer.reason)}<br>Next: {_text(step.step)}, {_text(step.reason)}"
    )
    parts = [
        f"<h2>{_text(spectrum.file)} {_text(spectrum.title)}</h2>",
        f'<p class="verdict {step.step.split()[0]}">{verdict}</p>',
        _declared(answer),
        _picture(answer.explanation.trace, spectrum.x_unit, spectrum.y_unit) if answer.explanation else "",
        _components(answer),
        "".join(_listed(one) for one in (*answer.listed, *answer.parts_listed)),
        _rates(case),
    ]
    return "".join(parts)


def _declared(answer: Answer) -> str:
    if not answer.declared:
        return ""
    return f"<p>Consistent with the declared goods? <b>{_text(answer.declared)}</b>: {_text(answer.declared_reason)}</p>"


def _components(answer: Answer) -> str:
    if answer.explanation is None:
        return ""
    rows = "".join(
        f"<tr><td>{_text(one.material)}</td><td>{one.share:.0%}</td><td>{one.low:.0%} to {one.high:.0%}</td>"
        f"<td>{one.log10_ratio:.1f}</td><td>{one.p:.2g}</td></tr>"
        for one in answer.explanation.components
    )
    head = "<tr><th>component</th><th>share of the signal</th><th>95 %</th><th>log10 likelihood ratio</th><th>p</th></tr>"
    foreign = f" Something here may not be in the library (p = {answer.p_complete:.2g})." if answer.foreign else ""
    rest = f"{answer.explanation.unexplained:.1%} of the bands' energy is explained by none of these.{foreign}"
    left = f"<p><small>{rest}</small></p>"
    return f"<h3>Explanation</h3><table>{head}{rows}</table>{left}"


def _listed(one: Listed) -> str:
    entry = one.entry
    limit = f", limit {entry.limit_percent:g} % by weight: a limit test is required" if entry.limit_percent >= 0 else ""
    what = f"{entry.name} (CAS {entry.cas}, CN {entry.cn_code}), annex {entry.annex}, {entry.regime}{limit}"
    return f"<p><b>Listed:</b> {_text(what)}</p>"


def _rates(case: Case) -> str:
    library, spectrum = case.library, case.spectrum
    laser = f", laser {spectrum.instrument.laser_nm:g} nm" if spectrum.instrument.laser_nm > 0 else ""
    said = " ".join(error_rates(case.calibration))
    about = f"Library {library.version}: {len(library.rows)} spectra of {len(library.materials)} materials. {said}"
    source = f"{spectrum.technique}{laser}, {_text(spectrum.instrument.model) or 'instrument not named'}"
    return f"<p><small>{source}. {about}<br>SHA-256 of the file: <code>{spectrum.sha256}</code></small></p>"


def _evidence(evidence: Evidence) -> str:
    rows = "".join(
        f"<tr><td>{_text(one.material)}{' (listed)' if one.concern else ''}</td><td>{one.before:.3%}</td>"
        f"<td>{one.log10_ratio:+.1f}</td><td>{one.after:.2%}</td></tr>"
        for one in evidence.table
    )
    before, after = evidence.unknown
    rows += f"<tr><td>in no library</td><td>{before:.3%}</td><td>0</td><td>{after:.2%}</td></tr>"
    head = "<tr><th>the goods are</th><th>before</th><th>log10 likelihood ratio</th><th>after</th></tr>"
    kinds = ", ".join(evidence.techniques)
    advice = f"<p>Advice by cost: <b>{_text(evidence.step)}</b>, {_text(evidence.reason)}.</p>"
    return f"<h2>Evidence of all readings ({_text(kinds)}), as of one load</h2><table>{head}{rows}</table>{advice}"


def _picture(trace: Trace, x_unit: str, y_unit: str) -> str:
    """The measurement (black) over its match (red) and background (grey), the residual below on the same scale."""
    shown = np.concatenate([trace.measured, trace.match, trace.background])
    low, high = float(shown.min()), float(shown.max())
    top = max(high - low, 1e-30)
    lines = [
        _line(trace.x, (trace.background - low) / top, "#999", 0, _HIGH),
        _line(trace.x, (trace.measured - low) / top, "#111", 0, _HIGH),
        _line(trace.x, (trace.match - low) / top, "#c0392b", 0, _HIGH),
        _line(trace.x, trace.residual / top + 0.5, "#2c5aa0", _HIGH, _LOW),
    ]
    words = (
        f"{trace.x[0]:.0f} to {trace.x[-1]:.0f} {x_unit}, {y_unit}: measured black, match red, background grey, residual blue"
    )
    box = f'viewBox="0 0 {_WIDTH} {_HIGH + _LOW}" role="img" aria-label="{_text(words)}"'
    return f"<svg {box}>{''.join(lines)}</svg><p><small>{_text(words)}</small></p>"


def _line(x: np.ndarray, y: np.ndarray, colour: str, top: int, height: int) -> str:
    across = 10 + (_WIDTH - 20) * (x - x[0]) / max(float(x[-1] - x[0]), 1e-30)
    down = np.clip(top + height - 8 - (height - 16) * y, top, top + height)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(across, down, strict=True))
    return f'<polyline fill="none" stroke="{colour}" stroke-width="1.3" points="{points}"/>'
