from itertools import combinations

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra, maximum_flow

from limes.closure.interdiction import Network, interdict_flow, interdict_path


def network(seed, nodes=7, arcs=16):
    rng = np.random.default_rng(seed)
    every = [(i, j) for i in range(nodes) for j in range(nodes) if i != j]
    chosen = rng.permutation(len(every))[:arcs]
    tail, head = np.array([every[i] for i in chosen]).T
    return Network(nodes, tail, head, rng.integers(1, 10, arcs).astype(float)), rng.integers(1, 10, arcs).astype(float)


def shortest(net, weight):
    graph = csr_array((weight, (net.tail, net.head)), shape=(net.nodes, net.nodes))
    return dijkstra(graph, indices=0)[net.nodes - 1]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("removed", [True, False])
def test_paths_agree_with_trying_every_set(seed, removed):
    net, added = network(seed)
    best = -np.inf
    for chosen in combinations(range(len(net.tail)), 2):
        keep = np.setdiff1d(np.arange(len(net.tail)), chosen)
        if removed:
            part = Network(net.nodes, net.tail[keep], net.head[keep], net.weight[keep])
            best = max(best, shortest(part, part.weight))
        else:
            weight = net.weight.copy()
            weight[list(chosen)] += added[list(chosen)]
            best = max(best, shortest(net, weight))
    assert interdict_path(net, None if removed else added, 0, net.nodes - 1, 2).value == pytest.approx(best)


@pytest.mark.parametrize("seed", range(6))
def test_flows_agree_with_trying_every_set(seed):
    net, _ = network(seed)
    best = np.inf
    for chosen in combinations(range(len(net.tail)), 2):
        weight = net.weight.astype(np.int32)
        weight[list(chosen)] = 0
        graph = csr_array((weight, (net.tail, net.head)), shape=(net.nodes, net.nodes))
        best = min(best, maximum_flow(graph, 0, net.nodes - 1).flow_value)
    assert interdict_flow(net, 0, net.nodes - 1, 2).value == pytest.approx(best)


def test_every_optimal_set_is_listed():
    net = Network(3, np.array([0, 1]), np.array([1, 2]), np.array([1.0, 1.0]))
    found = interdict_path(net, None, 0, 2, 1, all_sets=True)
    assert found.value == np.inf
    assert found.sets == ((0,), (1,))
