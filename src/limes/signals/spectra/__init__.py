"""Recognition of materials from spectra: files in, a material, a family or an honest "unknown" out."""

from limes.signals.spectra.calibrate import Calibration, calibrate, calibration_of, save_calibration
from limes.signals.spectra.evidence import STEPS, Costs, Evidence, Prior, Reading, Weighed, combined, reading, weigh
from limes.signals.spectra.explain import Component, Explanation, Trace, explain
from limes.signals.spectra.identify import VERDICTS, Answer, Listed, NextStep, identify
from limes.signals.spectra.library import BUNDLED, Library, Row, build, load_libraries
from limes.signals.spectra.quality import Quality, gate
from limes.signals.spectra.read import read_spectra
from limes.signals.spectra.regulated import Entry, RegulatedList, eu_precursors, read_list
from limes.signals.spectra.search import Hit, search
from limes.signals.spectra.spectrum import Instrument, Raw, Spectrum, normalise

__all__ = [
    "BUNDLED",
    "STEPS",
    "VERDICTS",
    "Answer",
    "Calibration",
    "Component",
    "Costs",
    "Entry",
    "Evidence",
    "Explanation",
    "Hit",
    "Instrument",
    "Library",
    "Listed",
    "NextStep",
    "Prior",
    "Quality",
    "Raw",
    "Reading",
    "RegulatedList",
    "Row",
    "Spectrum",
    "Trace",
    "Weighed",
    "build",
    "calibrate",
    "calibration_of",
    "combined",
    "eu_precursors",
    "explain",
    "gate",
    "identify",
    "load_libraries",
    "normalise",
    "read_list",
    "read_spectra",
    "reading",
    "save_calibration",
    "search",
    "weigh",
]
