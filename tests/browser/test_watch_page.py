"""What an operator does through a night, with a real watch behind a real page."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

ROOT = Path(__file__).parents[2]
PICTURES = Path(os.environ.get("LIMES_PICTURES", ROOT / "build/pictures"))
AXE = ROOT / "ui/node_modules/axe-core/axe.min.js"
SETTLE_MS = 4000


def api(page: Page, path: str):
    """What the watch's API answers to the page's own session."""
    return page.evaluate("path => fetch(path).then(answer => answer.json())", path)


def shown(page: Page, name: str) -> None:
    """Keep a picture of the page once the map has settled."""
    page.wait_for_timeout(SETTLE_MS)
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")


def until(page: Page, look, seconds: int = 180):
    """What `look` finds, as soon as it finds anything."""
    for _ in range(2 * seconds):
        found = look()
        if found:
            return found
        page.wait_for_timeout(500)
    raise AssertionError("it did not come")


def open_case(page: Page, kind: str) -> dict | None:
    """The first case of a kind that waits for a person."""
    cases = api(page, "/api/state")["cases"].values()
    return next((case for case in cases if case["kind"] == kind and case["state"] == "open"), None)


def act(page: Page, case: dict, keys: str, state: str) -> None:
    """Choose a case, press keys, and wait until the watch says that it stands where the act leads."""
    page.locator(f"#case-{case['id']}").click()
    for key in [*keys, "Enter"]:
        page.keyboard.press(key)
    until(page, lambda: api(page, f"/api/cases/{case['id']}")["state"] == state)


def test_it_says_what_it_is(page):
    expect(page.get_by_text(re.compile("SIMULATED"))).to_be_visible()
    expect(page.get_by_text("MODELLED TERRAIN", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("OpenStreetMap contributors"))).to_be_visible()


def test_tracks_move(page):
    frames: list[dict] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: frames.append(json.loads(data))))
    page.reload()
    expect(page.locator(".maplibregl-canvas")).to_be_visible()
    page.wait_for_timeout(15_000)
    places: dict[str, set[tuple[float, float]]] = {}
    for frame in frames:
        for track, seen in frame.get("tracks", {}).items():
            places.setdefault(track, set()).add((seen["lon"], seen["lat"]))
    assert sum(len(seen) > 3 for seen in places.values()) >= 5
    shown(page, "watch")


def test_the_strip_shows_how_surely_people_are_stopped(page):
    page.keyboard.press("b")
    expect(page.get_by_text("Weakest ways on foot towards home")).to_be_visible(timeout=240_000)
    expect(page.get_by_role("button", name="on foot", exact=True)).to_be_visible()
    shown(page, "closure")
    page.keyboard.press("b")


def test_who_sees_a_place(page):
    page.wait_for_timeout(SETTLE_MS)
    box = page.locator(".maplibregl-canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.25)
    expect(page.get_by_text(re.compile("Who sees a", re.IGNORECASE)).first).to_be_visible()
    expect(page.locator(".sight-line .sight-ground").first).to_be_visible()
    expect(page.locator(".sight-line figcaption").first).to_have_text(re.compile("stands in the way"))
    assert barriers(page) == []
    shown(page, "place")


def test_coverage_by_class_hour_and_weather(page):
    page.get_by_role("button", name="Coverage").click()
    asked = page.locator(".map-asked")
    asked.locator("select").nth(0).select_option("2")
    figures = asked.locator("p")
    expect(figures).to_have_text(re.compile(r"before the line [<>0-9. ]+; aerostats up [<>0-9. ]+, down [<>0-9. ]+"))
    before = figures.inner_text()
    with page.expect_response(lambda answer: "/api/coverage.png" in answer.url and "weather=storm" in answer.url) as picture:
        asked.locator("select").nth(1).select_option("storm")
    assert picture.value.ok
    expect(figures).not_to_have_text(before)
    expect(page.get_by_role("button", name="Coverage: person")).to_be_visible()
    assert barriers(page) == []
    shown(page, "coverage")


def barriers(page: Page) -> list[tuple[str, str]]:
    """What axe-core finds that shuts somebody out; nothing where it is not installed (npm ci in ui)."""
    if not AXE.exists():
        return []
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [(fault["id"], fault["nodes"][0]["html"][:120]) for fault in found]


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1024, 768), (820, 1180)])
def test_it_fits_and_is_accessible(page, width, height):
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run npm ci in ui")
    page.set_viewport_size({"width": width, "height": height})
    expect(page.get_by_text(re.compile("SIMULATED"))).to_be_visible()
    page.wait_for_timeout(SETTLE_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert barriers(page) == []
    if width == 820:
        shown(page, "tablet")


def test_a_case_from_alert_to_audit(page):
    case = until(page, lambda: open_case(page, "distress"))
    page.locator(f"#case-{case['id']}").click()
    expect(page.locator(".sentence")).to_contain_text(re.compile(r"km \d"))
    expect(page.get_by_text("Seen by").first).to_be_visible()
    assert "rescue" in page.locator("#queue .row").first.get_attribute("class")
    shown(page, "case")
    act(page, case, "c", "confirmed")
    act(page, case, "r1", "tasked")
    act(page, case, "x11", "closed")
    closed = api(page, f"/api/cases/{case['id']}")
    assert closed["people"] is not None
    verbs = [entry["verb"] for entry in api(page, "/api/audit") if entry["object"] == case["id"]]
    assert verbs == ["confirm", "rescue", "close"]
    assert api(page, "/api/audit/verify")["wrong"] == []


def test_the_audit_screen_shows_the_acts(page):
    page.locator("header button").last.click()
    page.get_by_role("menuitem", name="Audit").or_(page.get_by_role("link", name="Audit")).or_(
        page.get_by_role("button", name="Audit")
    ).first.click()
    page.get_by_role("button", name="Verify the chain").click()
    expect(page.get_by_text(re.compile("chain holds"))).to_be_visible()
    shown(page, "audit")
