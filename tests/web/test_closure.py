"""Closure of the moment over HTTP."""


def test_closure_says_what_can_get_through_now(service):
    client = service.client("vera")
    answer = client.get("/api/closure")
    assert answer.status_code == 200, answer.text
    facts = answer.json()
    assert {(row["mode"], row["direction"]) for row in facts["closure"]} >= {
        ("foot", "in"),
        ("vehicle", "out"),
        ("tunnel", "in"),
    }
    assert all(len(row["km"]) == 20 for row in facts["closure"])
    assert facts["crews"]["deployed"] == 1
    assert facts["worst_ways"][0]["place"].startswith("km ")


def test_sensors_that_do_not_work_are_out_of_it(service):
    pipeline = service.watch.pipeline
    down = {s.id for s, up in zip(pipeline.sensors, pipeline.up, strict=True) if not up}
    assert set(service.client("vera").get("/api/closure").json()["lost"]) >= down


def test_strangers_are_told_nothing(service):
    assert service.client().get("/api/closure").status_code == 401
