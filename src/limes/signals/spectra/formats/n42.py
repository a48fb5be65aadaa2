"""Gamma spectra of N42 files as spectra over keV; `limes.signals.n42` reads the format."""

from __future__ import annotations

from limes.signals.n42 import gamma_spectra
from limes.signals.spectra.spectrum import Instrument, Raw


def read_n42(data: bytes, file: str) -> tuple[Raw, ...]:
    """Every spectrum of an N42 file, counts over keV; InputError on a document type, broken XML or no calibration."""
    return tuple(
        Raw(one.energy, one.counts, "keV", "counts", "gamma", one.detector, Instrument(one.model, date=one.date))
        for one in gamma_spectra(data, file)
    )
