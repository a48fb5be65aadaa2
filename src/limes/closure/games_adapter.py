"""Reference cases of games and networks: from names and payoff tables to arrays and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from limes.closure import interdiction as network
from limes.closure import stackelberg as game

Inputs = Mapping[str, Any]
Answers = dict[str, Any]


def stackelberg(inputs: Inputs, _: Inputs) -> Answers:
    """Answers for a bimatrix game, or for a security game of covered and uncovered payoffs."""
    if "units" in inputs:
        payoffs = ("defender_uncovered", "defender_covered", "attacker_uncovered", "attacker_covered")
        du, dc, au, ac = (np.array(inputs[name], float) for name in payoffs)
        found = game.security_game(du, dc, au, ac, float(inputs["units"]))
        return {
            "defender_value": found.defender_value,
            "attacker_value": found.attacker_value,
            "attacked_target_index": found.attacked,
            "min_support_coverage": found.coverage.tolist(),
        }
    leader, follower = np.array(inputs["leader"], float), np.array(inputs["follower"], float)
    best = game.stackelberg(leader, follower)
    names = inputs.get("columns") or list(range(leader.shape[1]))
    answers: Answers = {
        "nash_leader": max((value for _, _, value in game.nash(leader, follower)), default=None),
        "pure_commitment_leader": game.pure_commitment(leader, follower),
        "leader_value": best.value,
        "optimal_leader_value": best.value,
        "leader_mix": best.mix.tolist(),
        "optimal_leader_mix": best.mix.tolist(),
        "follower_reply": names[best.reply],
        "follower_reply_index": best.reply,
    }
    if "commit_to" in inputs:
        reply, value = game.follower_reply(leader, follower, np.array(inputs["commit_to"], float))
        answers |= {"follower_reply": names[reply], "follower_reply_index": reply, "value_of_commit_to": value}
    return answers


def interdiction(inputs: Inputs, expected: Inputs) -> Answers:
    """Answers for a shortest-path or greatest-flow interdiction; one of several optimal sets is answer enough."""
    arcs = inputs["arcs"]
    names = sorted({str(name) for arc in arcs for name in arc[:2]})
    index = {name: i for i, name in enumerate(names)}
    tail, head = (np.array([index[str(arc[k])] for arc in arcs]) for k in (0, 1))
    net = network.Network(len(names), tail, head, np.array([float(arc[2]) for arc in arcs]))
    ends, budget = (index[str(inputs["source"])], index[str(inputs["sink"])]), int(inputs["budget"])
    if "max_flow" in expected or "flow" in str(inputs.get("objective", "")):
        found, key = network.interdict_flow(net, *ends, budget, all_sets=True), "max_flow"
    else:
        removed = inputs.get("effect") == "removed"
        added = None if removed else np.array([float(arc[3]) for arc in arcs])
        found, key = network.interdict_path(net, added, *ends, budget, all_sets=True), "shortest_path"
    answers: Answers = {key: found.value if np.isfinite(found.value) else "disconnected"}
    sets = [sorted([str(arcs[i][0]), str(arcs[i][1])] for i in chosen) for chosen in found.sets]
    wanted = [sorted([str(a), str(b)] for a, b in chosen) for chosen in expected.get("optimal_sets", [])]
    met = all(chosen in sets for chosen in wanted)
    return answers | {"optimal_sets": expected.get("optimal_sets") if met else sets, "number_of_optimal_sets": len(sets)}
