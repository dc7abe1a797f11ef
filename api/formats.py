"""Which format of content a request wants: by `?format=`, else by its Accept header."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Query

JSON = "json"
MEDIA_TYPES: Mapping[str, str] = {
    "application/json": JSON,
    "text/markdown": "md",
    "text/html": "html",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/epub+zip": "epub",
}


def wanted_format(named: str | None, accept: str) -> str:
    """The format named, else the one that is accepted before others; JSON where any is.

    Source: RFC 9110, section 12.5.1; of equal weights the first one written counts.
    """
    if named is not None:
        return named
    best, best_weight = JSON, 0.0
    for entry in accept.split(","):
        media_type, *parameters = (part.strip() for part in entry.split(";"))
        wanted = MEDIA_TYPES.get(media_type.lower())
        if media_type in {"*/*", "application/*"}:
            wanted = JSON
        weight = _weight(parameters)
        if wanted is not None and weight > best_weight:
            best, best_weight = wanted, weight
    return best


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


WantedFormat = Annotated[
    str | None,
    Query(
        pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$",
        description="The format of a file wanted in the place of JSON; an unknown one is refused"
        " with the names of those there are.",
        examples=["pdf"],
    ),
]
