"""Files to be saved: what they are called, and in which format a caller wants them."""

import re
import unicodedata
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import quote

Name = TypeVar("Name", bound=str)

LONGEST_NAME = 80
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9 ._()-]+")


def attachment(title: str, suffix: str, *, otherwise: str) -> dict[str, str]:
    """Headers of a private file that is saved under its title.

    Programs that cannot read a name beyond ASCII get one with what is ASCII in it, or `otherwise`.

    Source: RFC 6266, sections 4.3 and 5; RFC 8187 for `filename*`.
    """
    name = _file_name(title) or otherwise
    plain = _file_name(_NOT_PLAIN.sub("", _decomposed(name))) or otherwise
    disposition = f'attachment; filename="{plain}.{suffix}"'
    if plain != name:
        disposition += f"; filename*=UTF-8''{quote(f'{name}.{suffix}', safe='')}"
    return {"Content-Disposition": disposition, "Cache-Control": "private, no-cache"}


def preferred(accept: str, media_types: Mapping[Name, str]) -> Name | None:
    """The name of the media type an `Accept` header ranks first; None if it names none of them.

    Wildcards say nothing of a format, so they count for none.
    """
    ranked = sorted((_range(part) for part in accept.split(",")), key=lambda one: -one[1])
    for media_type, weight in ranked:
        for name, known in media_types.items():
            if media_type == known and weight > 0:
                return name
    return None


def _file_name(title: str) -> str:
    """The title without what file systems or displays take for more than a name."""
    folded = " ".join(_UNSAFE.sub(" ", title).split())
    return folded[:LONGEST_NAME].strip(" .")


def _decomposed(name: str) -> str:
    return unicodedata.normalize("NFKD", name)


def _range(part: str) -> tuple[str, float]:
    media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weight = 1.0
    for parameter in parameters:
        if (found := re.fullmatch(r"q=([01](?:\.\d{0,3})?)", parameter)) is not None:
            weight = float(found[1])
    return media_type, weight
