"""Slides and storyboards by a chat model: each point is said in its own part, and borne out."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from ai.embedding.embedder import Embedder
from ai.validation.errors import OutputInvalidError
from ai.writing.brief import Brief, Length, SourcePassage
from ai.writing.chat_shapes import WrittenSlide, WrittenSlides
from ai.writing.cited_passages import CitedPassages
from ai.writing.extractive_slides import COUNTS, spoken
from ai.writing.model_text import line, markdown
from ai.writing.packing import fitting
from ai.writing.parts import PartWriter, audience
from content.base import SourceSpan
from content.slides import Slide, SlideDeck, Storyboard

SLIDES_PROMPT: Final = "writer.slides"
STORYBOARD_PROMPT: Final = "writer.storyboard"
MINUTES: Final[MappingProxyType[Length, int]] = MappingProxyType(
    {"short": 2, "medium": 5, "long": 10}
)
_MOST_POINTS: Final = 8
_MOST_SLIDES: Final = 60


async def write_slides(
    parts: PartWriter,
    embedder: Embedder | None,
    brief: Brief,
    passages: Sequence[SourcePassage],
    title: str,
) -> SlideDeck:
    """Slides with speaker notes.

    Raises:
        OutputInvalidError: The part is broken, or no slide has a point that is borne out.
        ChatModelError: The chat model failed.
    """
    count = min(brief.count or COUNTS[brief.length], _MOST_SLIDES)
    cited = CitedPassages(fitting(passages, 2 * parts.limits.source_tokens), embedder)
    await parts.reached("writing", 0.0)
    written = await parts.part(
        SLIDES_PROMPT,
        WrittenSlides,
        topic=brief.topic or title,
        count=count,
        sources=cited.sources,
        **audience(brief),
    )
    slides = await _slides(parts, written, cited, count)
    return SlideDeck(title=line(written.title) or title, language=brief.language, slides=slides)


async def write_storyboard(
    parts: PartWriter,
    embedder: Embedder | None,
    brief: Brief,
    passages: Sequence[SourcePassage],
    title: str,
) -> Storyboard:
    """The narrated scenes of a video.

    Raises:
        OutputInvalidError: The part is broken, or no scene has a point that is borne out.
        ChatModelError: The chat model failed.
    """
    cited = CitedPassages(fitting(passages, 2 * parts.limits.source_tokens), embedder)
    await parts.reached("writing", 0.0)
    written = await parts.part(
        STORYBOARD_PROMPT,
        WrittenSlides,
        topic=brief.topic or title,
        minutes=MINUTES[brief.length],
        sources=cited.sources,
        **audience(brief),
    )
    slides = await _slides(parts, written, cited, brief.count or _MOST_SLIDES)
    return Storyboard(title=line(written.title) or title, language=brief.language, slides=slides)


async def _slides(
    parts: PartWriter, written: WrittenSlides, cited: CitedPassages, most: int
) -> tuple[Slide, ...]:
    slides = [
        slide
        for each in written.slides[:most]
        if (slide := await checked_slide(each, cited)) is not None
    ]
    if not any(slide.sources for slide in slides):
        raise OutputInvalidError(parts.model, ["slides: no point is borne out by a source"])
    return tuple(
        slide.model_copy(update={"id": f"slide-{number}"})
        for number, slide in enumerate(slides, start=1)
    )


async def checked_slide(written: WrittenSlide, cited: CitedPassages) -> Slide | None:
    """The slide with the points that are borne out; None where nothing is left to show."""
    heading = line(written.title, 200)
    points: list[str] = []
    said: list[str] = []
    spans: dict[tuple[object, int], SourceSpan] = {}
    for point in written.points[:_MOST_POINTS]:
        text = line(point.text, 300)
        narration = spoken(markdown(point.said)) or text
        span = await cited.span_of(narration, point.sources)
        if span is None:
            span = await cited.span_of(text, point.sources)
            narration = text
        if text and span is not None:
            points.append(text)
            said.append(narration)
            spans[span.chunk_id, span.char_start] = span
    formula = written.formula.strip().strip("$").strip()[:2_000]
    if not heading or (not points and not formula and written.points):
        return None
    opening = (await cited.checked(written.opening)).text
    return Slide(
        id="s",
        heading=heading,
        points=tuple(points),
        formula=formula,
        narration=(spoken(opening) or heading, *said),
        sources=tuple(spans.values()),
    )
