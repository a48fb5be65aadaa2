"""Readers of resistivity and gravity files: what is right is read, what is wrong is one line with file, field and cure."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limes.errors import InputError
from limes.signals.survey.line import FAR, ErtLine
from limes.signals.survey.read import parse_line

UNIFIED = "5\n# x z\n0 0\n1 0\n2 0\n3 0\n4 2\n2\n# a b m n r\n1 2 3 4 0.5\n0 2 3 5 0.4\n"
GENERAL = "line\n1.0\n11\n3\nType of measurement (0=app. resistivity,1=resistance)\n0\n2\n1\n0\n"
GENERAL += "4 0 0 3 0 1 0 2 0 100\n3 0 0 2 0 3 0 90\n0\n"
SYSCAL = "El-array;Spa.1;Spa.2;Spa.3;Spa.4;Rho;Dev.;In\n" + "".join(
    f"1;{i};{i + 1};{i + 2};{i + 3};100,5;3,0;200\n" for i in range(4)
)
ABEM = "Project X\n\nMeasID\tA(x)\tA(z)\tB(x)\tM(x)\tN(x)\tI(mA)\tR(o)\n" + "".join(
    f"{i}\t{i}\t0\t{i + 3}\t{i + 1}\t{i + 2}\t100\t16\n" for i in range(4)
)


def test_unified_with_resistance_a_far_electrode_and_relief():
    line = parse_line(UNIFIED.encode(), "a.dat")
    assert isinstance(line, ErtLine)
    assert line.abmn.tolist() == [[0, 1, 2, 3], [FAR, 1, 2, 4]]
    assert line.rho_a[0] == pytest.approx(0.5 * 2.0 * np.pi / (1 / 2 - 1 / 1 - 1 / 3 + 1 / 2))
    assert line.relief == 2.0
    assert np.all(line.error >= 0.02)


def test_res2dinv_arrays_stand_where_they_should():
    def first(kind, row):
        line = parse_line(f"line\n1\n{kind}\n1\n1\n0\n{row}\n0\n".encode(), "a.dat")
        return [float(line.electrodes[e]) if e != FAR else None for e in line.abmn[0]]

    assert first(1, "1.5 1 100") == [0.0, 3.0, 1.0, 2.0]
    assert sorted(first(3, "2.0 1 2 100")) == [0.0, 1.0, 3.0, 4.0]
    assert first(7, "2.5 1 2 100") == [0.0, 5.0, 2.0, 3.0]


def test_res2dinv_general():
    line = parse_line(GENERAL.encode(), "a.dat")
    assert line.rho_a.tolist() == [100.0, 90.0]
    assert line.abmn.tolist() == [[0, 3, 1, 2], [0, FAR, 2, 3]]


def test_syscal_and_terrameter_tables():
    line = parse_line(SYSCAL.encode(), "a.csv")
    assert line.rho_a.tolist() == [100.5] * 4
    assert line.error.tolist() == [0.03] * 4
    terra = parse_line(ABEM.encode(), "a.txt")
    assert terra.rho_a == pytest.approx(np.full(4, 16.0 * 2.0 * np.pi))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (UNIFIED.split("1 2 3 4")[0], "a.dat: readings: are 0, but 2"),
        (UNIFIED.replace("0.5", "x"), "a.dat: line 10: 'x' is not a number"),

        (UNIFIED.replace("1 2 3 4", "1 2 3 9"), "electrodes that are not among the 5"),
        (UNIFIED.replace(" r\n", " ip\n"), "no column rhoa"),
        (GENERAL.replace("\n11\n", "\n12\n"), "line 3, array: 12"), (GENERAL[:95], "cut short"),
        ("a,b\n1,2\n", "give no places of A, B, M and N"), (SYSCAL.replace("100,5", "abc"), "line 2, rho: 'abc'"),
        ("x,g_ugal\n0,1\n1,2\n", "stations: are 2"), ("x,g_ugal\n" + "1,2\n" * 7, "two stations stand at one place"),
        ("\0\0\0", "is not text"), ("", "columns: are not named"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(text, message):
    with pytest.raises(InputError) as caught:
        parse_line(text.encode(), "a.dat")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from([UNIFIED, GENERAL, SYSCAL, ABEM]), st.integers(0, 300), st.text(max_size=4))
def test_damaged_files_are_read_or_refused(text, at, put):
    try:
        parse_line((text[:at] + put + text[at + 1 :]).encode(), "a.dat")
    except InputError:
        return
