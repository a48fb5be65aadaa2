"""Lines from bytes: any chunking, bounded memory."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from limes.links import MAX_LINE, LineSplitter, parse_lines, sensor_directory


@given(text=st.binary(max_size=60), cuts=st.lists(st.integers(0, 60), max_size=6))
def test_chunking_does_not_matter(text: bytes, cuts: list[int]) -> None:
    whole, parts = LineSplitter(), LineSplitter()
    expected = whole.feed(text) + whole.end()
    edges = [0, *sorted(cuts), len(text)]
    got = [line for start, end in pairwise(edges) for line in parts.feed(text[start:end])]
    assert got + parts.end() == expected


def test_a_hundred_megabytes_without_a_newline_are_not_kept() -> None:
    splitter = LineSplitter()
    for _ in range(100):
        assert splitter.feed(b"x" * 1_000_000) == []
        assert splitter.held <= MAX_LINE + 1
    lines = splitter.feed(b"\n{}\n")
    assert [len(line) for line in lines] == [MAX_LINE + 1, 2]
    nobody = sensor_directory([], np.zeros(0), np.zeros(0), [], "EPSG:32637")
    refusals = parse_lines(lines, nobody, 0.0).refusals
    assert "longer than" in refusals[0].reason


def test_line_ends_of_other_systems() -> None:
    assert LineSplitter().feed(b"a\r\nb\n") == [b"a", b"b"]


def test_a_cut_line_is_never_shortened_below_the_limit() -> None:
    assert LineSplitter(limit=3).feed(b"ab }\r junk\n") == [b"ab }"]
    assert LineSplitter(limit=3).feed(b"{ }\rjunk\n") == [b"{ }\r"]
