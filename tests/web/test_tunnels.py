from __future__ import annotations


def test_a_lead_from_report_to_hand_over(service, operator, viewer):
    lead = {"title": "fresh earth behind the barn", "km_from": 1.0, "km_to": 1.4}
    case = operator.post("/api/tunnels", json=lead).json()["id"]
    found = {"kind": "patrol", "figures": {"report": "spoil"}, "at": 1000.0}
    assert operator.post(f"/api/tunnels/{case}/evidence", json=found).status_code == 204
    shown = next(one for one in viewer.get("/api/tunnels").json() if one["id"] == case)
    assert shown["p"] > shown["prior"]
    assert shown["steps"][0]["bits"] > 0.0
    assert "nothing here shows that there is no tunnel" in shown["residual"]["sentence"]
    assert operator.post(f"/api/tunnels/{case}/handover", json={"to": "sue", "text": "line on Monday"}).status_code == 204
    assert operator.post(f"/api/tunnels/{case}/close", json={"outcome": "handed to others"}).status_code == 204
    verbs = [entry["verb"] for entry in service.audit() if entry["object"] == case]
    assert verbs == ["tunnel case opened", "tunnel evidence", "tunnel case handed over", "tunnel case closed"]


def test_what_is_refused(operator, viewer):
    lead = {"title": "wide", "km_from": 1.0, "km_to": 4.0}
    assert viewer.post("/api/tunnels", json=lead).status_code == 403
    assert "at most 1 km" in operator.post("/api/tunnels", json=lead).json()["detail"]
    answer = operator.post("/api/tunnels/tunnel-9999/evidence", json={"kind": "patrol", "figures": {"report": "tip"}})
    assert (answer.status_code, "no tunnel case" in answer.json()["detail"]) == (409, True)
    case = operator.post("/api/tunnels", json={**lead, "km_to": 1.5}).json()["id"]
    wrong = operator.post(f"/api/tunnels/{case}/evidence", json={"kind": "fibre", "figures": {"nights": 3, "heard": 9}})
    assert (wrong.status_code, "heard" in wrong.json()["detail"]) == (409, True)


def test_surveys_of_a_case_raise_the_closure_of_its_km(operator):
    def tunnel():
        rows = operator.get("/api/closure").json()["closure"]
        return next(row for row in rows if row["mode"] == "tunnel")["km"]

    before = tunnel()
    case = operator.post("/api/tunnels", json={"title": "line", "km_from": 0.0, "km_to": 1.0}).json()["id"]
    power = [{"depth_m": 6.0, "size_m": 1.5, "p_found": 0.9}]
    figures = {"found": False, "false_per_km": 1.0, "length_m": 47.0, "power": power}
    assert operator.post(f"/api/tunnels/{case}/evidence", json={"kind": "survey", "figures": figures}).status_code == 204
    after = tunnel()
    assert after[0] > before[0]
    assert after[1:] == before[1:]
