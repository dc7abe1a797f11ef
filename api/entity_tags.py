"""Entity tags, and whether a request names one: the caller has that state already."""

import re

OPAQUE = re.compile(r'"([^"]*)"')


def names_tag(if_none_match: str | None, tag: str) -> bool:
    """Whether an `If-None-Match` names this opaque tag, by weak comparison.

    `*` names none: it asks whether there is anything at all, which no reader needs to know.
    Source: RFC 9110, sections 8.8.3.2 and 13.1.2.
    """
    return if_none_match is not None and tag in OPAQUE.findall(if_none_match)
