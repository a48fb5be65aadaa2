"""Blocks out of files in the order of their times, past whatever is wrong with some of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from limes.errors import InputError
from limes.signals.fibre.block import Block
from limes.signals.fibre.formats import Recording, open_recordings
from limes.signals.fibre.stream import Note


def open_all(paths: Iterable[Path]) -> tuple[list[Recording], list[Note]]:
    """The recordings of files and of folders of files, by time, and a note for each file that cannot be used.

    InputError, that of the first file, when none can be used.
    """
    found: list[Recording] = []
    notes: list[Note] = []
    first: InputError | None = None
    for path in _files(paths):
        try:
            found += open_recordings(path)
        except InputError as fault:
            first = first or fault
            notes.append(Note(0.0, "file", str(fault)))
    if not found and first is not None:
        raise first
    notes += [Note(one.time, "file", f"{one.file}: {text}") for one in found for text in one.notes]
    return sorted(found, key=lambda one: one.time), notes


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(one for one in path.iterdir() if one.is_file() and not one.name.startswith("."))
        else:
            yield path


def blocks_of(recordings: Iterable[Recording], notes: list[Note], seconds: float = 1.0) -> Iterator[Block]:
    """Blocks of some seconds; a stretch that cannot be read is named in `notes` and left out, the rest goes on."""
    for recording in recordings:
        step = max(1, round(seconds * recording.rate))
        for first in range(0, recording.rows, step):
            last = min(first + step, recording.rows)
            try:
                block = recording.block(first, last)
            except (OSError, ValueError, TypeError) as fault:
                when = recording.time + first / recording.rate
                text = f"{recording.file}: rows {first} to {last} cannot be read: {' '.join(str(fault).split())[:100]}"
                notes.append(Note(when, "file", text))
                continue
            yield block
