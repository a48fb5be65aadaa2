"""Settings that all tests share, and the small sector with its evening and its watch for those that need one."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("limes", deadline=None, derandomize=True)
settings.load_profile("limes")

EVENING = Path(__file__).parent / "data/evening.toml"


@pytest.fixture(scope="session")
def mesa():
    """The small sector on real terrain."""
    from limes.sector import bundled, load

    return load(bundled("mesa-verde"))


@pytest.fixture(scope="session")
def mesa_deployment(mesa):
    from limes.sector import load_deployment

    return load_deployment(mesa.deployments["demo"], mesa)


@pytest.fixture(scope="session")
def evening(mesa, mesa_deployment):
    """The first 600 seconds of an evening on the small sector on which people come to the line, second by second."""
    from limes.simulation import load_scenario, play, set_stage

    stage = set_stage(mesa, mesa_deployment, load_scenario(str(EVENING), mesa), seed=1)
    return list(play(stage, start=stage.scenario.begin, end=stage.scenario.begin + 600.0))


@pytest.fixture
def open_watch(mesa, mesa_deployment, tmp_path):
    """Open watches over the small sector, by default on the stream's clock and started; they stop when the test ends."""
    from limes.watch.service import Watch, WatchSettings

    with ExitStack() as stack:

        def opened(folder=None, start=True, **values):
            watch = Watch(mesa, mesa_deployment, WatchSettings(folder or tmp_path / "data", **{"mode": "simulated", **values}))
            stack.callback(watch.stop)
            if start:
                watch.start()
            return watch

        yield opened


@pytest.fixture(scope="session")
def evening_data(mesa, mesa_deployment, evening, tmp_path_factory):
    """The data folder of a watch that has seen the evening up to 420 s; copy it before use."""
    from limes.watch.ingest import take
    from limes.watch.service import Watch, WatchSettings

    folder = tmp_path_factory.mktemp("evening")
    watch = Watch(mesa, mesa_deployment, WatchSettings(folder, mode="simulated"))
    watch.start()
    for batch in evening[:420]:
        done = take(watch, batch.lines, "test").done
    done.result(300)
    watch.stop()
    return folder


@pytest.fixture
def evening_copy(evening_data, tmp_path):
    """A data folder of one's own that holds the evening."""
    return Path(shutil.copytree(evening_data, tmp_path / "evening"))
