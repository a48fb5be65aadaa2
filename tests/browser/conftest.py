"""A real demo and a real Chromium: Debian's, driven through playwright; never a browser of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    *("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic"),
]


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="there is no Chromium; on Debian: apt-get install chromium"))


@pytest.fixture(scope="module")
def demo():
    """`limes demo` from shortly before a family stops in the cold, at 20 times real time; yields where it runs."""
    command = [sys.executable, "-m", "limes", "demo", "--no-browser", "--json", "--port", "0"]
    command += ["--speed", "20", "--after", "2.2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield json.loads(running.stdout.readline())
        finally:
            running.terminate()


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=60_000)
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield chromium
        chromium.close()


def _wrong(message) -> bool:
    """Whether a console message is a fault.

    Before the login the page asks who it is and Chromium notes the answer 401; 503 is a watch that is behind and says so.
    """
    return message.type == "error" and not any(status in message.text for status in ("401", "503"))


@pytest.fixture
def page(browser, demo):
    """A fresh page on the demo, logged in by its link, that fails the test when its console shows an error."""
    page = browser.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    page.set_default_timeout(90_000)
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if _wrong(message) else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(demo["page"])
    page.locator("header").get_by_text("demo").wait_for()
    yield page
    page.close()
    assert faults == []
