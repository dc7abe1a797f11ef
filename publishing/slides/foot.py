"""The line at the foot of a slide that tells where its content comes from."""

from collections.abc import Sequence
from typing import Final

from content.base import SourceSpan

_MOST_PLACES: Final = 2
_MOST_DOCUMENTS: Final = 3


def foot_of(sources: Sequence[SourceSpan], label: str) -> str:
    """The places cited; of many their documents alone, so that it stays a line; else empty."""
    names = list(
        dict.fromkeys(", ".join(filter(None, (s.document_title, s.place))) for s in sources)
    )
    if len(names) > _MOST_PLACES:
        names = list(dict.fromkeys(s.document_title for s in sources))
    more = ["…"] if len(names) > _MOST_DOCUMENTS else []
    return f"{label}: {'; '.join([*names[:_MOST_DOCUMENTS], *more])}" if names else ""
