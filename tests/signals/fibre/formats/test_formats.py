"""One table over all formats: made files here, makers' own files where they are at hand; and what is damaged is named."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limes.errors import InputError
from limes.signals.fibre.formats import open_recordings
from limes.signals.fibre.formats.miniseed import parse_records
from limes.signals.fibre.formats.recording import epoch, pieces
from limes.signals.fibre.formats.segy import from_ibm
from limes.signals.fibre.formats.steim import decode_steim
from limes.signals.fibre.sources import blocks_of, open_all

SHARED = Path(__file__).parents[5] / "shared/data/das/formats"
X = np.random.default_rng(5).integers(-9000, 9000, (240, 12)).astype(np.int16)
TIME, RATE, SPACING = 1_700_000_000.25, 200.0, 2.5
STAMP = "2023-11-14T22:13:20.250000+00:00"


def tdms(interleaved=True, cut=0):
    def said(name):
        return struct.pack("<I", len(name)) + name.encode()

    def number(name, value):
        return said(name) + struct.pack("<Id", 10, value)

    seconds = int(TIME) + 2_082_844_800
    props = number("SamplingFrequency[Hz]", RATE) + number("SpatialResolution[m]", SPACING / 1.25)
    props += number("Fibre Length Multiplier", 1.25) + number("Start Distance (m)", -10.0)
    props += said("GPSTimeStamp") + struct.pack("<IQq", 0x44, 1 << 62, seconds)
    objects = struct.pack("<I", 1 + X.shape[1]) + said("/") + struct.pack("<II", 0xFFFFFFFF, 5) + props
    for k in range(X.shape[1]):
        objects += said(f"/'Measurement'/'{k}'") + struct.pack("<IIIQI", 20, 2, 1, 60, 0)
    raw = X.tobytes() if interleaved else np.ascontiguousarray(X.reshape(4, 60, 12).transpose(0, 2, 1)).tobytes()
    head = struct.pack("<4sIIQQ", b"TDSm", 0x0E | (0x20 if interleaved else 0), 4713, len(objects) + len(raw), len(objects))
    return (head + objects + raw)[: -cut or None]


def segy(order=">", code=5):
    head = bytearray(3600)
    struct.pack_into(order + "HHHHh", head, 3216, round(1e6 / RATE), 0, len(X), 0, code)
    out = bytes(head)
    for k in range(X.shape[1]):
        trace = bytearray(240)
        struct.pack_into(order + "h", trace, 70, -100)
        struct.pack_into(order + "ii", trace, 80, round(100 * SPACING * k), 0)
        struct.pack_into(order + "6h", trace, 156, 2023, 318, 22, 13, 20, 1)
        out += bytes(trace) + X[:, k].astype(order + {5: "f4", 2: "i4", 3: "i2"}[code]).tobytes()
    return out


def steim_frames(values, order=">"):
    """Steim 1 in 16-bit and 32-bit differences only: enough to test a reader with."""
    steps = np.diff(values, prepend=values[:1]).astype(np.int64)
    words, codes, k = [], [], 0
    while k < len(steps):
        pair = steps[k : k + 2]
        if len(pair) == 2 and np.abs(pair).max() < 2**15:
            words.append(((int(pair[0]) & 0xFFFF) << 16) | (int(pair[1]) & 0xFFFF))
            codes.append(2)
        else:
            words.append(int(pair[0]) & 0xFFFFFFFF)
            codes.append(3)
        k += 2 if codes[-1] == 2 else 1
    ends = [int(values[0]) & 0xFFFFFFFF, int(values[-1]) & 0xFFFFFFFF]
    words, codes, out = ends + words, [0, 0, *codes], b""
    for a in range(0, len(words), 15):
        part, kinds = words[a : a + 15], codes[a : a + 15]
        nibbles = sum(kind << (2 * (14 - i)) for i, kind in enumerate(kinds))
        out += struct.pack(order + "16I", nibbles, *(part + [0] * (15 - len(part))))
    return out


def record(channel, values, time, encoding=10):
    body = steim_frames(values) if encoding == 10 else values.astype({1: ">i2", 3: ">i4", 4: ">f4"}[encoding]).tobytes()
    length = 1 << (64 + len(body) - 1).bit_length()
    head = bytearray(64)
    head[:20] = b"000001D FIB  " + b"00" + f"{channel:<3}".encode()[:3] + b"XX"
    moment = np.datetime64(round(time * 1e4) * 100, "us").astype(object)
    day, tenths = moment.timetuple().tm_yday, moment.microsecond // 100
    struct.pack_into(">HHBBBBH", head, 20, moment.year, day, moment.hour, moment.minute, moment.second, 0, tenths)
    struct.pack_into(">Hhh4BiHH", head, 30, len(values), round(RATE), 1, 0, 0, 0, 1, 0, 64, 48)
    struct.pack_into(">HHBBBB", head, 48, 1000, 0, encoding, 1, length.bit_length() - 1, 0)
    return (bytes(head) + body).ljust(length, b"\0")


def miniseed(encoding=10):
    out = b""
    for k in range(X.shape[1]):
        out += record(f"{k:03d}", X[:100, k], TIME, encoding) + record(f"{k:03d}", X[100:, k], TIME + 100 / RATE, encoding)
    return out


def sentek():
    head = np.array([12, 240, 1e9 / RATE, 1, 0, 1], "<f4")
    places, times = np.arange(12) * SPACING, np.arange(240) * 1000 / RATE
    return np.concatenate([head, places, times, X.T.ravel()]).astype("<f4").tobytes()


MADE = {
    "tdms-rows.tdms": (tdms(), "Silixa TDMS", -10.0),
    "tdms-chunks.tdms": (tdms(False), "Silixa TDMS", -10.0),
    "big.sgy": (segy(), "SEG-Y", 0.0),
    "little.segy": (segy("<", 3), "SEG-Y", 0.0),
    "int.sgy": (segy(">", 2), "SEG-Y", 0.0),
    "steim.mseed": (miniseed(), "MiniSEED", 0.0),
    "int.mseed": (miniseed(3), "MiniSEED", 0.0),
    "float.mseed": (miniseed(4), "MiniSEED", 0.0),
    "DASDMSShot00_20231114221320250.das": (sentek(), "Sentek", 0.0),
}


@pytest.mark.parametrize("name", MADE)
def test_binary_formats(name, tmp_path):
    data, kind, start = MADE[name]
    (tmp_path / name).write_bytes(data)
    (found,) = open_recordings(tmp_path / name)
    assert found.format == kind
    assert (found.rows, found.channels) == X.shape
    assert found.rate == pytest.approx(RATE)
    whole = 1.0 if kind == "SEG-Y" else 0.01
    assert found.time == pytest.approx(TIME, abs=whole)
    if kind != "MiniSEED":
        assert (found.start, found.spacing) == pytest.approx((start, SPACING))
    assert np.array_equal(found.block().values, X)
    cut = np.concatenate([found.block(a, a + 37).values for a in range(0, 240, 37)])
    assert np.array_equal(cut, X)


def prodml(h5, turned=False, times=True):
    about = h5.create_group("Acquisition")
    about.attrs.update(SpatialSamplingInterval=SPACING, GaugeLength=10.0, NumberOfLoci=12, StartLocusIndex=4, PulseRate=RATE)
    about.attrs["VendorCode"] = b"OptaSense ODH4" if turned else b"Sintela Onyx"
    raw = about.create_group("Raw[0]")
    if times:
        raw.attrs["OutputDataRate"] = RATE
        raw["RawDataTime"] = np.round((TIME + np.arange(240) / RATE) * 1e6).astype(np.int64)
    data = raw.create_dataset("RawData", data=X.T if turned else X)
    data.attrs["Dimensions"] = ["locus", "time"] if turned else ["time", "locus"]
    data.attrs["PartStartTime"] = STAMP.encode()


def silixa(h5):
    said = {"SamplingFrequency[Hz]": "200", "SpatialResolution[m]": "2", "Fibre Length Multiplier": "1.25"}
    said |= {"GPSTimeStamp": "14/11/2023 22:13:20.250 (UTC)", "Start Distance (m)": "10"}
    h5.create_dataset("Acoustic", data=X).attrs.update(said)


def neubrex(h5):
    said = {"TimeSamplingInterval(seconds)": 1 / RATE, "SpatialSamplingInterval": SPACING, "StartPosition": 10.0}
    said |= {"GPSTimeStamp(UTC)": b"", "CPUTimeStamp(UTC)": b"2023-11-14 22:13:20.25", "StartStopPositionUnit": "m"}
    h5.create_dataset("Acoustic", data=X).attrs.update(said)


def ap_sensing(h5):
    h5["DAS"] = X
    h5["DAQ/PositionStart"], h5["DAQ/PositionEnd"] = 10.0, 10.0 + 12 * SPACING
    h5["ProcessingServer/DataRate"], h5["ProcessingServer/GaugeLength"] = [RATE], 10.0
    h5["Metadata/Timestamp"], h5["Metadata/Timezone"] = "2023-11-14T22:13:20.250", "UTC"


def terra15(h5):
    h5.attrs.update(file_version=5, sensing_range_start=10.0, dx=SPACING, gauge_length=8.0)
    h5["data_product/data"] = np.vstack([X, X[:5]])
    h5["data_product/gps_time"] = np.concatenate([TIME + np.arange(240) / RATE, np.zeros(5)])


def optodas(h5):
    h5["data"] = X
    head = {
        "dt": 1 / RATE,
        "dx": SPACING / 5,
        "time": TIME,
        "channels": 20 + 5 * np.arange(12),
        "dataScale": 3.0,
        "unit": b"rad",
    }
    for name, value in head.items():
        h5[f"header/{name}"] = value


def febus(h5):
    padded = np.vstack([X[:10], X, X[:10]])
    zone = h5.create_group("fa1-1/Source1/Zone1")
    zone.create_dataset("StrainRate", data=np.stack([padded[k * 60 : k * 60 + 80] for k in range(4)]))
    zone.attrs.update(Spacing=[SPACING, 1000 / RATE, 1.0], Origin=[0.0, -50.0, 0.0], Extent=[4, 15, 0, 79, 0, 0])
    h5["fa1-1/Source1/time"] = TIME + 0.3 * np.arange(4)


def plain(h5, turned=False):
    data = h5.create_dataset("some/table", data=X.T if turned else X)
    h5["some/time"] = np.round((TIME + np.arange(240) / RATE) * 1e9).astype(np.int64)
    h5["some/distance"] = 10.0 + SPACING * np.arange(12)
    data.attrs["units"] = "strain"


def attributes(h5):
    h5.create_dataset("strain_rate", data=X)
    h5.attrs.update(sampling_rate_hz=RATE, channel_spacing_m=SPACING, first_distance_m=10.0, start_time_utc=STAMP)


def xdas(h5):
    data = h5.create_dataset("__values__", data=X)
    data.attrs["coordinate_interpolation"] = "time: time_indices time_values distance: distance_indices distance_values"
    h5["time_indices"], h5["distance_indices"] = [0, 239], [0, 11]
    h5["time_values"], h5["distance_values"] = np.round([250.0, 250.0 + 239e3 / RATE]).astype(int), [10.0, 10.0 + 11 * SPACING]
    h5["time_values"].attrs["units"] = "milliseconds since 2023-11-14 22:13:20"


def gdr(h5):
    about = h5.create_group("DasMetadata/Interrogator/Acquisition")
    about.attrs.update(SpatialSamplingInterval=str(SPACING), GaugeLength="10")
    h5.create_dataset("DasRawData/RawData", data=X.T).attrs["DasDimensions"] = ["locus", "time step"]
    h5["DasRawData/DasTimeArray"] = np.round((TIME + np.arange(240) / RATE) * 1e9).astype(np.uint64)


LAYOUTS = {
    "prodml": (prodml, "PRODML (Sintela)"),
    "prodml-turned": (lambda h5: prodml(h5, True), "PRODML (OptaSense)"),
    "prodml-untimed": (lambda h5: prodml(h5, times=False), "PRODML (Sintela)"),
    "silixa": (silixa, "Silixa HDF5"),
    "neubrex": (neubrex, "Neubrex"),
    "ap_sensing": (ap_sensing, "AP Sensing"),
    "terra15": (terra15, "Terra15"),
    "optodas": (optodas, "ASN OptoDAS"),
    "febus": (febus, "Febus"),
    "plain": (plain, "HDF5"),
    "plain-turned": (lambda h5: plain(h5, True), "HDF5"),
    "attributes": (attributes, "HDF5"),
    "xdas": (xdas, "xdas NetCDF"),
    "gdr": (gdr, "GDR"),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_hdf5_layouts(name, tmp_path):
    h5py = pytest.importorskip("h5py", reason="h5py is not installed (the extra `fibre`)")
    write, kind = LAYOUTS[name]
    with h5py.File(tmp_path / "misleading.sgy", "w") as h5:
        write(h5)
    (found,) = open_recordings(tmp_path / "misleading.sgy")
    assert found.format == kind
    assert (found.rows, found.channels) == X.shape
    assert found.rate == pytest.approx(RATE)
    assert found.time == pytest.approx(TIME, abs=2e-5)
    assert found.spacing == pytest.approx(SPACING)
    assert found.start == pytest.approx(0.0 if kind == "GDR" else 10.0)
    assert np.array_equal(found.block().values, X)
    assert np.array_equal(found.block(61, 130).values, X[61:130])


REAL = {
    "prodml_2.0.h5": ("PRODML 2.0 (Silixa)", 200.0, 1.021, (2500, 512)),
    "iDAS005_hdf5_example.626.h5": ("PRODML 2.1 (Silixa)", 1000.0, 1.021, (1000, 1152)),
    "iDAS005_tdms_example.626.tdms": ("Silixa TDMS", 1000.0, 1.021, (1000, 1152)),
    "silixa_h5_1.hdf5": ("Silixa HDF5", 500.0, 2.042, (100, 3840)),
    "valencia_febus_example.h5": ("Febus", 500.0, 16.8, (250, 100)),
    "decimated_optodas.hdf5": ("ASN OptoDAS", 500.0, 51.065, (5000, 51)),
    "deformation_rate_event_1.hdf5": ("DASDAE", 1999.975, 5.717, (900, 225)),
    "gdr_1.h5": ("GDR", 1000.0, 1.021, (10000, 10)),
    "h5_simple_1.h5": ("HDF5", 250.003, 1.0, (200, 100)),
    "xdas_netcdf.nc": ("xdas NetCDF", 50.0, 25.0, (300, 401)),
    "small_channel_patch.sgy": ("SEG-Y", 250.0, 1.0, (20, 10)),
    "DASDMSShot00_20230328155653619.das": ("Sentek", 36678.4, 2.062, (18339, 31)),
    "etna_9n_3chan_10s.mseed": ("MiniSEED", 1000.0, 1.0, (13735, 3)),
    "geofon_1D_HSF.mseed": ("MiniSEED", 250.0, 1.0, (452914, 1)),
    "geofon_3X_HSF.mseed": ("MiniSEED", 125.0, 1.0, (1387925, 1)),
    "geofon_9N_HSF.mseed": ("MiniSEED", 1000.0, 1.0, (722844, 1)),
    "geofon_ZH_HSF.mseed": ("MiniSEED", 250.0, 1.0, (677629, 1)),
}


def real(name):
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"the makers' recordings are not at hand ({name})")
    if path.read_bytes()[:4] == b"\x89HDF":
        pytest.importorskip("h5py", reason="h5py is not installed (the extra `fibre`)")
    return open_recordings(path)


@pytest.mark.parametrize("name", REAL)
def test_files_of_makers(name):
    kind, rate, spacing, shape = REAL[name]
    found = real(name)[0]
    assert (found.format, found.rows, found.channels) == (kind, *shape)
    assert found.rate == pytest.approx(rate, rel=1e-5)
    assert found.spacing == pytest.approx(spacing, rel=1e-3)
    block = found.block(0, 500)
    assert block.values.dtype in (np.int16, np.int32, np.float32)
    assert block.values.any() or "3X" in name


def test_one_recording_in_two_formats_is_the_same_to_the_bit():
    one, other = real("iDAS005_hdf5_example.626.h5")[0], real("iDAS005_tdms_example.626.tdms")[0]
    assert np.array_equal(one.block().values, other.block().values)
    assert one.time == pytest.approx(other.time, abs=1e-5)


def test_a_format_that_is_not_read_is_named():
    with pytest.raises(InputError, match=r"JLD2.*export it"):
        real("das_vader_1.jld2")


def test_a_break_in_the_times_makes_two_recordings(tmp_path):
    h5py = pytest.importorskip("h5py", reason="h5py is not installed (the extra `fibre`)")
    with h5py.File(tmp_path / "a.h5", "w") as h5:
        plain(h5)
        h5["some/time"][...] = h5["some/time"][:] + np.where(np.arange(240) >= 100, 3_000_000_000, 0)
    one, two = open_recordings(tmp_path / "a.h5")
    assert (one.rows, two.rows) == (100, 140)
    assert two.time == pytest.approx(TIME + 3.5, abs=1e-4)
    assert np.array_equal(two.block().values, X[100:])


def test_an_unknown_layout_is_refused_with_what_was_found(tmp_path):
    h5py = pytest.importorskip("h5py", reason="h5py is not installed (the extra `fibre`)")
    with h5py.File(tmp_path / "odd.h5", "w") as h5:
        h5["mystery"] = X
        h5.attrs["owner"] = "me"
    with pytest.raises(InputError, match=r"mystery \(240, 12\) int16; attributes: owner; name rate"):
        open_recordings(tmp_path / "odd.h5")


def test_a_truncated_hdf5_file_is_named(tmp_path):
    h5py = pytest.importorskip("h5py", reason="h5py is not installed (the extra `fibre`)")
    with h5py.File(tmp_path / "a.h5", "w") as h5:
        plain(h5)
    (tmp_path / "a.h5").write_bytes((tmp_path / "a.h5").read_bytes()[:4000])
    with pytest.raises(InputError, match="damaged HDF5: it is cut off"):
        open_recordings(tmp_path / "a.h5")


def test_a_recording_that_is_cut_off_gives_its_whole_rows(tmp_path):
    (tmp_path / "a.tdms").write_bytes(tdms(cut=1000))
    (found,) = open_recordings(tmp_path / "a.tdms")
    assert "cut off" in found.notes[0]
    assert np.array_equal(found.block().values, X[: (X.nbytes - 1000) // 24])
    (tmp_path / "a.sgy").write_bytes(segy()[:-100])
    (found,) = open_recordings(tmp_path / "a.sgy")
    assert found.channels == 11
    assert "last trace" in found.notes[0]


def test_a_damaged_record_is_left_out_and_the_others_stay():
    data = bytearray(miniseed())
    length = len(record("000", X[:100, 0], TIME))
    data[length + 70] ^= 0x55
    data[3 * length : 3 * length + 64] = b"?" * 64
    traces, notes = parse_records(bytes(data))
    assert len(traces) == 22
    assert "last sample" in notes[0]
    assert "no record begins here" in notes[1]


def test_steim_1_is_decoded_as_it_was_packed():
    values = np.cumsum(np.random.default_rng(1).integers(-60000, 60000, 500)).astype(np.int32)
    for order in "<>":
        assert np.array_equal(decode_steim(steim_frames(values, order), 500, 1, order), values)
    with pytest.raises(ValueError, match="of 900 samples"):
        decode_steim(steim_frames(values), 900, 1)


def test_ibm_floats_of_the_standard():
    words = np.array([0x42640000, 0xC1100000, 0x00000000, 0x40800000], np.uint32)
    assert from_ibm(words).tolist() == [100.0, -1.0, 0.0, 0.5]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(MADE)), at=st.integers(0, 6000), byte=st.integers(0, 255), cut=st.integers(0, 6000))
def test_no_damage_ends_in_anything_but_a_recording_or_a_refusal(name, at, byte, cut, tmp_path):
    data = bytearray(MADE[name][0])[: len(MADE[name][0]) - (cut % 977)]
    data[at % len(data)] = byte
    (tmp_path / name).write_bytes(bytes(data))
    try:
        recordings = open_recordings(tmp_path / name)
    except InputError:
        recordings = ()
    for found in recordings:
        assert found.block(0, min(found.rows, 100)).values.shape[1] == found.channels


def test_files_in_order_and_past_what_is_wrong(tmp_path):
    (tmp_path / "b.tdms").write_bytes(tdms())
    (tmp_path / "a.tdms").write_bytes(b"nothing of the kind")
    (tmp_path / "c.mseed").write_bytes(miniseed())
    recordings, notes = open_all([tmp_path])
    assert [one.format for one in recordings] == ["Silixa TDMS", "MiniSEED"]
    assert "no known format" in notes[0].text
    blocks = list(blocks_of(recordings, notes, 0.5))
    assert sum(len(block.values) for block in blocks) == 480
    with pytest.raises(InputError, match="no known format"):
        open_all([tmp_path / "a.tdms"])


def test_rows_that_cannot_be_read_are_named_and_the_rest_goes_on(tmp_path):
    (tmp_path / "b.tdms").write_bytes(tdms())
    recordings, notes = open_all([tmp_path / "b.tdms"])
    (tmp_path / "b.tdms").write_bytes(tdms()[: 2000 + X.nbytes // 2])
    blocks = list(blocks_of(recordings, notes, 0.5))
    assert not blocks
    assert "rows 0 to 100 cannot be read" in notes[0].text


@pytest.mark.parametrize("name", ["missing.h5", "empty.h5"])
def test_files_that_are_not_there_or_empty(name, tmp_path):
    (tmp_path / "empty.h5").touch()
    with pytest.raises(InputError, match=r"cannot be read|is empty"):
        open_recordings(tmp_path / name)


def test_times():
    assert epoch("2023-11-14 22:13:20.250 (UTC)", "x") == TIME
    with pytest.raises(InputError, match="is not a time"):
        epoch("yesterday", "x")
    with pytest.raises(InputError, match="does not increase"):
        pieces(np.zeros(5), "x")
