from itertools import product

import pytest

from limes.closure.easi import easi
from limes.closure.sequence import Element, most_vulnerable_path, ranked_paths
from limes.errors import UsageError

LAYERS = [
    [Element("gate", 0.75, 105.0, 30.0), Element("fence", 0.7, 15.0, 5.0), Element("tunnel", 0.1, 1395.0, 400.0, "end")],
    [Element("open ground", 0.5, 165.0, 50.0, "middle"), Element("wadi", 0.15, 180.0, 54.0)],
    [Element("wall", 0.7, 120.0, 36.0), Element("culvert", 0.6, 390.0, 117.0)],
]


def test_the_ranking_is_that_of_trying_every_path():
    paths, p = ranked_paths(LAYERS, 300.0, 80.0, 0.95)
    tried = {}
    for chosen in product(*LAYERS):
        columns = [[getattr(e, name) for e in chosen] for name in ("p_detect", "delay_mean", "delay_sd", "detect_at")]
        tried[tuple(e.name for e in chosen)] = float(easi(*columns, 300.0, 80.0, 0.95))
    assert len(p) == len(tried) == 12
    assert list(p) == sorted(p)
    for row, value in zip(paths, p, strict=True):
        assert tried[tuple(layer[i].name for layer, i in zip(LAYERS, row, strict=True))] == pytest.approx(value)


def test_the_worst_path_is_named():
    names, p = most_vulnerable_path(LAYERS, 300.0, 80.0, 0.95)
    paths, values = ranked_paths(LAYERS, 300.0, 80.0, 0.95)
    assert names == tuple(layer[i].name for layer, i in zip(LAYERS, paths[0], strict=True))
    assert p == values[0]


def test_too_many_paths_are_refused():
    with pytest.raises(UsageError, match="are more than"):
        ranked_paths([[Element(str(i), 0.1, 1.0) for i in range(50)]] * 4, 1.0, 0.0)
