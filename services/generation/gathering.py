"""The material that content is written from: found by topic, or all of what was chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ai.answering.answerability import ANSWERABLE, answerability
from ai.chat.passage import Passage
from ai.writing.brief import SourcePassage
from ai.writing.headings import GLOSSARY_NAMES
from ai.writing.topic_names import TopicNames
from jobs.payloads import GenerationPayload
from services.access import CourseAccess, entered
from services.actors import Actor
from services.generation.errors import topic_not_held
from services.retrieval import Retrieval, RetrievalService
from storage.database import Database, Scope
from storage.errors import NotFoundError
from storage.repositories.courses import CourseRepository
from storage.repositories.documents import DocumentsRepository
from storage.repositories.lessons import LessonRepository
from storage.repositories.retrieval import SearchFilter
from storage.repositories.source_chunks import SourceChunk, SourceChunksRepository

MOST_PASSAGES = 400
"""Of chosen documents; of more, so many evenly spread over all of them."""
FOUND_PASSAGES = 30
WEAKEST_SHARE = 0.35
"""Of the best score: what is found with less is about something else."""
NAMED_PASSAGES = 200
"""Below headings that name the topic, whether a search finds them or not."""
BACKGROUND_PASSAGES = 200
"""Of the documents that hold the topic."""
GLOSSARY_PASSAGES = 60
NOBODY = UUID(int=0)
TOPICS = 6
QUESTION = "What is {topic}?"
"""A bare topic has few words; asked as a question it is judged as those were that it was fitted
on."""


class SourceGatherer:
    """Reads what a job is to write from."""

    def __init__(self, database: Database, retrieval: RetrievalService) -> None:
        self._database = database
        self._retrieval = retrieval

    async def gather(
        self, course_id: UUID, scope: Scope, payload: GenerationPayload
    ) -> list[SourcePassage]:
        """Passages in the order of their documents; with a topic those that are about it.

        About it is what a search finds, and all that stands below headings that name it. It comes
        with a background: the rest of the same documents, and glossaries.

        Raises:
            JobFailedError: The course is empty, or does not hold the topic.
            NotFoundError: The course is gone.
        """
        async with self._database.transaction(scope) as session:
            course = await _course(session, course_id, scope)
            documents = await _documents(session, payload)
            topics = await DocumentsRepository(session).topics(course_id, TOPICS)
            topic = payload.topic.strip() or await _lesson_titles(session, payload, documents)
        if not topics:
            raise topic_not_held(topic, topics)
        around: list[int] = []
        if topic:
            scores = await self._found(scope, course, topic, documents)
            scores = await self._with_named(scope, course_id, topic, scores, documents)
            around = await self._around(scope, course_id, scores, documents)
        else:
            async with self._database.transaction(scope) as session:
                chunks = SourceChunksRepository(session)
                ids = await chunks.ids(course_id, documents, MOST_PASSAGES)
            scores = dict.fromkeys(ids, 0.0)
        if not scores:
            raise topic_not_held(topic, topics)
        passages = await self.read(scope, course_id, dict.fromkeys(around, 0.0) | scores)
        return [replace(each, is_background=each.chunk_id not in scores) for each in passages]

    async def read(
        self, scope: Scope, course_id: UUID, scores: Mapping[int, float]
    ) -> list[SourcePassage]:
        """Those of the chunks that are still there, in the order of their documents."""
        embedder = await self._retrieval.embedder_number()
        async with self._database.transaction(scope) as session:
            chunks = await SourceChunksRepository(session).read(
                course_id, list(scores), embedder, self._retrieval.dimension
            )
        return [_passage(chunk, scores[chunk.id]) for chunk in chunks]

    async def _found(
        self,
        scope: Scope,
        course: CourseAccess,
        topic: str,
        documents: Sequence[UUID] | None,
    ) -> dict[int, float]:
        """Scores of the chunks that are about a topic, by id; none where the course lacks it."""
        wanted = SearchFilter(document_ids=None if documents is None else tuple(documents))
        found = await self._retrieval.retrieve(
            scope, course, topic, k=FOUND_PASSAGES, wanted=wanted
        )
        if not holds_topic(topic, found):
            return {}
        floor = WEAKEST_SHARE * max(passage.score for passage in found.passages)
        return {
            chunk_id: passage.score
            for passage in reversed(found.passages)
            if passage.score >= floor
            for chunk_id in passage.chunk_ids
        }

    async def _with_named(
        self,
        scope: Scope,
        course_id: UUID,
        topic: str,
        found: dict[int, float],
        documents: Sequence[UUID] | None,
    ) -> dict[int, float]:
        """With the chunks below headings that name the topic, as good as the weakest one found."""
        if not found:
            return found
        names = TopicNames(topic)
        async with self._database.transaction(scope) as session:
            chunks = SourceChunksRepository(session)
            likely = await chunks.ids_named(course_id, names.beginnings, documents, NAMED_PASSAGES)
        read = await self.read(scope, course_id, dict.fromkeys(likely, min(found.values())))
        return {each.chunk_id: each.score for each in read if names.stand_above(each)} | found

    async def _around(
        self,
        scope: Scope,
        course_id: UUID,
        found: Mapping[int, float],
        documents: Sequence[UUID] | None,
    ) -> list[int]:
        """Ids of the chunks of the same documents, and of glossaries where all may be used."""
        async with self._database.transaction(scope) as session:
            chunks = SourceChunksRepository(session)
            same = await chunks.documents_of_chunks(course_id, list(found))
            around = await chunks.ids(course_id, same, BACKGROUND_PASSAGES)
            if documents is None:
                around += await chunks.ids_below(course_id, GLOSSARY_NAMES, GLOSSARY_PASSAGES)
        return around


def holds_topic(topic: str, found: Retrieval) -> bool:
    """Whether what was found for a topic is about it."""
    passages = [
        Passage(
            n=number,
            text=passage.text,
            title=passage.document_title,
            heading=passage.locator.heading,
            sentence_bounds=passage.sentence_bounds,
            sentence_vectors=passage.sentence_vectors,
            score=passage.score,
        )
        for number, passage in enumerate(found.passages, 1)
    ]
    asked = (topic, QUESTION.format(topic=topic))
    likely = max(answerability(words, found.query_vector, passages) for words in asked)
    return likely >= ANSWERABLE


async def _course(session: AsyncSession, course_id: UUID, scope: Scope) -> CourseAccess:
    user_id = scope.user_id or NOBODY
    found = await CourseRepository(session).enter(course_id, user_id=user_id, every_course=True)
    if found is None:
        raise NotFoundError("course", course_id)
    return entered(Actor(user_id, "", "teacher"), found)


async def _documents(session: AsyncSession, payload: GenerationPayload) -> list[UUID] | None:
    """The documents chosen; None for the whole course."""
    chosen = list(payload.document_ids)
    if payload.lesson_ids:
        chunks = SourceChunksRepository(session)
        chosen += await chunks.documents_of_lessons(payload.lesson_ids)
    return chosen or None


async def _lesson_titles(
    session: AsyncSession, payload: GenerationPayload, documents: Sequence[UUID] | None
) -> str:
    """What lessons without documents are about, which is then looked for in the course."""
    if documents is not None:
        return ""
    lessons = LessonRepository(session)
    return "; ".join([(await lessons.read(each)).title for each in payload.lesson_ids])


def _passage(chunk: SourceChunk, score: float) -> SourcePassage:
    place = f"page {chunk.page}" if chunk.page else f"slide {chunk.slide}" if chunk.slide else ""
    return SourcePassage(
        document_id=chunk.document_id,
        document_version=chunk.document_version,
        document_title=chunk.document_title,
        chunk_id=chunk.id,
        text=chunk.text,
        char_start=chunk.char_start,
        heading=chunk.heading,
        place=place,
        sentence_bounds=chunk.sentence_bounds,
        sentence_vectors=chunk.sentence_vectors,
        score=score,
    )
