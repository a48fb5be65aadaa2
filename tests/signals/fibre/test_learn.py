"""From simulated ground to a name: the wave field, the actors, the classifier, and the whole way through."""

from __future__ import annotations

import json

import numpy as np
import pytest

from limes.errors import InputError
from limes.seeds import generator
from limes.signals.fibre.block import Block
from limes.signals.fibre.classify import fit, load_model, save_model
from limes.signals.fibre.features import FEATURES
from limes.signals.fibre.ground import Array, Ground, heard, ricker
from limes.signals.fibre.health import health
from limes.signals.fibre.listen import Listener, ListenSettings
from limes.signals.fibre.simulate import CLASSES, scene, tiled, usual_level, white
from limes.signals.fibre.waterfall import Waterfall

ARRAY = Array(60, 5.0, 250.0)


def test_waves_arrive_when_they_should_and_the_fibre_is_deaf_broadside():
    ground, array = Ground(250.0, 250.0, 4.0, 1e6), Array(41, 5.0, 1000.0, 1.0)
    part, rows = heard(array, ground, 100.0, 8.0, ricker(20.0, 1000.0))
    peaks, energy = np.abs(rows).argmax(axis=0) / 1000.0, np.square(rows).sum(axis=0)
    r = np.hypot(array.places[part] - 100.0, 8.0)
    far = r > 20.0
    assert np.allclose(
        np.diff(peaks[far & (array.places[part] > 100)]), np.diff(r[far & (array.places[part] > 100)]) / 250.0, atol=2e-3
    )
    assert energy[20] < 1e-6 * energy.max()
    s = array.places[part] - 100.0
    response = s**4 / r**5
    assert np.allclose((energy / energy.max())[far], (response / response.max())[far], rtol=0.05)


def test_soft_ground_over_firm_is_slow_for_short_waves_only():
    c = Ground(200.0, 600.0, 4.0).velocity(np.array([1.0, 10.0, 40.0, 100.0]))
    assert (np.diff(c) < 0).all()
    assert c[0] > 500
    assert c[-1] == pytest.approx(200.0, rel=0.01)


@pytest.mark.parametrize("label", [name for name in CLASSES if name != "unknown"])
def test_scenes_are_seeded_and_as_loud_as_asked(label):
    noise = white(generator(1, "noise"), 5000, ARRAY)
    one, two = (scene(generator(2, label), label, ARRAY, noise, 10.0) for _ in range(2))
    assert np.array_equal(one.values, two.values)
    added = one.values - noise
    assert np.isfinite(added).all()
    loudest = np.abs(added).max()
    assert 4.0 < loudest / usual_level(noise, 250.0) < 80.0


def test_noise_is_stretched_without_seams():
    real = white(generator(3, "noise"), 2000, ARRAY) * np.linspace(1, 3, 60, dtype=np.float32)
    long = tiled(generator(4, "tile"), real, 7000)
    assert long.shape == (7000, 60)
    steps = np.abs(np.diff(long, axis=0))
    assert steps.max() < 1.3 * np.abs(np.diff(real, axis=0)).max()
    assert np.sqrt(np.square(long).mean()) == pytest.approx(np.sqrt(np.square(real).mean()), rel=0.1)


def cloud(seed, count=400):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 8, count)
    centres = np.random.default_rng(0).normal(0, 1.5, (8, len(FEATURES)))
    return centres[labels] + rng.standard_normal((count, len(FEATURES))), labels, np.arange(count)


def test_the_classifier_learns_is_calibrated_and_knows_what_is_strange(tmp_path):
    model = fit(*cloud(1), "clouds")
    rows, labels, _ = cloud(2)
    p = model.probabilities(rows)
    assert np.allclose(p.sum(axis=1), 1.0)
    assert (p.argmax(axis=1) == labels).mean() > 0.9
    assert p.max(axis=1).mean() == pytest.approx((p.argmax(axis=1) == labels).mean(), abs=0.06)
    assert model.probabilities(rows[:1] + 500.0)[0, CLASSES.index("unknown")] > 0.95
    holed = rows.copy()
    holed[:, 3] = np.nan
    assert np.isfinite(model.probabilities(holed)).all()
    save_model(model, tmp_path / "m.json")
    assert np.allclose(load_model(tmp_path / "m.json").probabilities(rows), p, atol=1e-3)


