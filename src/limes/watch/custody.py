"""The files that readings rest on, kept under their hash, so that anybody can see that they are what was measured."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from tempfile import NamedTemporaryFile

from limes.errors import InputError

_HASH = re.compile(r"[0-9a-f]{64}")


def keep(folder: Path, data: bytes, sha256: str) -> Path:
    """Keep the bytes of a reading under their hash; on the disk when this returns. The same bytes are kept once."""
    place = folder / "readings"
    place.mkdir(parents=True, exist_ok=True)
    path = place / sha256
    if not path.exists():
        with NamedTemporaryFile(dir=place, prefix="part-", delete=False) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return path


def fetch(folder: Path, sha256: str) -> bytes:
    """The bytes kept under a hash; InputError where they are gone or are not what was measured any more."""
    path = folder / "readings" / sha256
    if not _HASH.fullmatch(sha256) or not path.is_file():
        raise InputError(path, "", "is not kept here", "look in the archive of this watch")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise InputError(path, "", "was changed after it was measured", "restore it from the archive; tell who keeps the audit")
    return data
