from limes.closure.repair import Repair, cheapest, repairs
from limes.closure.scene import closure
from limes.closure.ways import distinct, way


def test_a_repair_helps_where_it_is_needed(demo):
    found = closure(demo, "foot", "in")
    weak = way(demo, found, distinct(found)[0])
    tried = repairs(demo, weak)
    assert tried
    assert [r.yearly for r in tried] == sorted(r.yearly for r in tried)
    assert all(r.after > r.before for r in tried)
    best = cheapest(tried)
    assert best.after - best.before >= 0.1
    assert best.yearly == min(r.yearly for r in tried if r.after - r.before >= 0.1)


def test_when_none_is_enough_the_one_that_gains_most_is_named():
    few = (Repair("a", 1.0, 1.0, 0.1, 0.12, 0.1), Repair("b", 2.0, 2.0, 0.1, 0.15, 0.1))
    assert cheapest(few).what == "b"
    assert cheapest(()) is None