def test_models_of_something_else_are_refused(tmp_path):
    (tmp_path / "m.json").write_text(json.dumps({"version": 1, "classes": ["a"]}))
    with pytest.raises(InputError, match="not those of this version"):
        load_model(tmp_path / "m.json")
    (tmp_path / "m.json").write_text("no")
    with pytest.raises(InputError, match="is not a model"):
        load_model(tmp_path / "m.json")


def listen(values, step=250):
    with Listener("fibre-1", None, ListenSettings(threads=1)) as listener:
        events = []
        for first in range(0, len(values), step):
            events += listener.feed(Block(first / 250.0, 250.0, 0.0, 5.0, values[first : first + step]))
        return events + listener.end()


@pytest.mark.parametrize(("label", "told"), [("hand digging", "digging"), ("steps", "steps"), ("vehicle", "vehicle")])
def test_the_whole_way_from_samples_to_a_name(label, told):
    rng = generator(77, "way", label)
    quiet = white(rng, 2500, ARRAY)
    one = scene(rng, label, ARRAY, white(rng, 15_000, ARRAY), 12.0, Ground())
    events = [event for event in listen(np.concatenate([quiet, one.values])) if event.blows > 6]
    assert events
    totals = dict(zip(CLASSES, np.sum([event.classes for event in events], axis=0), strict=True))
    totals["digging"] = totals.pop("hand digging") + totals.pop("machine digging")
    assert max(totals, key=totals.get) == told
    if label == "hand digging":
        assert np.median([abs(event.along - one.along) for event in events]) < 30.0
        assert all(event.source == "fibre-1" for event in events)


def test_silence_makes_no_events():
    assert not listen(white(generator(8, "quiet"), 10_000, ARRAY))


def test_health_names_the_dead_the_noisy_and_the_break():
    level = np.random.default_rng(1).normal(-60, 1.0, 200)
    level[[5, 6]], level[20], level[150:] = -110.0, -30.0, -120.0
    found = health(level, 100.0, 5.0)
    assert found.dead == (5, 6)
    assert found.noisy == (20,)
    assert found.break_at == 850.0
    assert np.isnan(health(level[:150], 100.0, 5.0).break_at)


def test_the_waterfall_shows_what_stands_out():
    noise = white(generator(9, "fall"), 5000, ARRAY)
    noise[3750:4000, 30] *= 30.0
    rows, fall = [], Waterfall()
    with Listener("f", None, ListenSettings(threads=1)) as listener:
        for first in range(0, 5000, 250):
            listener.feed(Block(first / 250.0, 250.0, 0.0, 5.0, noise[first : first + 250]))
            rows += [row for passed in listener.passed for row in fall.feed(passed)]
    hot = rows[13]
    assert hot.time == pytest.approx(16.0, abs=1e-6)
    assert hot.cells.argmax() == 30
    assert hot.cells[30] > 80
    assert np.median(hot.cells) < 12
    assert len(fall.message(rows, [])["rows"]) == len(rows)


def test_blows_are_told_at_about_their_distance_and_forgotten_across_a_gap():
    rng = generator(77, "way", 1)
    one = scene(rng, "hand digging", ARRAY, white(rng, 10_000, ARRAY), 15.0, Ground(250.0, 250.0, 3.0))
    events = listen(np.concatenate([white(rng, 2500, ARRAY), one.values]))
    told = [event for event in events if not np.isnan(event.distance)]
    assert told
    assert np.median([abs(e.distance - one.distance) / e.sigma_distance for e in told]) < 2.0
    assert all(2.0 < event.sigma_distance < 40.0 for event in told)
