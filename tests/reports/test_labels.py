import pytest
from matplotlib.figure import Figure

from limes.reports.labels import Labels


@pytest.fixture
def labels():
    axes = Figure(figsize=(10, 10)).add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 720), ylim=(0, 720))
    return Labels(axes, 1.0, (0.0, 0.0, 720.0, 720.0))


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def test_a_free_label_stands_to_the_right(labels):
    assert labels.place(360, 360, "Kilis", 10, "black")
    west, south, _, north = labels.taken[0]
    assert west > 360
    assert south < 360 < north


def test_labels_do_not_cover_each_other(labels):
    for i in range(40):
        labels.place(300 + 17 * (i % 7), 300 + 11 * (i // 7), f"place {i}", 8, "black")
    boxes = labels.taken
    assert 4 < len(boxes) < 40
    assert not any(overlap(a, b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert len(labels.axes.texts) == len(boxes)


def test_a_label_that_must_be_there_is_there(labels):
    labels.take(360, 360, 300)
    assert not labels.place(360, 360, "left out", 10, "black")
    assert labels.place(360, 360, "gate", 10, "black", must=True)
    assert [t.get_text() for t in labels.axes.texts] == ["gate"]


def test_labels_stay_on_the_map(labels):
    assert labels.place(715, 715, "corner", 10, "black")
    west, _, east, north = labels.taken[0]
    assert west > 0
    assert east <= 720
    assert north <= 720


def test_a_label_beside_the_line_takes_its_other_side(labels):
    labels.take(360, 380, 8)
    labels.beside(360, 360, "5", 8, "black", (0.0, 1.0))
    assert labels.axes.texts[0].xyann[1] < 0
    labels.beside(100, 100, "6", 8, "black", (0.0, 1.0))
    assert labels.axes.texts[1].xyann[1] > 0
