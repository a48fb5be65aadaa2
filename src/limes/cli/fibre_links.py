"""Where the events of `limes fibre` go: a watch over TCP, and its page over HTTP."""

from __future__ import annotations

import asyncio
import threading
import urllib.error
import urllib.request
from dataclasses import asdict
from types import TracebackType
from typing import Any

import orjson

from limes.errors import LimesError, UsageError
from limes.links.client import Client
from limes.signals.fibre.event import Event
from limes.signals.fibre.stream import Energies
from limes.signals.fibre.waterfall import Row, Waterfall

_PACE = 2


class Outlets:
    """A context manager around a connection to a watch (`send`, HOST:PORT) and to its page (`page`, a URL), where given."""

    def __init__(self, send: str | None, page: str | None, token: str | None, sensor: str) -> None:
        if send is not None and not send.rpartition(":")[2].isdigit():
            raise UsageError(f"--send: {send!r} is not HOST:PORT")
        if page is not None and not page.startswith(("http://", "https://")):
            raise UsageError(f"--page: {page!r} is not http://HOST:PORT")
        self.send, self.page, self.token, self.sensor = send, page, token, sensor
        self._waterfall = Waterfall()
        self._rows: list[Row] = []
        self._shown: list[dict[str, Any]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._client: Client | None = None

    def __enter__(self) -> Outlets:
        if self.send is not None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, name="limes-fibre-send", daemon=True)
            self._thread.start()
            host, _, port = self.send.rpartition(":")
            self._client = Client(host, int(port), self.token, f"limes-fibre {self.sensor}")
            self._run(self._client.__aenter__())
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        if self._rows or self._shown:
            self._show()
        if self._client is not None:
            try:
                if kind is None:
                    self._run(self._client.drain())
            finally:
                self._run(self._client.close())
                self._stop()

    def _stop(self) -> None:
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def _run(self, work: Any) -> Any:
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def event(self, event: Event, line: dict[str, Any]) -> None:
        """Send an event to the watch, and keep it for the page."""
        if self._client is not None:
            self._run(self._client.write([orjson.dumps(line)]))
        if self.page is not None:
            self._shown.append(asdict(event) | {"label": event.label, "p": event.p})

    def passed(self, energies: list[Energies]) -> None:
        """Show what was heard on the page, every other second."""
        if self.page is None:
            return
        for one in energies:
            self._rows += self._waterfall.feed(one)
        if len(self._rows) >= _PACE:
            self._show()

    def _show(self) -> None:
        if self.page is None:
            return
        body = orjson.dumps(self._waterfall.message(self._rows, self._shown), default=str)
        self._rows, self._shown = [], []
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token or ''}"}
        url = f"{self.page.rstrip('/')}/api/ingest/fibre/{self.sensor}"
        request = urllib.request.Request(url, body, headers)  # noqa: S310 - the scheme was looked at
        try:
            with urllib.request.urlopen(request, timeout=10.0):  # noqa: S310
                pass
        except urllib.error.HTTPError as fault:
            raise LimesError(
                f"{url}: {fault.code} {fault.reason}; is the token right and the fibre in the deployment?"
            ) from None
        except OSError as fault:
            raise LimesError(f"{url}: {fault}; is the watch running?") from None
