"""Has content of a job's kind written."""

from collections.abc import Sequence

from ai.writing.brief import Brief, SourcePassage
from ai.writing.illustrating import illustrated_deck, illustrated_lesson
from ai.writing.writer import Writer
from content.kinds import AnyContent
from jobs.kinds import JobKind
from jobs.payloads import GenerationPayload


def brief_of(payload: GenerationPayload) -> Brief:
    """What a writer is asked for."""
    return Brief(
        topic=payload.topic.strip(),
        language=payload.language,
        level=payload.level,
        length=payload.length,
        count=payload.count,
        style=payload.style,
    )


async def write(
    kind: JobKind, writer: Writer, payload: GenerationPayload, passages: Sequence[SourcePassage]
) -> AnyContent:
    """Content of the kind that the job is for.

    Raises:
        NothingToWriteError, ChatModelError, OutputError: As the writer does.
    """
    brief = brief_of(payload)
    match kind:
        case JobKind.LESSON:
            return illustrated_lesson(await writer.lesson(brief, passages), passages)
        case JobKind.QUIZ:
            return await writer.quiz(brief, passages)
        case JobKind.FLASHCARDS:
            return await writer.deck(brief, passages)
        case JobKind.STUDY_GUIDE:
            return await writer.study_guide(brief, passages)
        case JobKind.SLIDES:
            slides = illustrated_deck(await writer.slides(brief, passages), passages)
            return slides.model_copy(update={"theme": payload.theme})
        case JobKind.VIDEO:
            board = illustrated_deck(await writer.storyboard(brief, passages), passages)
            chosen = {"theme": payload.theme, "voice": payload.voice or board.voice}
            return board.model_copy(update=chosen)
        case JobKind.INGEST:
            raise ValueError("ingestion writes no content")
