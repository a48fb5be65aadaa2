"""The checkpoint's part of the demo night: at 01:45 a truck's load is measured that is not what its papers say."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from limes.errors import LimesError

if TYPE_CHECKING:
    from limes.watch.service import Watch

AT_S = 8.75 * 3600.0
"""Seconds from the night's begin, 17:00, to the measurement."""

DECLARED = "halite"
_MATERIAL = "Niter"


def truck_spectrum(seed: int) -> bytes:
    """What the demo's instrument measures, as its CSV: the bundled reflectance of niter with noise of a seed; simulated."""
    import numpy as np

    from limes.seeds import generator
    from limes.signals.spectra import BUNDLED, load_libraries

    (library,) = load_libraries(BUNDLED, "nir")
    row = next(k for k, one in enumerate(library.rows) if one.material.startswith(_MATERIAL))
    with np.load(BUNDLED / "nir_usgs.npz") as held:
        x, y = (held[name][held["offsets"][row] : held["offsets"][row + 1]] for name in ("x", "y"))
    noisy = y + generator(seed, "demo", "truck").normal(0.0, 0.001, y.size)
    rows = "\n".join(f"{a:.2f},{b:.5f}" for a, b in zip(x, noisy, strict=True))
    return f"# simulated\nwavelength (nm),reflectance\n{rows}\n".encode()


def bring_truck(watch: Watch, at: float, seed: int) -> threading.Thread:
    """Have the truck measured once the stream's clock passes `at`; a night that begins later has none.

    The measurement goes in from a thread of its own: the one that tells of changes works on what comes in.
    """
    come = threading.Event()
    early: list[bool] = []

    def look(_: Any) -> None:
        time = watch.pipeline.time
        if time is not None and not early:
            early.append(time < at)
        if time is not None and time >= at:
            come.set()

    def measure() -> None:
        with watch.listening(look):
            come.wait()
        if early[0]:
            crossing = next(iter(watch.pipeline.points), "")
            said = {"file": "truck-0145.csv", "crossing": crossing, "declared": DECLARED}
            with suppress(LimesError):  # the demo ends just now
                watch.read("nir-1 (simulated)", "link", truck_spectrum(seed), said)

    thread = threading.Thread(target=measure, name="limes-demo-truck", daemon=True)
    thread.start()
    return thread
