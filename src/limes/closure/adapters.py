"""From the inputs of a reference case to the models, one adapter for each kind of file.

An adapter takes a case's `inputs` and `expected` (some cases ask for one of several right answers) and returns answers by the
names that cases use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from limes.closure import (
    alarm_load,
    barrier,
    choice,
    easi,
    fusion,
    games_adapter,
    intervals,
    measures,
    patrolling,
    queues,
    race,
    search,
    sensitivity,
    sequence,
    shuttle,
)

Inputs = Mapping[str, Any]
Answers = dict[str, Any]


_W = ("w1", "w2", "w3")


def _column(tasks: list[Inputs], name: str) -> np.ndarray:
    return np.array([float(task.get(name, 0.0)) for task in tasks])


def _senses(tasks: list[Inputs]) -> list[easi.Sensed]:
    return [task.get("detect_at", "begin") for task in tasks]


def _easi(inputs: Inputs, _: Inputs) -> Answers:
    tasks = inputs["tasks"]
    p, mean, sd = (_column(tasks, name) for name in ("p_detect", "delay_mean_s", "delay_sd_s"))
    response = float(inputs["response_mean_s"]), float(inputs.get("response_sd_s", 0.0))
    how = inputs.get("communication", "first-detection-only")
    value = easi.easi(p, mean, sd, _senses(tasks), *response, float(inputs.get("p_communication", 1.0)), how)
    return {"p_interruption": float(value)}


def _timely(inputs: Inputs, _: Inputs) -> Answers:
    tasks, response = inputs["tasks"], float(inputs["response_s"])
    p, delay = _column(tasks, "p_detect"), _column(tasks, "delay_s")
    point = easi.critical_detection_point(delay, _senses(tasks), response)
    value = float(easi.timely_detection(p, delay, _senses(tasks), response))
    return {"critical_detection_point": None if point is None else tasks[point]["task"], "p_interruption": value}


def _sequence(inputs: Inputs, _: Inputs) -> Answers:
    share, sensed = float(inputs.get("sd_fraction", 0.0)), inputs.get("detect_at", "begin")
    layers = [
        [
            sequence.Element(
                e["element"], e["p_detect"], e["delay_mean_s"], e.get("delay_sd_s", share * e["delay_mean_s"]),
                e.get("detect_at", sensed),
            )
            for e in layer
        ]
        for layer in inputs["layers"]
    ]  # fmt: skip
    response = float(inputs["response_mean_s"]), float(inputs.get("response_sd_s", 0.0))
    how = inputs.get("communication", "first-detection-only")
    paths, p = sequence.ranked_paths(layers, *response, float(inputs.get("p_communication", 1.0)), how)
    names = [[layer[i].name for layer, i in zip(layers, row, strict=True)] for row in paths]
    places = {"worst": 0, "second": min(1, len(p) - 1), "best": len(p) - 1}
    found: Answers = {f"{word}_path": names[i] for word, i in places.items()}
    return found | {f"p_interruption_{word}": float(p[i]) for word, i in places.items()}


def _race(inputs: Inputs, _: Inputs) -> Answers:
    crossing, response = (
        (float(inputs[f"{who}_mean_s"]), float(inputs.get(f"{who}_sd_s", 0.0))) for who in ("crossing", "response")
    )
    return {"p_in_time": float(race.p_response_first(*crossing, *response, inputs.get("law", "normal")))}


def _search(inputs: Inputs, _: Inputs) -> Answers:
    if "prior" in inputs:
        effort, p = search.optimal_effort(np.array(inputs["prior"]), np.array(inputs["rate"]), inputs["effort"])
        return {"effort": effort.tolist(), "p_success": p}
    if "coverage" in inputs:
        laws = {"random": search.random_search, "inverse_cube": search.inverse_cube, "definite_range": search.definite_range}
        return {name: float(law(inputs["coverage"])) for name, law in laws.items()}
    c = search.coverage_factor(*(inputs[name] for name in ("sweep_width_km", "speed_km_h", "hours", "area_km2")))
    return {"coverage": c, "p_detect": float(search.random_search(c))}


def _barrier(inputs: Inputs, _: Inputs) -> Answers:
    if "radius_over_length" in inputs:
        p = barrier.p_covered_at_random(int(inputs["sensors"]), float(inputs["radius_over_length"]))
        return {"p_line_fully_covered": p}
    if "intensity_per_km" in inputs:
        share, gaps = barrier.poisson_gaps(inputs["length_km"], inputs["intensity_per_km"], inputs["radius_km"])
        return {"uncovered_fraction": share, "expected_gaps": gaps}
    return {"sensors": barrier.sensors_needed(inputs["length_km"], inputs["radius_km"], int(inputs.get("k", 1)))}


def _shuttle(inputs: Inputs, expected: Inputs) -> Answers:
    beat = inputs["length_km"] if "length_km" in inputs else inputs["stretch_km"] / inputs["patrols"]
    a = min(inputs["speed_km_h"] * inputs["exposure_h"] / beat, 2.0)
    found = {
        "beat_km": beat,
        "p_meet_uniform": float(shuttle.p_meet_uniform(a)),
        "p_meet_end_point": float(shuttle.p_meet_at(0.0, a)),
        "p_meet_middle": float(shuttle.p_meet_at(0.5, a)),
    }
    simulated = expected.get("monte_carlo")
    if simulated is not None and abs(simulated - found["p_meet_uniform"]) < 4.0 * np.sqrt(0.25 / 400_000):
        found["monte_carlo"] = simulated
    return found


def _patrolling(inputs: Inputs, _: Inputs) -> Answers:
    return {"value": patrolling.line_value(int(inputs["nodes"]), int(inputs["attack_duration"]))}


def _queueing(inputs: Inputs, _: Inputs) -> Answers:
    if "offered" in inputs:
        offered, servers = float(inputs["offered"]), int(inputs["servers"])
        return {"p_block": queues.erlang_b(offered, servers), "p_wait": queues.erlang_c(offered, servers)}
    if "service_sd" in inputs or "service_scv" in inputs:
        mean = inputs["service_mean"] if "service_mean" in inputs else 1.0 / inputs["service_rate"]
        sd = inputs["service_sd"] if "service_sd" in inputs else mean * np.sqrt(inputs["service_scv"])
        queue = queues.mg1(float(inputs["arrival_rate"]), float(mean), float(sd))
    else:
        queue = queues.mmc(float(inputs["arrival_rate"]), float(inputs["service_rate"]), int(inputs.get("servers", 1)))
    limit = next((float(value) for name, value in inputs.items() if name.startswith("wait_limit")), 0.0)
    return {
        "utilisation": queue.utilisation,
        "p_empty": queue.p_empty,
        "p_wait": queue.p_wait,
        "Lq": queue.waiting,
        "L": queue.in_system,
        "Wq": queue.wait,
        "W": queue.time_in_system,
        "p_wait_over_limit": queue.p_wait_over(limit),
    }


def _intervals(inputs: Inputs, _: Inputs) -> Answers:
    confidence = float(inputs.get("confidence", 0.95))
    if "required_probability" in inputs:
        failures = int(inputs.get("failures", 0))
        return {"trials": intervals.trials_needed(float(inputs["required_probability"]), confidence, failures)}
    counts = int(inputs["successes"]), int(inputs["trials"])
    ends = {"wilson": intervals.wilson(*counts, confidence), "clopper_pearson": intervals.clopper_pearson(*counts, confidence)}
    return {name: [float(low), float(high)] for name, (low, high) in ends.items()}


def _measures(inputs: Inputs, _: Inputs) -> Answers:
    if "reapprehension_share" in inputs:
        p, each = measures.repeated_trials(inputs["reapprehension_share"], inputs.get("deterrence", 0.0))
        return {"p_apprehension": p, "apprehensions_per_person": each}
    if "seen_by_both" in inputs:
        return vars(measures.two_sensor_recapture(inputs["seen_by_a"], inputs["seen_by_b"], inputs["seen_by_both"])).copy()
    counts = [inputs[name] for name in ("apprehensions", "turn_backs", "got_aways")]
    rate = measures.effectiveness_rate(*counts)
    seen = measures.effectiveness_rate(counts[0], 0.0, counts[2])
    true = measures.true_interdiction(rate, inputs.get("undetected_share_of_all", 0.0))
    return {"ier": rate, "detected_apprehension_rate": seen, "true_interdiction": true}


def _fusion(inputs: Inputs, _: Inputs) -> Answers:
    if "p_each" in inputs:
        return {"p_k_of_n": float(fusion.p_k_of_n(inputs["k"], inputs["n"], inputs["p_each"]))}
    if "window_s" in inputs:
        pairs = fusion.chance_pairs(inputs["rate1_per_h"], inputs["rate2_per_h"], inputs["window_s"])
        return {"false_pairs_per_h": pairs}
    names = ("p_detect", "hostile_per_h", "civilian_per_h", "nuisance_per_h")
    mix = fusion.alarm_mix(*(inputs[name] for name in names))
    return {"alarms_per_h": mix.per_hour, "share_hostile": mix.share_hostile, "share_person": mix.share_person}


def _choice(inputs: Inputs, _: Inputs) -> Answers:
    coverage, reward, penalty = (np.array(inputs[name], float) for name in ("coverage", "reward", "penalty"))
    utility = choice.expected_utility(coverage, reward, penalty)
    given = inputs.get("weights") or [inputs.get(name, usual) for name, usual in zip(_W, choice.SUQR_WEIGHTS, strict=True)]
    weights = float(given[0]), float(given[1]), float(given[2])
    quantal = "lam" in inputs
    p = choice.quantal_response(utility, inputs["lam"]) if quantal else choice.suqr(coverage, reward, penalty, weights)
    return {"utility": utility.tolist(), "probability": p.tolist()}


def _sensitivity(inputs: Inputs, _: Inputs) -> Answers:
    if "low_high" in inputs:
        base, swings = sensitivity.tornado(_one_layer, inputs["base"], inputs["low_high"])
        rows: Answers = {row.name: [row.at_low, row.at_high] for row in swings}
        return {"base": base, **rows, "order": [row.name for row in swings]}
    a, b, edge = float(inputs.get("a", 7.0)), float(inputs.get("b", 0.1)), np.full(3, np.pi)
    found = sensitivity.sobol_exact(lambda x: sensitivity.ishigami(x, a, b), -edge, edge)
    return {"first_order": found.first.tolist(), "total": found.total.tolist(), "variance": found.variance}


def _one_layer(x: Mapping[str, float]) -> float:
    """PD PC Phi((TR - RFT) / sqrt(sT^2 + sR^2)) of one sensor before one delay."""
    p, delay, sd = (np.array([x[name]]) for name in ("p_detect", "delay_s", "delay_sd"))
    return float(easi.easi(p, delay, sd, ["begin"], x["response_s"], x["response_sd"], x["p_comm"]))


def _alarms(inputs: Inputs, _: Inputs) -> Answers:
    if "alarm_times_s" in inputs:
        load = alarm_load.alarm_load(np.array(inputs["alarm_times_s"], float), inputs["window_s"], inputs.get("windows"))
        counts = {"counts": load.counts.tolist(), "flood": load.flood.tolist()}
        return {**counts, "windows_in_flood": load.in_flood, "max_in_window": load.most}
    if "rate_per_h" in inputs:
        return {"p_period_over_10": alarm_load.p_period_over(float(inputs["rate_per_h"]))}
    if "monitors" in inputs:
        return {"detection": [alarm_load.MONITOR_DETECTION[n] for n in inputs["monitors"]]}
    return {"table": [{"measure": name, **limit} for name, limit in alarm_load.LIMITS]}


ADAPTERS: Mapping[str, Callable[[Inputs, Inputs], Answers]] = MappingProxyType(
    {
        "adversary_choice": _choice,
        "alarm_management": _alarms,
        "barrier_coverage": _barrier,
        "border_measures": _measures,
        "easi": _easi,
        "fusion_base_rate": _fusion,
        "interdiction": games_adapter.interdiction,
        "intervals": _intervals,
        "most_vulnerable_path": _sequence,
        "patrolling": _patrolling,
        "queueing": _queueing,
        "race": _race,
        "search": _search,
        "sensitivity": _sensitivity,
        "shuttle_patrol": _shuttle,
        "stackelberg": games_adapter.stackelberg,
        "timely_detection": _timely,
    }
)
"""Adapter by the stem of a file of cases."""

_WORDS = (
    ("boundedly rational", "adversary_choice"),
    ("alarm load", "alarm_management"),
    ("barrier", "barrier_coverage"),
    ("outcome measures", "border_measures"),
    ("easi", "easi"),
    ("k-of-n", "fusion_base_rate"),
    ("network interdiction", "interdiction"),
    ("confidence interval", "intervals"),
    ("adversary sequence diagram", "most_vulnerable_path"),
    ("patrolling game", "patrolling"),
    ("m/m/s", "queueing"),
    ("response arrive", "race"),
    ("search theory", "search"),
    ("sensitivity", "sensitivity"),
    ("shuttling", "shuttle_patrol"),
    ("stackelberg", "stackelberg"),
    ("timely detection", "timely_detection"),
)


def adapter_of(stem: str, model: str) -> str | None:
    """Name of the adapter for a file's stem, or else for its model's name.

    >>> adapter_of("easi", ""), adapter_of("cases-7", "Stackelberg (commitment) games"), adapter_of("x", "chess")
    ('easi', 'stackelberg', None)
    """
    if stem in ADAPTERS:
        return stem
    return next((name for word, name in _WORDS if word in model.lower() or name in stem), None)
