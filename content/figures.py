"""Pictures that content carries within itself, so that it stands wherever it is kept."""

import base64
import binascii
from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, model_validator

from content.base import Content, Line

MOST_BYTES: Final = 300_000
MOST_PIXELS: Final = 4_000_000
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_HEADER_BYTES: Final = 24


class Figure(Content):
    """A picture of the material, such as a diagram, with its caption as it stands there."""

    png: Annotated[str, StringConstraints(max_length=4 * MOST_BYTES // 3 + 4)]
    """Base64 of a PNG file of at most `MOST_BYTES`."""
    caption: Line
    width: Annotated[int, Field(ge=1, le=MOST_PIXELS)]
    height: Annotated[int, Field(ge=1, le=MOST_PIXELS)]

    @classmethod
    def of(cls, png: bytes, caption: str) -> Self:
        """The figure of a PNG file.

        Raises:
            pydantic.ValidationError: It is none, or too large.
        """
        width, height = _size(png) or (1, 1)
        return cls(png=base64.b64encode(png).decode(), caption=caption, width=width, height=height)

    @property
    def file_bytes(self) -> bytes:
        """The PNG file."""
        return base64.b64decode(self.png)

    @model_validator(mode="after")
    def _is_a_picture_of_its_size(self) -> Self:
        try:
            size = _size(base64.b64decode(self.png, validate=True))
        except binascii.Error as error:
            raise ValueError("a figure is a PNG file in base64") from error
        if size != (self.width, self.height):
            raise ValueError("a figure is a PNG file of the width and height that are given")
        if self.width * self.height > MOST_PIXELS:
            raise ValueError(f"a figure has at most {MOST_PIXELS:,} pixels")
        return self


def _size(png: bytes) -> tuple[int, int] | None:
    """Width and height as its header says; None of what is no PNG file.

    Source: PNG specification, third edition, sections 5.2 and 11.2.1.
    """
    if len(png) < _HEADER_BYTES or not png.startswith(_SIGNATURE):
        return None
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
