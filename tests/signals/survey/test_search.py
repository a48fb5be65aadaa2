from dataclasses import replace

import numpy as np
import pytest

from limes.errors import InputError
from limes.signals.survey.gravity import void_anomaly
from limes.signals.survey.line import GravityLine
from limes.signals.survey.search import search

DEPTHS, SIZES = (2.0, 3.0, 4.0), (1.2, 2.0)


@pytest.fixture(scope="module")
def found(short_line):
    return search(short_line(1, 13.4), draws=60, trials=20, depths=DEPTHS, sizes=SIZES)


def test_finds_the_void(found):
    best = found.found[0]
    assert best.x == pytest.approx(13.4, abs=0.5)
    assert (best.depth, best.size) == (3.0, 1.2) or any((r.depth, r.size) == (3.0, 1.2) for r in best.rivals)
    assert best.per_km < 1.0


def test_a_void_has_no_ghosts(found):
    assert len(found.found) == 1


def test_nothing_in_uniform_ground(short_line):
    quiet = search(short_line(2), draws=60, trials=0, depths=DEPTHS, sizes=SIZES)
    assert not quiet.found
    assert quiet.power.p.size == 0


def test_power_falls_with_depth(found):
    p = {(depth, size): value for depth, size, value in zip(found.power.depth, found.power.size, found.power.p, strict=True)}
    assert p[2.0, 2.0] > 0.9
    assert p[2.0, 2.0] >= p[4.0, 1.2]


def test_shares_and_ranges_hold_together(found):
    best = found.found[0]
    assert best.depths[0] <= best.depth <= best.depths[1]
    assert sum(rival.share for rival in best.rivals) < 1.0


def test_same_seed_same_answer(short_line):
    line = short_line(3, 8.0)
    line = replace(line, abmn=line.abmn[::3], rho_a=line.rho_a[::3], error=line.error[::3])
    one, other = (search(line, draws=20, trials=0, depths=(3.0,), sizes=(1.2,)) for _ in range(2))
    assert one.candidates == other.candidates
    assert one.threshold == other.threshold


def test_gravity_adds_its_likelihood(short_line):
    line = short_line(4, 10.0)
    x = np.arange(0.0, 24.0, 0.5)
    noise = 3.0 * np.random.default_rng(5).standard_normal(x.size)
    gravity = GravityLine(x, 40.0 + 0.3 * x + void_anomaly(x - 10.0, 3.0, 1.2, 1.2) + noise, np.full(x.size, 3.0), "g.csv")
    alone, pulls, both = (
        search(ert, g, draws=0, depths=(3.0,), sizes=(1.2,)) for ert, g in ((line, None), (None, gravity), (line, gravity))
    )
    at = int(np.abs(both.places - 10.0).argmin())
    alone_g = pulls.profile[np.abs(pulls.places - 10.0).argmin()]
    assert alone_g > 0.5
    assert both.profile[at] == pytest.approx(alone.profile[at] + alone_g, abs=1e-3)


@pytest.mark.slow
def test_a_long_line_is_searched_in_parts(short_line):
    line, quiet = short_line(1, 13.4), short_line(6)
    third = slice(None, None, 3)
    far = replace(
        line,
        electrodes=np.concatenate([line.electrodes, line.electrodes + 40.0, line.electrodes + 80.0]),
        abmn=np.concatenate([line.abmn[third], line.abmn[third] + 24, line.abmn[third] + 48]),
        rho_a=np.concatenate([quiet.rho_a[third], quiet.rho_a[third], line.rho_a[third]]),
        error=np.tile(line.error[third], 3),
    )
    result = search(far, draws=0, depths=(3.0,), sizes=(1.2,))
    assert result.candidates[0].x == pytest.approx(93.4, abs=0.6)
    assert np.all(np.diff(result.places) > 0)


def test_needs_a_line():
    with pytest.raises(InputError, match="none is given"):
        search(None)
