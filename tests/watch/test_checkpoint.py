from __future__ import annotations

import shutil
import threading

import pytest

from limes.errors import InputError
from limes.watch import audit, chain, custody, projection
from limes.watch.cases import GOODS_OUTCOMES, ActRefused, Case, check, permitted
from limes.watch.checkpoint import check_reading, methods, sentence, title
from limes.watch.laboratory import LARGEST, Laboratory, analyse
from limes.watch.users import User

OTTO = User("otto", "operator", False, False)


def found(**said):
    body = {
        "id": "r1", "file": "a.csv", "method": "raman", "level": "act", "verdict": "material", "name": "niter", "user": "otto",
        "reason": "scores 0.99", "step": "second method", "declared": "salt", "declared_answer": "no", "sha256": "ab" * 32,
        "listed": [{"substance": "Potassium nitrate"}],
    }  # fmt: skip
    return body | said


def case(*readings):
    one = Case("case-000001", "checkpoint", "medium", "", 0.0, 0.0)
    one.facts = {"readings": list(readings), "crossing": "North gate"}
    return one


def close(outcome, **more):
    return {"verb": "close", "user": "otto", "outcome": outcome, **more}


def test_one_device_is_no_finding():
    one = case(found())
    for outcome in ("refused", "handed over"):
        with pytest.raises(ActRefused, match="no finding"):
            check(one, close(outcome))
        check(one, close(outcome, text="the driver showed a hidden compartment"))
    check(one, close("released"))
    check(one, close("sent to laboratory"))
    two = case(found(), found(id="r2", method="mid-ir"))
    for outcome in GOODS_OUTCOMES:
        check(two, close(outcome))
    assert methods(case(found(), found(id="r2", method="mid-ir", level="again"))) == {"raman"}
    assert "dismiss" not in permitted(one)
    with pytest.raises(ActRefused, match="became of the goods"):
        check(one, close("whatever"))


def test_it_reads_as_people_speak():
    assert title(case(found())) == "Niter, North gate"
    said = sentence(case(found()))
    assert said.startswith("a.csv at North gate, raman: material: niter (scores 0.99).")
    assert "Consistent with the declared salt? no." in said
    assert said.endswith("Next: second method. One device's alarm is no finding.")
    assert sentence(case(found(), found(method="mid-ir"))).endswith("decide: mid-ir and raman have spoken.")
    assert title(case()) == "Reading, North gate"
    assert sentence(case())


def test_what_does_not_fit_is_refused():
    with pytest.raises(ActRefused, match="crossing point"):
        check_reading({"crossing": "x"}, {}, {})
    closed = case()
    closed.state = "closed"
    with pytest.raises(ActRefused, match="open checkpoint case"):
        check_reading({"case": closed.id}, {}, {closed.id: closed})
    check_reading({}, {}, {})


def test_bytes_are_kept_once_and_found_out_when_changed(tmp_path):
    data, name = b"some bytes", "1a" * 32
    path = custody.keep(tmp_path, data, name)
    assert custody.keep(tmp_path, data, name) == path
    with pytest.raises(InputError, match="changed"):
        custody.fetch(tmp_path, name)
    with pytest.raises(InputError, match="not kept"):
        custody.fetch(tmp_path, "../../etc/passwd")
    assert [one.name for one in path.parent.iterdir()] == [name]


def test_a_laboratory_refuses_what_it_cannot_read(monkeypatch):
    laboratory = Laboratory()
    with pytest.raises(InputError, match="larger"):
        analyse(bytes(LARGEST + 1), "a.csv", laboratory)

    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("limes.watch.laboratory.parse", broken)
    with pytest.raises(InputError, match=r"cannot be analysed \(ZeroDivisionError\)"):
        analyse(b"1,2\n3,4\n", "a.csv", laboratory)


@pytest.fixture
def listed(monkeypatch):
    """A laboratory that finds a listed material in whatever it is given."""

    def analysed(data, file, laboratory, declared, technique):
        return found(sha256="cd" * 32, size=len(data), library="v", limes="0", curve={"x": [1.0]}, kind="spectrum")

    monkeypatch.setattr("limes.watch.service.analyse", analysed)


def test_readings_outlive_a_sudden_death(open_watch, evening_copy, tmp_path, listed):
    watch = open_watch(evening_copy)
    first = watch.read("otto", "page", b"measured", {"file": "a.csv"})
    watch.act(OTTO, first["case"], "note", {"text": "seen"})
    second = watch.read("otto", "page", b"measured again", {"file": "b.csv", "case": first["case"]})
    dead = shutil.copytree(evening_copy, tmp_path / "dead")  # as a kill would leave it
    watch.act(OTTO, first["case"], "close", {"outcome": "released"})
    with pytest.raises(ActRefused):
        watch.read("otto", "page", b"late", {"file": "c.csv", "case": first["case"]})
    for rebuilt in (False, True):
        if rebuilt:  # the journal alone is enough
            for path in [*dead.glob("*.snapshot"), *dead.glob("watch.sqlite*")]:
                path.unlink()
        again = open_watch(dead, start=False)
        kept = again.pipeline.cases[first["case"]]
        assert [one["file"] for one in kept.facts["readings"]] == ["a.csv", "b.csv"]
        with again.store.read() as connection:
            assert {one["id"] for one in projection.readings(connection)} == {first["id"], second["id"]}
            assert projection.reading(connection, first["id"])["curve"] == {"x": [1.0]}
            lines = list(audit.export(connection))
        assert chain.verify(lines) == []
        assert sum('"verb": "reading"' in line for line in lines) == 2
        assert custody.keep(dead, b"", "cd" * 32).read_bytes() == b"measured"
        again.stop()


def test_many_at_once_are_all_kept(open_watch, evening_copy, listed):
    watch = open_watch(evening_copy)
    took = []

    def bring(number):
        took.append(watch.read("otto", "page", b"x", {"file": f"{number}.csv"}))

    threads = [threading.Thread(target=bring, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one["case"] for one in took}) == 1
    assert len(watch.pipeline.cases[took[0]["case"]].facts["readings"]) == 6


def test_a_runaway_instrument_does_not_flood_the_queue(open_watch, evening_copy, monkeypatch):
    numbers = iter(range(100))

    def analysed(data, file, laboratory, declared, technique):
        return found(sha256=f"{next(numbers):064x}", size=len(data), library="v", limes="0", kind="spectrum")

    monkeypatch.setattr("limes.watch.service.analyse", analysed)
    watch = open_watch(evening_copy)
    took = [watch.read("raman-1", "link", b"x", {"file": f"{n}.csv"}) for n in range(25)]
    held = [watch.pipeline.cases[one["case"]].hidden_by for one in took]
    assert sum(one is None for one in held) <= 12
    assert all(one["case"] for one in took)
