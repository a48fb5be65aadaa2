"""What an officer does with a spectrum, with a real watch behind a real page."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from limes.signals.spectra import BUNDLED, load_libraries
from limes.watch import users
from limes.watch.store import open_store

ROOT = Path(__file__).parents[2]
PICTURES = Path(os.environ.get("LIMES_PICTURES", ROOT / "build/pictures"))
AXE = ROOT / "ui/node_modules/axe-core/axe.min.js"
PASSWORD = "correct horse battery"

DROP = """([text, name]) => {
  const moved = new DataTransfer()
  moved.items.add(new File([text], name))
  document.querySelector('.drop').dispatchEvent(new DragEvent('drop', { dataTransfer: moved, bubbles: true, cancelable: true }))
}"""


@pytest.fixture(scope="module")
def watch(tmp_path_factory):
    """A small watch with a supervisor; yields the address of its page."""
    folder = tmp_path_factory.mktemp("checkpoint")
    store = open_store(folder)
    with store.begin() as connection:
        users.add(connection, "otto", "supervisor", PASSWORD)
    store.close()
    command = [sys.executable, "-m", "limes", "watch", "mesa-verde", "demo", "--data", str(folder), "--stream-clock", "--json"]
    command += ["--page", "127.0.0.1:0", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield json.loads(running.stdout.readline())["page"]
        finally:
            running.terminate()


def niter() -> str:
    """The bundled reflectance of niter (USGS, public domain) as an instrument's table."""
    (library,) = load_libraries(BUNDLED, "nir")
    row = next(k for k, one in enumerate(library.rows) if one.material.startswith("Niter"))
    with np.load(BUNDLED / "nir_usgs.npz") as held:
        x, y = (held[key][held["offsets"][row] : held["offsets"][row + 1]] for key in ("x", "y"))
    return "wavelength (nm),reflectance\n" + "\n".join(f"{a:.2f},{b:.6f}" for a, b in zip(x, y, strict=True))


def barriers(page):
    if not AXE.exists():
        return []
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [(fault["id"], fault["nodes"][0]["html"][:120]) for fault in found]


def small_targets(page):
    """Buttons and fields of the screen lower than 48 px."""
    return page.evaluate(
        "[...document.querySelectorAll('.checkpoint .big, .checkpoint select, .checkpoint input:not(.hidden)')]"
        ".filter(one => one.getBoundingClientRect().height < 48).map(one => one.outerHTML.slice(0, 80))"
    )


def test_a_spectrum_from_drop_to_audit(browser, watch):
    page = browser.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{watch}#login=otto:{PASSWORD.replace(' ', '%20')}")
    page.locator("header").get_by_text("otto").wait_for()
    page.evaluate("location.hash = '#/checkpoint'")
    page.get_by_label("Declared goods").fill("table salt")
    page.evaluate(DROP, [base64.b64encode(b"PK").decode(), "notes.txt"])
    expect(page.get_by_role("alert").first).to_contain_text("notes.txt was refused")
    page.evaluate(DROP, [niter(), "cargo.csv"])
    verdict = page.locator(".verdict")
    expect(verdict).to_contain_text(re.compile("niter", re.IGNORECASE))
    expect(verdict).to_contain_text("Potassium nitrate")
    expect(verdict).to_contain_text("Next: second method")
    expect(verdict.locator("polyline.residual")).to_have_count(1)
    for width, height in ((1280, 720), (820, 1180)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert barriers(page) == []
        assert small_targets(page) == []
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"checkpoint-{width}.png")
    page.set_viewport_size({"width": 1280, "height": 720})
    page.get_by_role("button", name="sent to laboratory").press("Enter")
    page.screenshot(path=PICTURES / "checkpoint-outcome.png")
    page.get_by_role("button", name="Write it down: sent to laboratory").press("Enter")
    expect(page.get_by_text("Written down and closed:")).to_be_visible()
    entries = page.evaluate("fetch('/api/audit').then(answer => answer.json())")
    case = next(entry["object"] for entry in entries if entry["verb"] == "reading")
    assert [entry["verb"] for entry in entries if entry["object"] == case] == ["reading", "close"]
    page.evaluate("location.hash = '#/audit'")
    expect(page.get_by_role("row", name=re.compile("sent to laboratory"))).to_be_visible()
    page.evaluate("location.hash = '#/checkpoint'")
    page.evaluate("document.documentElement.dir = 'rtl'")
    page.locator(".reading").first.click()
    page.screenshot(path=PICTURES / "checkpoint-rtl.png")
    page.close()
    assert faults == []
