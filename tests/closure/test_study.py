from limes.closure.scene import Setup
from limes.closure.study import study


def test_a_study_without_depth_is_quick_and_whole(sector, deployment, weather, demo):
    said = []
    known = study(
        sector, deployment, demo.time, weather, Setup(cell=120.0), "vehicle", "out", frozenset({"tower-1"}), mend=False,
        orders=None, say=said.append,
    )  # fmt: skip
    assert known.deeper is None
    assert said
    assert {(way.mode, way.direction) for way in known.ways} == {("vehicle", "out")}
    assert len(known.others) == 5
    assert set(known.grounded) == set(known.outcomes)
    assert known.crews[0] == 1
    assert known.repairs == (None,) * len(known.ways)
    assert known.tunnels[1] is not None
