from __future__ import annotations

import threading

import pytest

from limes.watch.meter import Meter


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def meter(clock):
    return Meter(clock)


def test_the_rate_is_that_of_the_last_ten_seconds(meter, clock):
    for _ in range(20):
        clock.now += 1.0
        meter.received(50, 0)
    assert meter.report()["ingest_per_s"] == pytest.approx(50.0, rel=0.11)
    clock.now += 30.0
    assert meter.report()["ingest_per_s"] == 0.0


def test_a_young_watch_reckons_with_its_age(meter, clock):
    clock.now += 2.0
    meter.received(100, 0)
    assert meter.report()["ingest_per_s"] == 50.0


def test_totals_are_kept_for_good(meter, clock):
    for _ in range(30):
        clock.now += 5.0
        meter.received(3, 1)
    report = meter.report()
    assert (report["detections"], report["refused"]) == (90, 30)


def test_speed_is_stream_time_over_time(meter, clock):
    for step in range(50):
        meter.applied(5000.0 + 10.0 * step)
        clock.now += 1.0
    assert meter.speed() == pytest.approx(10.0)
    clock.now += 60.0
    assert meter.speed() == 0.0


def test_before_the_first_clock_line_time_stands_still(meter):
    meter.applied(None)
    assert meter.speed() == 0.0


def test_lag_is_how_long_a_record_waited_and_grows_while_one_waits(meter, clock):
    meter.begun(clock.now)
    clock.now += 0.25
    meter.applied(1.0)
    assert meter.report()["journal_lag_s"] == 0.25
    clock.now += 100.0
    assert meter.report()["journal_lag_s"] == 0.25
    meter.begun(clock.now - 1.0)
    clock.now += 2.0
    assert meter.report()["journal_lag_s"] == 3.0


def test_many_threads_count_right():
    meter = Meter()

    def count():
        for _ in range(300):
            meter.received(1, 1)
            meter.report()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert meter.report()["detections"] == meter.report()["refused"] == 1200
