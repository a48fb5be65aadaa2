"""Voids in the ground: resistivity, gravity and radar lines in, ranked places of possible tunnels out."""

from limes.signals.survey.line import ErtLine, GravityLine, dipole_dipole, reading_error
from limes.signals.survey.read import parse_line, read_line
from limes.signals.survey.search import Candidate, Power, Shape, Survey, search

__all__ = [
    "Candidate",
    "ErtLine",
    "GravityLine",
    "Power",
    "Shape",
    "Survey",
    "dipole_dipole",
    "parse_line",
    "read_line",
    "reading_error",
    "search",
]
