"""The fibre beside its peers, against its bounds and in real noise: throughput, location, thresholds, injected digging.

    python benchmarks/fibre.py [pass steps locate threshold digging quiet] [--noise FILE] [--learn] [--hours H]

CPU seconds count, not the clock on the wall: they hold on a busy machine. Peers that are not installed are said to be absent;
each runs in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from limes.seeds import generator
from limes.signals.fibre import kernels
from limes.signals.fibre.block import Block
from limes.signals.fibre.classify import Model
from limes.signals.fibre.detect import RARE, Detector, Levels
from limes.signals.fibre.ground import Array
from limes.signals.fibre.listen import Listener, ListenSettings
from limes.signals.fibre.locate import fisher, locate
from limes.signals.fibre.places import Places
from limes.signals.fibre.simulate import scene, tiled
from limes.signals.fibre.stream import Stream

NOISE = Path(__file__).parents[2] / "shared/data/das/porotomo_ch2500-2799.h5"
CHANNELS, SECONDS, RATE = 2000, 20, 500


def whole_pass() -> None:
    """98 km as two units of 49 km: how many seconds of signal two CPU seconds take, detector and all."""
    for spacing in (5.0, 2.0):
        channels = round(49_000 / spacing)
        rng = np.random.default_rng(1)
        x = (1000 * rng.standard_normal((1000, channels), dtype=np.float32)).astype(np.int16)
        for threads in (1, 2):
            with Stream(threads=threads) as stream:
                detector = Detector()
                for k in range(4):
                    feed(stream, detector, x, float(k), spacing)
                before, wall, rounds = time.process_time(), time.perf_counter(), 6
                for k in range(rounds):
                    feed(stream, detector, x, 4.0 + k, spacing)
                cpu, wall = (time.process_time() - before) / rounds, (time.perf_counter() - wall) / rounds
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"pass    98 km, {spacing:g} m x 1 kHz, 2 units, {threads} threads: {1.0 / cpu:5.1f} s of signal per 2 CPU s, "
                f"{channels * 1000 / cpu / 1e6:6.1f} Msamples per CPU s; wall of one unit {1.0 / wall:5.1f} x real time; "
                f"peak {peak:.0f} MB"
            )


def feed(stream: Stream, detector: Detector, x: np.ndarray, time_s: float, spacing: float) -> None:
    for passed in stream.feed(Block(time_s, 1000.0, 0.0, spacing, x)):
        detector.feed(passed)


class Limes:
    """The single steps of Limes on one block, as its peers have them."""

    def __init__(self, x: np.ndarray, rate: float) -> None:
        from scipy import signal

        self.x, self.rate, self.out = x, rate, np.empty_like(x)
        self.blocks = -(-x.shape[1] // kernels.WIDTH)
        self.sos = signal.butter(4, [5, 100], "bandpass", fs=rate, output="sos").astype(np.float32)
        self.low = signal.butter(8, 0.8 * rate / 8, fs=rate, output="sos").astype(np.float32)
        for name in ("band", "decim", "stalta", "rms"):
            self.x, keep = x[:64], x
            getattr(self, name)()
            self.x = keep

    def _filter(self, sos: np.ndarray, every: int) -> np.ndarray:
        z = np.zeros((self.blocks, len(sos), 2, kernels.WIDTH), np.float32)
        kernels.filter_rows(self.x, sos, 0, every, z, (0, self.blocks), self.out)
        return self.out[: -(-len(self.x) // every)]

    def band(self) -> np.ndarray:
        return self._filter(self.sos, 1)

    def decim(self) -> np.ndarray:
        return self._filter(self.low, 4)

    def stalta(self) -> np.ndarray:
        gains = (np.float32(1 / (0.2 * self.rate)), np.float32(1 / (5 * self.rate)))
        z = np.zeros((self.blocks, 2, kernels.WIDTH), np.float32)
        kernels.short_over_long(self.x, gains, z, (0, self.blocks), self.out)
        return self.out

    def rms(self) -> np.ndarray:
        past, sums = np.zeros((int(self.rate), self.x.shape[1]), np.float32), np.zeros(self.x.shape[1], np.float32)
        for left in range(0, self.x.shape[1], 256):
            kernels.rolling_rms(self.x, past, 0, sums, (left, min(left + 256, self.x.shape[1])), self.out)
        return self.out


class Scipy:
    def __init__(self, x: np.ndarray, rate: float) -> None:
        from scipy import signal

        self.signal, self.x, self.rate = signal, x, rate
        self.sos = signal.butter(4, [5, 100], "bandpass", fs=rate, output="sos").astype(np.float32)
        self.low = signal.butter(8, 0.8 * rate / 8, fs=rate, output="sos").astype(np.float32)

    def band(self) -> np.ndarray:
        return np.asarray(self.signal.sosfilt(self.sos, self.x, axis=0))

    def decim(self) -> np.ndarray:
        return np.asarray(self.signal.sosfilt(self.low, self.x, axis=0)[::4])

    def stalta(self) -> np.ndarray:
        p = self.x * self.x
        a, b = 1 / (0.2 * self.rate), 1 / (5 * self.rate)
        short, long = (self.signal.lfilter(np.float32([c]), np.float32([1, c - 1]), p, axis=0) for c in (a, b))
        return np.asarray(short / (long + 1e-9))

    def rms(self) -> np.ndarray:
        from scipy.ndimage import uniform_filter1d

        return np.sqrt(uniform_filter1d(self.x * self.x, int(self.rate), axis=0))


class Dascore:
    def __init__(self, x: np.ndarray, rate: float) -> None:
        import dascore as dc
        from dascore.units import s

        times = dc.to_datetime64(0) + (np.arange(len(x)) * (1e9 / rate)).astype("timedelta64[ns]")
        patch = dc.Patch(data=x, coords={"time": times, "distance": np.arange(x.shape[1]) * 5.0}, dims=("time", "distance"))
        self.patch, self.s = patch.set_units(time="s", distance="m"), s

    def band(self) -> np.ndarray:
        return np.asarray(self.patch.pass_filter(time=(5, 100), corners=4, zerophase=False).data)

    def decim(self) -> np.ndarray:
        return np.asarray(self.patch.decimate(time=4, filter_type="iir").data)

    def stalta(self) -> np.ndarray:
        q = self.patch**2
        return np.asarray((q.rolling(time=0.2 * self.s).mean() / q.rolling(time=5 * self.s).mean()).data)

    def rms(self) -> np.ndarray:
        return np.asarray(((self.patch**2).rolling(time=1 * self.s).mean() ** 0.5).data)


class Xdas:
    def __init__(self, x: np.ndarray, rate: float) -> None:
        import xdas
        import xdas.signal as xs

        ends = {"tie_indices": [0, len(x) - 1], "tie_values": [0.0, (len(x) - 1) / rate]}
        places = {"tie_indices": [0, x.shape[1] - 1], "tie_values": [0.0, 5.0 * (x.shape[1] - 1)]}
        self.x, self.xs = xdas.DataArray(x, coords={"time": ends, "distance": places}, dims=("time", "distance")), xs

    def band(self) -> np.ndarray:
        from xdas.atoms import IIRFilter

        return np.asarray(IIRFilter(4, [5, 100], "bandpass", dim="time")(self.x).values)

    def decim(self) -> np.ndarray:
        return np.asarray(self.xs.decimate(self.x, 4, ftype="iir", zero_phase=False, dim="time").values)


class Daspy:
    def __init__(self, x: np.ndarray, rate: float) -> None:
        from daspy import Section

        self.section = Section(np.ascontiguousarray(x.T), 5.0, rate)

    def band(self) -> np.ndarray:
        return np.asarray(self.section.bandpass(5, 100, corners=4, zerophase=False).data)

    def decim(self) -> np.ndarray:
        return np.asarray(self.section.downsampling(tint=4, lowpass_filter=True).data)


class Obspy:
    def __init__(self, x: np.ndarray, rate: float) -> None:
        from obspy import Stream as Traces
        from obspy import Trace

        self.traces = Traces([Trace(np.ascontiguousarray(x[:, j]), {"sampling_rate": rate}) for j in range(x.shape[1])])

    def band(self) -> object:
        return self.traces.filter("bandpass", freqmin=5, freqmax=100, corners=4, zerophase=False)

    def decim(self) -> object:
        return self.traces.decimate(4)

    def stalta(self) -> object:
        return self.traces.trigger("recstalta", sta=0.2, lta=5)


LIBRARIES: dict[str, Callable[[np.ndarray, float], object]] = {
    "Limes": Limes,
    "SciPy": Scipy,
    "DASCore": Dascore,
    "xdas": Xdas,
    "DASPy": Daspy,
    "ObsPy": Obspy,
}


def one_step(library: str, step: str) -> None:
    """One step of one library, in this process; prints Msamples per CPU second."""
    x = np.random.default_rng(7).standard_normal((SECONDS * RATE, CHANNELS), dtype=np.float32)
    try:
        engine = LIBRARIES[library](x, float(RATE))
    except ImportError:
        print(json.dumps({"absent": "not installed"}))
        return
    if not hasattr(engine, step):
        print(json.dumps({"absent": "does not offer it"}))
        return
    best = np.inf
    for _ in range(1 if library == "ObsPy" else 2):
        before = time.process_time()
        getattr(engine, step)()
        best = min(best, time.process_time() - before)
    print(json.dumps({"msps": x.size / best / 1e6}))


def steps() -> None:
    """Each step of each library in its own process, and the ratio of Limes to the best peer."""
    print(f"steps   {CHANNELS} channels x {SECONDS} s x {RATE} Hz, Msamples per CPU second")
    for step in ("band", "decim", "stalta", "rms"):
        rates = {}
        for library in LIBRARIES:
            command = [sys.executable, __file__, "--one", library, step]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=500)
            last = (done.stdout.strip().splitlines() or ["{}"])[-1]
            said = json.loads(last) if done.returncode == 0 else {"absent": "failed"}
            rates[library] = said.get("msps", 0.0)
            print(f"  {step:7s} {library:8s} {said.get('absent') or format(rates[library], '9.1f')}")
        best = max(rate for library, rate in rates.items() if library != "Limes")
        print(f"  {step:7s} Limes is {rates['Limes'] / best:.1f} x the best peer" if best else "  no peer")


def location() -> None:
    """Errors over the bound and coverage of the 90 % ellipses, 5 m channels, 4 ms picks; depth from two fibres 4 m apart."""
    x, sigma = np.arange(-50.0, 51.0, 5.0), 0.004
    for distance in (5.0, 10.0, 20.0, 40.0):
        rng, errors, scaled, inside = generator(5, "locate", int(distance)), [], [], []
        for _ in range(400):
            at, c = rng.uniform(-2.5, 2.5), 250.0 * rng.normal(1.0, 0.15)
            found = locate(x[:, None], np.hypot(x - at, distance) / c + rng.normal(0, sigma, len(x)), sigma)
            bound = np.linalg.inv(fisher(np.column_stack([x, 0 * x]), np.array([at, distance]), c, np.full(len(x), sigma)))
            errors.append(found.position - [at, distance])
            scaled.append(np.diag(bound)[:2])
            inside.append(found.inside(np.array([at, distance])))
        ratio = np.sqrt(np.square(errors).mean(axis=0) / np.mean(scaled, axis=0))
        print(
            f"locate  {distance:4.0f} m: place {ratio[0]:.2f} x, distance {ratio[1]:.2f} x the bound; "
            f"90 % ellipse holds {np.mean(inside):.1%}"
        )
    spots = np.concatenate([np.column_stack([x, 0 * x, 0 * x]), np.column_stack([x, 0 * x + 4.0, 0 * x])])
    for blows in (1, 30, 300):
        rng, off = generator(6, "depth", blows), []
        for _ in range(150):
            source = np.array([rng.uniform(-3, 3), rng.uniform(-2, 6), rng.uniform(4, 10)])
            r = np.sqrt(np.square(source - spots).sum(axis=1)) / (250.0 * rng.normal(1.0, 0.15))
            times = r + rng.normal(0, sigma / np.sqrt(blows), len(r))
            off.append(abs(locate(spots, times, sigma / np.sqrt(blows)).position[2] - source[2]))
        print(f"depth   two fibres 4 m apart, {blows} blows: median error {np.median(off):.2f} m")


def threshold() -> None:
    """The share of frames above the 1 % threshold before and after the noise changes threefold."""
    rng = generator(8, "threshold")
    for change in (3.0, 1.0 / 3.0, 9.0):
        levels = Levels((300,))
        shares = {}
        for hour, scale in (("before", 1.0), ("after", change)):
            over = total = 0
            for k in range(18_000):
                power = scale * rng.gamma(6.0, 1.0 / 6.0, 300)
                db = (10 * np.log10(power)).astype(np.float32)
                height = levels.height(db)
                levels.learn_from(db)
                if hour == "after" or k > 3000:
                    over += int((height > 1.0).sum())
                    total += 300
            shares[hour] = over / total
        told = f"{shares['before']:.2%} before, {shares['after']:.2%} in the hour after"
        print(f"thresh  energy x {change:.2f}: {told} ({RARE:.0%} asked)")


def recorded(path: Path) -> tuple[np.ndarray, Array]:
    """Real noise (rows, channels) and the fibre that it comes from."""
    from limes.signals.fibre.formats import open_recordings

    recording = open_recordings(path)[0]
    array = Array(recording.channels, recording.spacing, recording.rate, start=recording.start)
    return recording.block().values.astype(np.float32), array


def digging(path: Path, learn: bool) -> None:
    """Digging of SNR 6 put into real noise: how much of it is a case within ten minutes.

    With `learn` the model has learnt from simulated scenes in the same noise (other seeds), else it is the bundled one.
    """
    from limes.signals.fibre.learn import learnt, simulated

    noise, array = recorded(path)
    own = Block(0.0, array.rate, array.start, array.spacing, noise)
    model = learnt(simulated(24, 501, own), "benchmark") if learn else None
    found, delays, trials = 0, [], 40
    for k in range(trials):
        rng = generator(21, "digging", k)
        quiet = tiled(rng, noise, round(120 * array.rate))
        one = scene(rng, "hand digging", array, tiled(rng, noise, round(600 * array.rate)), 6.0)
        delay = first_case(array, [quiet, one.values], one.along, 120.0, model)
        found += delay is not None
        delays += [] if delay is None else [delay]
    median = f"{np.median(delays):.0f} s" if delays else "never"
    who = "learnt in this noise" if learn else "bundled"
    print(f"digging SNR 6 in {path.name}, model {who}: {found} of {trials} are cases within 10 minutes, median after {median}")


def quiet(path: Path, hours: float, seed: int, wide: int = 8) -> None:
    """Digging cases where nobody digs: eight stretches of the noise side by side, for some hours."""
    noise, array = recorded(path)
    false, events, rng = 0, 0, generator(seed, "quiet")
    with Listener("", None, ListenSettings(threads=1)) as listener:
        places = Places()
        for minute in range(round(hours * 60)):
            values = np.concatenate([tiled(rng, noise, round(60 * array.rate)) for _ in range(wide)], axis=1)
            for event in listener.feed(Block(60.0 * minute, array.rate, array.start, array.spacing, values)):
                false += places.feed(event) is not None
                events += 1
    days = array.channels * array.spacing * wide / 1000.0 * hours / 24.0
    most = f"95 % upper bound {bound(false) / days:.1f} per km-day"
    print(f"quiet   {path.name}: {false} false digging cases and {events} events in {days:.2f} km-days ({most})")


def bound(count: int) -> float:
    """Upper 95 % bound of a Poisson mean."""
    from scipy.stats import chi2

    return float(chi2.ppf(0.95, 2 * count + 2) / 2.0)


def first_case(array: Array, parts: list[np.ndarray], along: float, begin: float, model: Model | None) -> float | None:
    """Seconds from `begin` to the digging case within 40 m of a place; None: there was none."""
    values, places = np.concatenate(parts), Places()
    step = round(array.rate)
    with Listener("", model, ListenSettings(threads=1)) as listener:
        for first in range(0, len(values), step):
            block = Block(first / array.rate, array.rate, array.start, array.spacing, values[first : first + step])
            for event in listener.feed(block):
                place = places.feed(event)
                if place is not None and abs(place.along - along) < 40.0 and event.time > begin:
                    return event.time - begin
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=["pass", "steps", "locate", "threshold", "digging", "quiet"])
    parser.add_argument("--one", nargs=2)
    parser.add_argument("--noise", type=Path, default=NOISE)
    parser.add_argument("--hours", type=float, default=6.0, help="of quiet")
    parser.add_argument("--seed", type=int, default=22, help="of the quiet hours")
    parser.add_argument("--learn", action="store_true", help="learn in the noise first")
    asked = parser.parse_args()
    if asked.one:
        one_step(*asked.one)
        return
    work = {"pass": whole_pass, "steps": steps, "locate": location, "threshold": threshold}
    for part in asked.parts:
        if part in work:
            work[part]()
        elif not asked.noise.is_file():
            print(f"{part} {asked.noise} is not there: give --noise FILE with real noise of a fibre")
        elif part == "digging":
            digging(asked.noise, asked.learn)
        else:
            quiet(asked.noise, asked.hours, asked.seed)


if __name__ == "__main__":
    main()
