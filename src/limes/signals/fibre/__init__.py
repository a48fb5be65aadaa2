"""The buried fibre: samples of an interrogator in, detections of steps, vehicles and digging out."""

from limes.signals.fibre.block import Block
from limes.signals.fibre.classify import Model, load_model
from limes.signals.fibre.event import Event, detection_line
from limes.signals.fibre.formats import Recording, open_recordings
from limes.signals.fibre.listen import Listener, ListenSettings
from limes.signals.fibre.locate import Location, locate
from limes.signals.fibre.places import Place, Places, PlaceSettings
from limes.signals.fibre.simulate import CLASSES
from limes.signals.fibre.stream import Energies, Note, Stream

__all__ = [
    "CLASSES",
    "Block",
    "Energies",
    "Event",
    "ListenSettings",
    "Listener",
    "Location",
    "Model",
    "Note",
    "Place",
    "PlaceSettings",
    "Places",
    "Recording",
    "Stream",
    "detection_line",
    "load_model",
    "locate",
    "open_recordings",
]
