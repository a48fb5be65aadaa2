"""The outside world's formats: JSON lines over TCP, and recordings in a folder."""

from __future__ import annotations

from limes.links.client import Client, LinkLost, Sent, send_lines
from limes.links.directory import SensorDirectory, sensor_directory
from limes.links.encode import encode_clock, encode_event, encode_rows
from limes.links.fields import Event
from limes.links.jsonlines import Parsed, Refusal, parse_lines
from limes.links.recording import Recording, RecordingWriter, read_recording, write_recording
from limes.links.splitter import MAX_LINE, LineSplitter

__all__ = [
    "MAX_LINE",
    "Client",
    "Event",
    "LineSplitter",
    "LinkLost",
    "Parsed",
    "Recording",
    "RecordingWriter",
    "Refusal",
    "SensorDirectory",
    "Sent",
    "encode_clock",
    "encode_event",
    "encode_rows",
    "parse_lines",
    "read_recording",
    "send_lines",
    "sensor_directory",
    "write_recording",
]
