"""Memory is asked for before it is taken."""

from __future__ import annotations

import numpy as np
import pytest

from limes.errors import InputError
from limes.sensing.sight import memory, minimum_visible_height


def test_something_is_free_here():
    free = memory.available_memory()
    assert free is None or free > 2**20


def test_too_much_is_refused_with_figures(monkeypatch):
    monkeypatch.setattr(memory, "available_memory", lambda: 2**30)
    memory.require_memory(2**29, "a map", "make it smaller")
    with pytest.raises(InputError, match=r"a map: memory: needs 4\.0 GiB of memory, 1\.0 GiB are free; make it smaller"):
        memory.require_memory(2**32, "a map", "make it smaller")


def test_unknown_memory_is_not_refused(monkeypatch):
    monkeypatch.setattr(memory, "available_memory", lambda: None)
    memory.require_memory(2**50, "a map", "make it smaller")


def test_the_engine_asks_for_its_window_only(monkeypatch):
    monkeypatch.setattr(memory, "available_memory", lambda: 2**20)
    large = np.broadcast_to(np.float32(0.0), (200_000, 200_000))
    view = minimum_visible_height(large, 30.0, 100_000, 100_000, 5.0, 900.0)
    assert view.mvh.shape == (61, 61)
    with pytest.raises(InputError, match="GiB"):
        minimum_visible_height(large, 30.0, 100_000, 100_000, 5.0, 1e7)


def test_the_smaller_of_machine_and_container_counts(monkeypatch):
    monkeypatch.setattr(memory, "_of_machine", lambda: 8)
    monkeypatch.setattr(memory, "_of_container", lambda: 5)
    assert memory.available_memory() == 5
    monkeypatch.setattr(memory, "_of_container", lambda: None)
    assert memory.available_memory() == 8
