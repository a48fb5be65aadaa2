import numpy as np
import pytest

from limes.signals.survey.image import smooth_image


def test_a_shallow_void_shows_where_it_is(short_line):
    x, z, image, misfit = smooth_image(short_line(2, 11.5))
    near = (np.abs(x - 11.5) < 2.0)[:, None] & (np.abs(z - 3.0) < 1.5)[None, :]
    at = np.unravel_index(image.argmax(), image.shape)
    assert near[at]
    assert image.max() > 1.15 * np.median(image)
    assert misfit == pytest.approx(0.8, abs=0.4)
