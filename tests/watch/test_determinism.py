"""The same seed gives the same detections, tracks and alerts, byte for byte, however the bytes came in and whatever died."""

from __future__ import annotations

import asyncio
import random
import shutil

import orjson
import pytest
import sqlalchemy as sa

from limes.links import Client
from limes.simulation import feed, load_scenario, play, set_stage
from limes.watch import store
from limes.watch.ingest import IngestServer, take
from limes.watch.records import RecordKind

SECONDS = 260


@pytest.fixture(scope="module")
def batches(evening):
    return evening[:SECONDS]


def outcome(watch):
    """Everything a watch made of its stream, as bytes: the picture, the cases, the track histories, what is remembered."""
    watch.stop()
    view = watch.pipeline.view()
    del view["seq"]  # counts records, and how many there are depends on the cutting
    with watch.store.read() as connection:
        cases = connection.execute(sa.select(store.cases).order_by(store.cases.c.id)).mappings().all()
        points = connection.execute(sa.select(store.track_points)).mappings().all()
    watch.store.close()
    kept = {"view": view, "cases": [tuple(row.values()) for row in cases], "points": [tuple(row.values()) for row in points]}
    return orjson.dumps(kept, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)


@pytest.fixture(scope="module")
def expected(mesa, mesa_deployment, batches, tmp_path_factory):
    """The outcome when every line comes alone."""
    from limes.watch.service import Watch, WatchSettings

    watch = Watch(mesa, mesa_deployment, WatchSettings(tmp_path_factory.mktemp("alone"), mode="simulated"))
    watch.start()
    for batch in batches:
        for line in batch.lines:
            done = take(watch, [line], "test").done
    done.result(300)
    found = outcome(watch)
    assert found.count(b'"kind": "approach"') > 1
    assert len(found) > 20_000
    return found


async def over_tcp(watch, send):
    server = IngestServer(watch)
    port = await server.start("127.0.0.1", 0)
    await send(port)
    await server.stop()


@pytest.mark.parametrize(("speed", "window"), [(0.0, 5000), (0.0, 7), (500.0, 5000)])
def test_simulated_over_tcp_at_any_speed(open_watch, batches, expected, speed, window):
    async def send(port):
        async with Client("127.0.0.1", port, window=window) as client:
            await feed(client, batches, speed)

    watch = open_watch()
    asyncio.run(over_tcp(watch, send))
    assert outcome(watch) == expected


@pytest.mark.parametrize("seed", [1, 2])
def test_cut_anywhere(open_watch, batches, expected, seed):
    stream = b"".join(line.rstrip(b"\n") + b"\n" for batch in batches for line in batch.lines)
    count, chance = stream.count(b"\n"), random.Random(seed)

    async def send(port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        at = 0
        while at < len(stream):
            size = chance.choice([1, 100, 5000, 60_000])
            writer.write(stream[at : at + size])
            at += size
            if chance.random() < 0.05:
                await asyncio.sleep(0.001)
        while orjson.loads(await reader.readline()) != {"ack": count}:
            pass
        writer.close()

    watch = open_watch()
    asyncio.run(over_tcp(watch, send))
    assert outcome(watch) == expected


def feed_all(watch, batches):
    for batch in batches:
        done = take(watch, batch.lines, "test").done
    done.result(300)


def test_with_a_restart_from_a_snapshot_in_the_middle(open_watch, batches, expected):
    first = open_watch()
    feed_all(first, batches[:130])
    first.stop()
    again = open_watch()
    feed_all(again, batches[130:])
    assert outcome(again) == expected


def test_with_a_death_between_snapshots(open_watch, batches, expected, tmp_path):
    """What a killed watch leaves: a journal, and a snapshot and a store from some time before its end."""
    first = open_watch()
    feed_all(first, batches[:100])
    first.stop()
    older = tmp_path / "older"
    shutil.copytree(tmp_path / "data", older)
    again = open_watch()
    feed_all(again, batches[100:200])
    again.stop()
    shutil.rmtree(older / "journal")
    shutil.copytree(tmp_path / "data/journal", older / "journal")
    last = open_watch(older)
    feed_all(last, batches[200:])
    assert outcome(last) == expected


def test_rows_that_come_late_make_no_difference_either(open_watch, batches, tmp_path):
    """Lines that come after the clock line that they belong before are late whether or not both came in one piece."""
    lines = [line for batch in batches[:150] for line in batch.lines]
    clocks = [k for k, line in enumerate(lines) if b'"clock"' in line]
    for k in clocks[10::3]:
        lines[k - 1], lines[k] = lines[k], lines[k - 1]
    found = []
    for size in (1, 13, 10_000):
        watch = open_watch(tmp_path / str(size))
        for start in range(0, len(lines), size):
            done = take(watch, lines[start : start + size], "test").done
        done.result(300)
        found.append(outcome(watch))
        assert watch.pipeline.waiting.late > 0
    assert found[0] == found[1] == found[2]


def test_the_same_seed_makes_the_same_stream_and_another_another(mesa, mesa_deployment, evening, request):
    scenario = load_scenario(str(request.config.rootpath / "tests/data/evening.toml"), mesa)

    def lines(seed):
        stage = set_stage(mesa, mesa_deployment, scenario, seed)
        return [b.lines for b in play(stage, start=scenario.begin, end=scenario.begin + 120.0)]

    assert lines(1) == [batch.lines for batch in evening[:120]]
    assert lines(2) != lines(1)


def test_what_the_journal_holds_is_what_was_worked_on(open_watch, batches):
    """Records are worked off as they are read back, so that a restart cannot see anything else."""
    worked = []
    watch = open_watch()
    apply = watch.pipeline.apply
    watch.pipeline.apply = lambda record: worked.append(record) or apply(record)
    feed_all(watch, batches[:20])
    watch.stop()
    again = open_watch(start=False)
    read = list(again.journal.read())
    assert [record.kind for record in read] == [record.kind for record in worked]
    for one, other in zip(read, worked, strict=True):
        if one.kind is RecordKind.DETECTIONS:
            assert one.rows.tobytes() == other.rows.tobytes()
        else:
            assert one.body == other.body
