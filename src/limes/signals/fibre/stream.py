"""The streaming pass: samples in as they come, band energies out, state carried from chunk to chunk.

One chunk goes once through memory: convert, take the common mode out, filter bank, energies in bins of 40 ms, short over long
average, decimated rows. However a stream is cut, the result is the same to the last bit. A gap, a clock that jumps, another
rate or another number of channels begins a new epoch: filters start anew, the moments in which they settle are marked, and a
`Note` says what happened. Nothing is bridged and no sample is left out.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from types import TracebackType
from typing import Any

import numpy as np

from limes.signals.fibre import kernels
from limes.signals.fibre.bands import BANDS, BINS_PER_S, Design, design
from limes.signals.fibre.block import Block
from limes.signals.fibre.kernels import WIDTH

SETTLE_S = 2.0
"""Seconds after the start of an epoch in which filters still settle."""

_SLACK = 2.0
_PICKED = 1000


@dataclass(frozen=True)
class Note:
    """Something about a stream that people should know: when, what, and the words for it."""

    time: float
    kind: str
    text: str


@dataclass(frozen=True)
class Energies:
    """What the pass makes of a stretch of one epoch.

    Bins of `bin_s` seconds from `time` on: `power` (bins, 5, channels) is the mean square in each of `BANDS`, NaN in bands that
    the rate does not reach; `ratio` (bins, channels) the largest short over long average; `settled` (bins,) is False while
    filters settle. `thin` (rows, channels) holds the decimated rows from `thin_time` on at `thin_rate` Hz. Channel k lies at
    `start` + k `spacing`.
    """

    epoch: int
    time: float
    bin_s: float
    start: float
    spacing: float
    power: np.ndarray
    ratio: np.ndarray
    settled: np.ndarray
    thin: np.ndarray
    thin_time: float
    thin_rate: float


class _Epoch:
    """A stretch without gap or change: its filters, their state, and the bin that is still open."""

    def __init__(self, number: int, block: Block, plan: Design) -> None:
        self.number, self.plan = number, plan
        self.start, self.spacing, self.channels, self.rate = block.start, block.spacing, block.values.shape[1], block.rate
        self.dtype = block.values.dtype
        self.rows = 0
        first = block.values[0]
        self.base = np.where(np.isfinite(first), first, 0).astype(first.dtype)
        self.blocks = -(-self.channels // WIDTH)
        shape = (self.blocks, len(plan.high), 2, WIDTH), (self.blocks, len(plan.low), 2, WIDTH), (self.blocks, 4, 2, 2, WIDTH)
        self.state = (*(np.zeros(one, np.float32) for one in shape), np.zeros((self.blocks, 2, WIDTH), np.float32))
        self.open_power = np.zeros((len(BANDS), self.channels), np.float32)
        self.open_ratio = np.zeros(self.channels, np.float32)
        self.open_count = np.zeros(2)

    def follows(self, block: Block) -> bool:
        """Whether a block has the shape of this epoch."""
        same = block.values.dtype == self.dtype and block.values.shape[1] == self.channels and block.rate == self.rate
        return same and block.start == self.start and block.spacing == self.spacing

    def bin_of(self, rows: np.ndarray) -> np.ndarray:
        """Bin of each row, both counted from the start of the epoch."""
        return np.floor((rows + 0.5) * (BINS_PER_S / self.rate)).astype(np.int64)


class Stream:
    """The pass over one interrogator's stream; a context manager that ends its threads.

    `feed` returns what became complete, `end` the last, partial bin; `notes` gathers what happened. With `common` the median
    over channels is taken out of every row. Blocks of channels are shared out to `threads`; their number does not change a bit
    of the result.

    >>> rng = np.random.default_rng(1)
    >>> block = Block(0.0, 500.0, 0.0, 5.0, rng.standard_normal((1000, 40)).astype(np.float32))
    >>> with Stream() as stream:
    ...     passed = stream.feed(block)[0]
    >>> passed.power.shape, passed.thin.shape
    ((50, 5, 40), (500, 40))
    """

    def __init__(self, common: bool = True, threads: int = 2, short_s: float = 0.2, long_s: float = 5.0) -> None:
        self.common, self.short_s, self.long_s = common, short_s, long_s
        self.notes: list[Note] = []
        self._epoch: _Epoch | None = None
        self._epochs = 0
        self._end = 0.0
        self._buffer = np.empty((0, 0), np.float32)
        self._threads = max(1, threads)
        self._pool = ThreadPoolExecutor(self._threads, "limes-fibre") if threads > 1 else None

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        if self._pool is not None:
            self._pool.shutdown()

    def feed(self, block: Block) -> list[Energies]:
        """Take the next block; returns what is complete, first the open bin of an epoch that ended."""
        if not block.values.size:
            return []
        ended = self._begin(block) if self._breaks(block) else []
        self._end = block.end
        assert self._epoch is not None
        passed = self._pass(self._epoch, block)
        return [*ended, passed] if len(passed.power) or len(passed.thin) else ended

    def end(self) -> list[Energies]:
        """The bin that is still open, shorter than the others; the next block begins a new epoch."""
        epoch, self._epoch = self._epoch, None
        if epoch is None or not epoch.open_count[0]:
            return []
        opened = float(epoch.bin_of(np.array([epoch.rows - 1]))[0]) / BINS_PER_S
        time = self._end - epoch.rows / epoch.rate + opened
        power, ratio = epoch.open_power[None].copy(), epoch.open_ratio[None].copy()
        self._average(epoch, power, epoch.open_count[None])
        thin = np.zeros((0, epoch.channels), np.float32)
        return [self._energies(epoch, time, opened, power, ratio, thin, time)]

    def _breaks(self, block: Block) -> bool:
        """Whether a block begins a new epoch; the reason goes into the notes."""
        epoch = self._epoch
        if epoch is None:
            return True
        jump = block.time - self._end
        if not epoch.follows(block):
            was, now = (epoch.channels, epoch.rate, epoch.spacing), (block.values.shape[1], block.rate, block.spacing)
            words = "{} channels at {:g} Hz, {:g} m apart".format
            self._note(block.time, "change", f"{words(*was)} became {words(*now)} ({block.values.dtype})")
            return True
        if abs(jump) * block.rate > _SLACK:
            kind, what = ("gap", "are missing") if jump > 0 else ("clock", "were there before: the clock went back")
            self._note(block.time, kind, f"{abs(jump):.3f} s {what}")
            return True
        return False

    def _begin(self, block: Block) -> list[Energies]:
        ended = self.end()
        self._epochs += 1
        self._epoch = _Epoch(self._epochs, block, design(block.rate, self.short_s, self.long_s))
        return ended

    def _note(self, time: float, kind: str, text: str) -> None:
        self.notes.append(Note(time, kind, text))

    def _pass(self, epoch: _Epoch, block: Block) -> Energies:
        plan, rows = epoch.plan, len(block.values)
        x = self._level(epoch, block)
        bins = epoch.bin_of(np.arange(epoch.rows, epoch.rows + rows))
        first = int(epoch.bin_of(np.array([max(epoch.rows - 1, 0)]))[0]) if epoch.open_count[0] else int(bins[0])
        bins -= first
        phase = epoch.rows % plan.every
        kept = np.arange((-phase) % plan.every, rows, plan.every)
        out = self._outputs(epoch, int(bins[-1]) + 1, len(kept))
        filters, arguments = (plan.high, plan.low, plan.bands), (plan.heard, plan.gains, epoch.state, out)
        self._share(epoch.blocks, lambda part: kernels.advance(x, bins, phase, plan.every, part, filters, *arguments))
        counts = np.stack([np.bincount(bins[kept], minlength=bins[-1] + 1), np.bincount(bins)], axis=1).astype(float)
        counts[0] += epoch.open_count
        time = block.time + first / BINS_PER_S - epoch.rows / epoch.rate
        thin_time = block.time + (kept[0] if len(kept) else 0) / epoch.rate
        epoch.rows += rows
        return self._close(epoch, first, time, thin_time, counts, *out)

    def _level(self, epoch: _Epoch, block: Block) -> np.ndarray:
        """The block as float32, less each channel's first sample and the common mode, in a buffer that is used again."""
        rows, channels = block.values.shape
        if self._buffer.shape[1] != channels or len(self._buffer) < rows:
            self._buffer = np.empty((rows, channels), np.float32)
        x, step = self._buffer[:rows], max(1, channels // _PICKED)

        def prepare(part: tuple[int, int]) -> int:
            some = slice(*part)
            bad = int(kernels.convert(block.values[some], epoch.base, np.float32(block.scale), x[some]))
            if self.common and channels > 2:
                kernels.subtract_common(x[some], step)
            return bad

        bad = sum(self._share(rows, prepare))
        if bad:
            self._note(block.time, "numbers", f"{bad} of {block.values.size} samples are no numbers: taken as 0")
        return x

    def _share(self, count: int, work: Any) -> list[Any]:
        """Do parts of a range in the threads; the first fault of any of them is raised."""
        edges = np.linspace(0, count, self._threads + 1).astype(int)
        parts = [(a, b) for a, b in pairwise(edges.tolist()) if b > a]
        if self._pool is None or len(parts) == 1:
            return [work(part) for part in parts]
        futures: list[Future[Any]] = [self._pool.submit(work, part) for part in parts]
        return [future.result() for future in futures]

    def _outputs(self, epoch: _Epoch, bins: int, rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        power = np.zeros((bins, len(BANDS), epoch.channels), np.float32)
        ratio = np.zeros((bins, epoch.channels), np.float32)
        power[0], ratio[0] = epoch.open_power, epoch.open_ratio
        return np.empty((rows, epoch.channels), np.float32), power, ratio

    def _close(
        self,
        epoch: _Epoch,
        first: int,
        time: float,
        thin_time: float,
        counts: np.ndarray,
        thin: np.ndarray,
        power: np.ndarray,
        ratio: np.ndarray,
    ) -> Energies:
        """Keep the last bin open unless the next row would begin another; average the others."""
        last = len(power) - (0 if epoch.bin_of(np.array([epoch.rows]))[0] - first >= len(power) else 1)
        if last < len(power):
            epoch.open_power, epoch.open_ratio, epoch.open_count = power[-1].copy(), ratio[-1].copy(), counts[-1]
        else:
            epoch.open_power, epoch.open_ratio = np.zeros_like(epoch.open_power), np.zeros_like(epoch.open_ratio)
            epoch.open_count = np.zeros(2)
        self._average(epoch, power[:last], counts[:last])
        return self._energies(epoch, time, first / BINS_PER_S, power[:last], ratio[:last], thin, thin_time)

    def _average(self, epoch: _Epoch, power: np.ndarray, counts: np.ndarray) -> None:
        """Sums of squares to mean squares, in place; NaN where the rate has no such band."""
        power[:, :4] /= np.maximum(counts[:, 0], 1.0).astype(np.float32)[:, None, None]
        power[:, 4] /= np.maximum(counts[:, 1], 1.0).astype(np.float32)[:, None]
        power[:, ~epoch.plan.there] = np.nan

    def _energies(
        self, epoch: _Epoch, time: float, since: float, power: np.ndarray, ratio: np.ndarray, thin: np.ndarray, thin_time: float
    ) -> Energies:
        settled = since + np.arange(len(power)) / BINS_PER_S >= SETTLE_S
        rate = epoch.rate / epoch.plan.every
        where = (1.0 / BINS_PER_S, epoch.start, epoch.spacing)
        return Energies(epoch.number, time, *where, power, ratio, settled, thin, thin_time, rate)
