"""Every format says the same about the same spectrum, and garbage is refused in one line."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limes.errors import InputError
from limes.signals.n42 import counted_zeroes
from limes.signals.spectra.formats.jcamp import decode
from limes.signals.spectra.read import parse, read_spectra

X = np.arange(400.0, 1200.0, 4.0)
Y = np.round(900 * np.exp(-((X - 700) ** 2) / 800) + 300 * np.exp(-((X - 1000) ** 2) / 300)) + 5.0
SHARED = Path(__file__).parents[5] / "shared/data/spectra"


def table(separator: str, comma: str, head: str, down: bool = False) -> bytes:
    rows = [f"{x:.2f}{separator}{y:.3f}".replace(".", comma) for x, y in zip(X, Y, strict=True)]
    return (head + "\n".join(reversed(rows) if down else rows)).encode()


def asp() -> bytes:
    return "\n".join(map(str, [X.size, X[-1], X[0], 1, 2, 4, *Y[::-1]])).encode()


def head(form: str, first: str = "##TITLE=made\n##JCAMP-DX=4.24\n##DATA TYPE=RAMAN SPECTRUM\n") -> str:
    ends = f"##FIRSTX={X[0]}\n##LASTX={X[-1]}\n##NPOINTS={X.size}\n##XFACTOR=1\n##YFACTOR=1\n"
    return f"{first}##XUNITS=1/CM\n##YUNITS=ARBITRARY UNITS $$ counts\n{ends}##XYDATA=(X++(Y..Y))\n{form}\n##END=\n"


def squeezed(value: int) -> str:
    digits = str(abs(value))
    return ("@ABCDEFGHI" if value >= 0 else "@abcdefghi")[int(digits[0])] + digits[1:]


def stepped(value: int) -> str:
    digits = str(abs(value))
    return ("%JKLMNOPQR" if value >= 0 else "%jklmnopqr")[int(digits[0])] + digits[1:]


def jcamp(form: str) -> bytes:
    """Lines of ten points; DIF lines repeat the last value of the line before as their check."""
    lines = []
    for k in range(0, X.size, 10):
        part = [int(value) for value in Y[k : k + 10]]
        if form == "AFFN":
            text = " ".join(map(str, part))
        elif form == "PAC":
            text = "".join(f"{value:+d}" for value in part)
        elif form == "SQZ":
            text = "".join(map(squeezed, part))
        else:
            check = [int(Y[k - 1])] if k else []
            text = squeezed((check + part)[0]) + "".join(stepped(int(d)) for d in np.diff(check + part))
        lines.append(f"{X[k]:g} {text}" if form == "AFFN" else f"{X[k]:g}{text}")
    body = "\n".join(lines)
    return head(body.replace("%%%", "%U") if form == "DIFDUP" else body).encode()


def pairs() -> bytes:
    body = "\n".join(f"{x}, {y}" for x, y in zip(X, Y, strict=True))
    return f"##TITLE=p\n##JCAMP-DX=4.24\n##DATATYPE=RAMAN SPECTRUM\n##XYPOINTS=(XY..XY)\n{body}\n##END=".encode()


def linked() -> bytes:
    outer = "##TITLE=two\n##JCAMP-DX=5.0\n##DATA TYPE=LINK\n##BLOCKS=1\n"
    return (outer + jcamp("SQZ").decode() + "##END=\n").encode()


def spc(version: int = 0x4B, flags: int = 0, power: int = -128) -> bytes:
    order = ">" if version == 0x4C else "<"
    start = struct.pack(f"{order}BBbbiddi", flags, version, 11, power, X.size, X[0], X[-1], 1) + bytes([13, 4, 0, 0])
    shared = X.astype(f"{order}f4").tobytes() if flags & 128 else b""
    sub = struct.pack(f"{order}BbhfffiifI", 0, power, 0, 0, 0, 0, X.size, 0, 0, 0)
    if power == -128:
        values = Y.astype(f"{order}f4").tobytes()
    else:
        bits = 16 if flags & 1 else 32
        values = (Y * 2.0 ** (bits - power)).astype(f"{order}i{bits // 8}").tobytes()
    return start.ljust(512, b"\0") + shared + sub + values


def labcalc() -> bytes:
    start = struct.pack("<BBhfffBB", 0, 0x4D, 12, X.size, X[0], X[-1], 13, 4)
    whole = (Y * 2.0**20).astype("<u4")
    halves = np.stack([whole >> 16, whole & 0xFFFF], axis=1).astype("<u2")
    return start.ljust(256, b"\0") + halves.tobytes()


def spa() -> bytes:
    out = bytearray(b"Spectral Data File".ljust(600, b"\0"))
    out[30:34] = b"made"
    struct.pack_into("<H", out, 294, 2)
    struct.pack_into("<HII", out, 304, 2, 400, 64)
    struct.pack_into("<HII", out, 320, 3, 600, 4 * X.size)
    struct.pack_into("<IIIff", out, 404, X.size, 32, 31, X[-1], X[0])
    return bytes(out) + Y[::-1].astype("<f4").tobytes()


def wdf() -> bytes:
    first = bytearray(b"WDF1".ljust(512, b"\0"))
    struct.pack_into("<Q", first, 8, 512)
    struct.pack_into("<iqq", first, 60, X.size, 1, 1)
    struct.pack_into("<f", first, 156, 1e7 / 785)
    size = 4 * X.size
    data = b"DATA" + struct.pack("<IQ", 0, 16 + size) + Y[::-1].astype("<f4").tobytes()
    places = b"XLST" + struct.pack("<IQII", 0, 24 + size, 1, 1) + X[::-1].astype("<f4").tobytes()
    return bytes(first) + data + places


def opus() -> bytes:
    values = {"NPT": X.size, "FXV": X[-1], "LXV": X[0], "CSF": 1.0, "DXU": "WN"}
    told = b""
    for name, value in values.items():
        packed = (
            struct.pack("<i", value)
            if name == "NPT"
            else f"{value}\0\0".encode()
            if name == "DXU"
            else struct.pack("<d", value)
        )
        kind = 0 if name == "NPT" else 3 if name == "DXU" else 1
        told += name.encode() + b"\0" + struct.pack("<HH", kind, len(packed) // 2) + packed
    told += b"END\0\0\0\0\0"
    block = 3 | 3 << 2 | 10 << 10
    start = 24 + 2 * 12
    head = b"\x0a\x0a\xfe\xfe" + struct.pack("<dIII", 1.0, 24, 40, 2)
    table = struct.pack("<III", block, X.size, start) + struct.pack("<III", block | 16, len(told) // 4, start + 4 * X.size)
    return head + table + Y[::-1].astype("<f4").tobytes() + told


def gamma(schema: int, packed: bool) -> bytes:
    values: list[float] = []
    for value in Y - 5.0:
        if packed and value == 0 and len(values) > 1 and values[-2] == 0:
            values[-1] += 1
        else:
            values += [0, 1] if packed and value == 0 else [value]
    text = " ".join(f"{value:g}" for value in values)
    if schema == 2006:
        how = ' Compression="CountedZeroes"' if packed else ""
        inside = "<Calibration Type='Energy'><Equation><Coefficients>400 4 0</Coefficients></Equation></Calibration>"
        body = f"<Spectrum Detector='A'>{inside}<ChannelData{how}>{text}</ChannelData></Spectrum>"
        return f"<N42InstrumentData xmlns='u'>{body}</N42InstrumentData>".encode()
    how = ' compressionCode="CountedZeroes"' if packed else ""
    told = "<EnergyCalibration id='e'><CoefficientValues>400 4 0</CoefficientValues></EnergyCalibration>"
    body = f"<Spectrum energyCalibrationReference='e'><ChannelData{how}>{text}</ChannelData></Spectrum>"
    return f"<RadInstrumentData xmlns='u'>{told}{body}</RadInstrumentData>".encode()


FILES: dict[str, Callable[[], bytes]] = {
    "comma.csv": lambda: table(",", ".", "Raman shift (cm-1),Intensity\n"),
    "german.csv": lambda: table(";", ",", "Ramanverschiebung / raman shift;Intensität\n"),
    "tab.txt": lambda: table("\t", ",", "# technique: Raman\n", down=True),
    "blanks.txt": lambda: table("  ", ",", "##LASER=785 nm Raman\n"),
    "hashes.txt": lambda: table(", ", ".", "##NAMES=Talc\n##IDEAL=Raman\n") + b"\n##END=\n",
    "wide.txt": lambda: b"\xff\xfe" + table("\t", ".", "Raman shift\tcounts\n").decode().encode("utf-16-le"),
    "affn.jdx": lambda: jcamp("AFFN"),
    "pac.jdx": lambda: jcamp("PAC"),
    "sqz.jdx": lambda: jcamp("SQZ"),
    "dif.jdx": lambda: jcamp("DIF"),
    "difdup.jdx": lambda: jcamp("DIFDUP"),
    "pairs.jdx": pairs,
    "linked.jdx": linked,
    "float.spc": spc,
    "big.spc": lambda: spc(0x4C),
    "whole.spc": lambda: spc(power=12),
    "half.spc": lambda: spc(flags=1, power=11),
    "places.spc": lambda: spc(flags=128),
    "labcalc.spc": labcalc,
    "made.spa": spa,
    "made.wdf": wdf,
    "made.0": opus,
    "wrong-name.csv": wdf,
}


@pytest.mark.parametrize("name", FILES)
def test_every_format_gives_the_same_spectrum(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(FILES[name]())
    (spectrum,) = read_spectra(tmp_path / name)
    assert spectrum.technique == "raman"
    assert (spectrum.x_unit, spectrum.y_unit, len(spectrum.sha256)) == ("cm-1", "intensity", 64)
    np.testing.assert_allclose(spectrum.x, X, rtol=1e-6)
    np.testing.assert_allclose(spectrum.y, Y, atol=0.04 if "half" in name else 1e-3)


@pytest.mark.parametrize("schema", [2006, 2011])
@pytest.mark.parametrize("packed", [False, True])
def test_gamma_spectra_of_both_schemas(schema: int, packed: bool, tmp_path: Path) -> None:
    (tmp_path / "a.n42").write_bytes(gamma(schema, packed))
    (spectrum,) = read_spectra(tmp_path / "a.n42")
    assert (spectrum.technique, spectrum.x_unit) == ("gamma", "keV")
    np.testing.assert_allclose(spectrum.x, X)
    np.testing.assert_array_equal(spectrum.y, Y - 5.0)


def test_asp_holds_absorbance(tmp_path: Path) -> None:
    (tmp_path / "a.asp").write_bytes(asp())
    (spectrum,) = read_spectra(tmp_path / "a.asp")
    assert (spectrum.technique, spectrum.y_unit) == ("mid-ir", "absorbance")
    np.testing.assert_allclose(spectrum.y, Y)


def test_envi_library_with_masked_bands(tmp_path: Path) -> None:
    x = np.linspace(0.4, 2.4, 50)
    values = np.stack([np.linspace(0.1, 0.9, 50), np.full(50, 0.5)])
    values[1, 10] = -1.23e34
    (tmp_path / "a.sli").write_bytes(values.astype(">f4").tobytes())
    notes = "samples = 50\nlines = 2\ndata type = 4\nbyte order = 1\nwavelength units = Micrometers\n"
    notes += f"wavelength = {{{', '.join(map(str, x))}}}"
    (tmp_path / "a.hdr").write_text(f"ENVI\n{notes}\nspectra names = {{one, two}}\n")
    for name in ("a.sli", "a.hdr"):
        one, two = read_spectra(tmp_path / name)
        assert (one.technique, one.title, two.title, two.x.size) == ("nir", "one", "two", 49)
        np.testing.assert_allclose(one.x, x * 1000)
        np.testing.assert_allclose(one.y, values[0], rtol=1e-6)


def test_multifile_spc_gives_each_spectrum() -> None:
    whole = bytearray(spc())
    whole[0] = 4
    struct.pack_into("<i", whole, 24, 2)
    again = bytes(whole) + bytes(whole[512:])
    first, second = parse(again, "two.spc")
    np.testing.assert_array_equal(first.y, second.y)


def test_difference_check_is_verified() -> None:
    assert decode("100A0JK\n104A3J", "a").tolist() == [10.0, 11.0, 13.0, 14.0]
    with pytest.raises(InputError, match="fails its check"):
        decode("100A0JK\n104A4J", "a")


def test_published_asdf_example() -> None:
    """The same six ordinates in each form, after McDonald and Wilks 1988: 99, 99, 98, 93, 93, 93."""
    wanted = [99.0, 99.0, 98.0, 93.0, 93.0, 93.0]
    for line in ("1 99 99 98 93 93 93", "1+99+99+98+93+93+93", "1I9I9I8I3I3I3", "1I9%jn%%", "1I9%jn%T"):
        assert decode(line, "a").tolist() == wanted


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("a.jdx", head("400 1 2 3").encode(), "##NPOINTS"),
        ("a.jdx", head("400A0S9999999").encode(), "##XYDATA"),
        ("a.jdx", head("400 1 \x01").encode(), "##XYDATA"),
        ("a.spc", spc()[:-3], "values"),
        ("a.spc", b"\0\x4d", "header"),
        ("a.wdf", wdf()[:600], "XLST"),
        ("a.0", opus()[:40], "directory"),
        ("a.spa", spa()[:700], "values"),
        ("a.n42", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", ""),
        ("a.n42", b"<a><Spectrum></a>", "XML"),
        ("a.n42", gamma(2011, False).replace(b"5", b"x"), "ChannelData"),
        ("a.csv", b"name,price\nbread,2\n", "table"),
        ("a.csv", table(",", ".", "") + b"\n1200,3,4\n", f"line {X.size + 1}"),
        ("a.csv", bytes(200), ""),
    ],
)
def test_damaged_files_are_refused_with_field_and_cure(name: str, data: bytes, field: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(data, name)
    assert (caught.value.fault.file, caught.value.fault.field) == (name, field)
    assert caught.value.fault.cure


def test_repeats_do_not_swell_within_a_line() -> None:
    with pytest.raises(InputError, match="repeats a value too often"):
        decode("1A" + "S999999" * 1000, "a.jdx", 10_000)
    assert decode("1 5" + "?" * 100_000, "a.jdx", 200_000).size == 100_001


def test_counted_zeroes_do_not_swell() -> None:
    with pytest.raises(InputError, match="zeroes"):
        counted_zeroes(np.array([0.0, 1e12]), "a.n42")


GARBAGE = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@GARBAGE
@given(tail=st.binary(max_size=300), name=st.sampled_from(sorted(FILES)), data=st.data())
def test_garbage_is_a_fault_or_a_spectrum(tail: bytes, name: str, data: st.DataObject, tmp_path: Path) -> None:
    """Any file with bytes overwritten, cut or appended ends in spectra or in one InputError."""
    whole = bytearray(FILES[name]())
    at = data.draw(st.integers(0, len(whole)))
    how = data.draw(st.sampled_from(["overwrite", "cut", "append", "alone"]))
    if how == "overwrite":
        whole[at : at + len(tail)] = tail
    made = {"cut": bytes(whole[:at]), "append": bytes(whole) + tail, "alone": tail}.get(how, bytes(whole))
    (tmp_path / name).write_bytes(made)
    try:
        for spectrum in read_spectra(tmp_path / name):
            assert np.isfinite(spectrum.x).all()
            assert np.isfinite(spectrum.y).all()
            assert (np.diff(spectrum.x) > 0).all()
    except InputError as error:
        said = error.fault
        assert said.problem and said.cure, said  # noqa: PT018


REAL = [
    ("formats/nCal_Qontor785_z005H12_100_1x3s.wdf", "raman", 1021),
    ("formats/nCal_Qontor785_z005H12_100_1x3s.spc", "raman", 1021),
    ("formats/PST10_iR532_Probe_100_3000msx7.spc", "raman", 3808),
    ("formats/ftir_ps.0", "mid-ir", 2126),
    ("formats/ftir_ldpe_soil.asp", "mid-ir", 1798),
    ("formats/ftir_polyethylene_reflectance_adjustment_not_working.spa", "mid-ir", 1738),
    ("formats/fitr_nitrocellulose.jdx", "mid-ir", 7154),
    ("n42/ba133_source_640s_20100317.n42", "gamma", 16384),
]


@pytest.mark.parametrize(("name", "technique", "points"), REAL)
def test_files_of_real_instruments(name: str, technique: str, points: int) -> None:
    if not (SHARED / name).is_file():
        pytest.skip(f"{name} is not beside the checkout")
    first = read_spectra(SHARED / name)[0]
    assert (first.technique, first.x.size) == (technique, points)
    assert math.isfinite(float(first.y.sum()))


def test_the_barium_line_stands_at_356_kev() -> None:
    path = SHARED / "n42/ba133_source_640s_20100317.n42"
    if not path.is_file():
        pytest.skip("the gamma sample is not beside the checkout")
    first = read_spectra(path)[0]
    window = (first.x > 300) & (first.x < 420)
    assert float(first.x[window][np.argmax(first.y[window])]) == pytest.approx(356.0, abs=1.0)
