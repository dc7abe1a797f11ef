"""Pictures that content carries."""

import base64
import io

import pytest
from PIL import Image
from pydantic import ValidationError

from content.figures import MOST_PIXELS, Figure


def png(width: int = 3, height: int = 2) -> bytes:
    buffer = io.BytesIO()
    Image.new("1", (width, height)).save(buffer, "PNG")
    return buffer.getvalue()


def test_a_figure_knows_its_size_and_gives_its_file_back():
    figure = Figure.of(png(), "Figure 1. A line.")

    assert (figure.width, figure.height) == (3, 2)
    assert figure.file_bytes == png()
    assert Figure.model_validate(figure.model_dump(mode="json")) == figure


@pytest.mark.parametrize(
    "values",
    [
        {"png": "no base64!"},
        {"png": base64.b64encode(b"<svg onload='alert(1)'/>").decode()},
        {"width": 4},
        {"png": base64.b64encode(png(3, MOST_PIXELS // 2)).decode(), "height": MOST_PIXELS // 2},
        {"caption": ""},
    ],
)
def test_what_is_no_picture_of_that_size_is_refused(values: dict[str, object]):
    with pytest.raises(ValidationError):
        Figure.model_validate(Figure.of(png(), "A line.").model_dump(mode="json") | values)
