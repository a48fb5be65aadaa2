from __future__ import annotations

from limes.seeds import generator


def test_same_seed_and_names_same_numbers():
    assert generator(1, "a", 2).random(5).tolist() == generator(1, "a", 2).random(5).tolist()


def test_other_seed_or_name_other_numbers():
    drawn = {generator(*keys).random() for keys in [(1, "a", 2), (2, "a", 2), (1, "b", 2), (1, "a", 3), (1, 2, "a"), (1,)]}
    assert len(drawn) == 6
