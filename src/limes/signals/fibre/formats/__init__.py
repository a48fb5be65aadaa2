"""Files of interrogators and geophones: known by their content, read in pieces, odd ones named."""

from limes.signals.fibre.formats.read import open_recordings
from limes.signals.fibre.formats.recording import Recording

__all__ = ["Recording", "open_recordings"]
