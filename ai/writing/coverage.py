"""Which parts of the material a piece of content stands on, and which it leaves out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from ai.writing.brief import SourcePassage
from content.base import Content, SourceSpan
from content.quality import UsedMaterial

_MOST_HEADINGS = 20


@dataclass(frozen=True, slots=True)
class Coverage:
    """What of the material was used.

    Attributes:
        used: Chunks that a span lies in, in the order of the material.
        unused: The others.
        share: Of the material's characters, those in used chunks, 0..1.
    """

    used: tuple[int, ...]
    unused: tuple[int, ...]
    share: float


def coverage(content: Content, passages: Sequence[SourcePassage]) -> Coverage:
    """Tells where the spans of `content` lie; the background is not to be used up."""
    passages = [passage for passage in passages if not passage.is_background]
    spans = list(spans_of_content(content))
    chunks = {span.chunk_id for span in spans}
    used = [passage for passage in passages if passage.chunk_id in chunks]
    unused = [passage for passage in passages if passage.chunk_id not in chunks]
    total = sum(len(passage.text) for passage in passages) or 1
    return Coverage(
        used=tuple(passage.chunk_id for passage in used),
        unused=tuple(passage.chunk_id for passage in unused),
        share=sum(len(passage.text) for passage in used) / total,
    )


def used_material(content: Content, passages: Sequence[SourcePassage]) -> UsedMaterial:
    """The same as a report tells it: the headings under which nothing is cited."""
    passages = [passage for passage in passages if not passage.is_background]
    found = coverage(content, passages)
    used = set(found.used)
    headings = [(passage.chunk_id in used, _heading(passage)) for passage in passages]
    cited = {heading for is_used, heading in headings if is_used}
    left_out = dict.fromkeys(heading for _, heading in headings if heading not in cited)
    return UsedMaterial(
        share=min(1.0, found.share),
        passages_used=len(found.used),
        passages_read=len(passages),
        left_out=tuple(left_out)[:_MOST_HEADINGS],
    )


def _heading(passage: SourcePassage) -> str:
    return " ".join((passage.heading[-1] if passage.heading else passage.document_title).split())[
        :200
    ]


def spans_of_content(content: object) -> Iterator[SourceSpan]:
    """Every span in a piece of content, in its order, repeated where it is."""
    if isinstance(content, SourceSpan):
        yield content
    elif isinstance(content, BaseModel):
        for _, value in content:
            yield from spans_of_content(value)
    elif isinstance(content, tuple):
        for value in content:
            yield from spans_of_content(value)
