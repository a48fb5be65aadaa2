"""A series of samples as an N42-2011 file: for demonstrations and tests, never for evidence."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from limes.signals.n42 import Floats
from limes.signals.portal.samples import EDGES, Samples

_OFFSET, _STEP = 2.0, 4.0


def n42_of(seen: Samples, detectors: int = 1, model: str = "made") -> bytes:
    """N42-2011 bytes of a series, its counts split over some detectors with channels of 4 keV.

    >>> from limes.signals.portal import samples_of
    >>> from limes.signals.portal.made import Lane, made_lane
    >>> made = made_lane(Lane(seconds=120.0), 1)
    >>> again = samples_of(n42_of(made, detectors=2), "made.n42")
    >>> again.detectors, float(again.counts.sum()) == float(made.counts.sum())
    (('D1', 'D2'), True)
    """
    head = f"<RadInstrumentInformation><RadInstrumentModelName>{model}</RadInstrumentModelName></RadInstrumentInformation>"
    terms = f"<EnergyCalibration id='e'><CoefficientValues>{_OFFSET} {_STEP}</CoefficientValues></EnergyCalibration>"
    rows = "".join(_measurement(seen, k, detectors) for k in range(len(seen.time)))
    return f"<?xml version='1.0'?><RadInstrumentData xmlns='made'>{head}{terms}{rows}</RadInstrumentData>".encode()


def _measurement(seen: Samples, k: int, detectors: int) -> str:
    when = datetime.fromtimestamp(float(seen.time[k]), UTC).isoformat()
    said = f"<OccupancyIndicator>{str(bool(seen.occupied[k])).lower()}</OccupancyIndicator>" if seen.told else ""
    kind = "Background" if seen.background[k] else "Foreground"
    share = np.floor(seen.counts[k] / detectors)
    each = [seen.counts[k] - (detectors - 1) * share, *[share] * (detectors - 1)]
    spectra = "".join(
        f"<Spectrum radDetectorInformationReference='D{number}' energyCalibrationReference='e'>"
        f"<LiveTimeDuration>PT{seen.live[k]:.6f}S</LiveTimeDuration><ChannelData>{_channels(one)}</ChannelData></Spectrum>"
        for number, one in enumerate(each, 1)
    )
    start = f"<StartDateTime>{when}</StartDateTime>"
    return f"<RadMeasurement><MeasurementClassCode>{kind}</MeasurementClassCode>{start}{said}{spectra}</RadMeasurement>"


def _channels(cells: Floats) -> str:
    """Counts of the grid's cells as channels, each cell's in the channel at its middle."""
    middle = np.sqrt(EDGES[1:] * EDGES[:-1])
    place = np.round((middle - _OFFSET) / _STEP).astype(np.int64)
    return " ".join(f"{value:g}" for value in np.bincount(place, cells))
