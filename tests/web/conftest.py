"""The page's service for real: uvicorn on a free port over a watch that has seen the evening."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import uvicorn
from argon2 import PasswordHasher

from limes.watch import users
from limes.watch.ingest import take
from limes.watch.service import Watch, WatchSettings
from limes.web.app import create_app

PASSWORD = "correct horse battery"
TOKEN = "ingest-token"
PEOPLE = {"vera": "viewer", "otto": "operator", "sue": "supervisor"}


@dataclass
class Service:
    """A running service: where it is, what is behind it, and how one talks to it."""

    url: str
    app: Any
    watch: Watch
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, name=None, header=True):
        """Somebody's browser: logged in by name, or nobody's; with the header that the page sends."""
        client = httpx.Client(base_url=self.url, headers={"X-Limes": "1"}, timeout=300)
        self.clients.append(client)
        if name is not None:
            answer = client.post("/api/login", json={"name": name, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
        if not header:
            del client.headers["X-Limes"]
        return client

    def feed(self, batches):
        for batch in batches:
            done = take(self.watch, batch.lines, "test").done
        done.result(300)

    def audit(self):
        return self.client("sue").get("/api/audit", params={"limit": 1000}).json()


@pytest.fixture(scope="module", autouse=True)
def _quick():
    """Hash passwords with little work."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(users, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture(scope="module")
def service(_quick, mesa, mesa_deployment, evening_data, tmp_path_factory):
    folder = shutil.copytree(evening_data, tmp_path_factory.mktemp("web") / "data")
    watch = Watch(mesa, mesa_deployment, WatchSettings(folder, mode="simulated"))
    with watch.store.begin() as connection:
        for name, role in PEOPLE.items():
            users.add(connection, name, role, PASSWORD)
    watch.start()
    app = create_app(watch, TOKEN)
    door = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=3))
    thread = threading.Thread(target=server.run, args=([door],))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    running = Service(f"http://127.0.0.1:{door.getsockname()[1]}", app, watch)
    yield running
    for client in running.clients:
        client.close()
    server.should_exit = True
    thread.join()
    door.close()
    watch.stop()


@pytest.fixture(scope="module")
def viewer(service):
    return service.client("vera")


@pytest.fixture(scope="module")
def operator(service):
    return service.client("otto")


@pytest.fixture(scope="module")
def supervisor(service):
    return service.client("sue")


@pytest.fixture
def open_case(operator):
    """A case that wants an answer."""
    kinds = ("approach", "crossing", "silence", "distress")
    return next(case for case in operator.get("/api/cases").json() if case["state"] == "open" and case["kind"] in kinds)
