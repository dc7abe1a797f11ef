"""The cockpit as tables for spreadsheets, told piece by piece so that no length is too long."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Literal, assert_never
from uuid import UUID

from services.actors import Actor
from services.feedback import FeedbackService
from services.insights.overview import InsightService
from services.learning.progress import LearnerProgress, ProgressService
from services.spreadsheets import without_formula
from storage.paging import PageRequest
from storage.repositories.feedback import RatedAnswer
from storage.repositories.insights import AskedOften, DoubtfulAnswer

ExportedTable = Literal["progress", "most_asked", "doubtful", "feedback"]
ROWS_AT_ONCE = 100
COLUMNS: dict[ExportedTable, tuple[str, ...]] = {
    "progress": ("learner", "email", "concept", "probability", "uncertainty", "level", "answers"),
    "most_asked": ("questions", "learners", "without_good_answer", "last_asked_at", "examples"),
    "doubtful": ("completed_at", "why", "question", "answer", "groundedness", "message_id"),
    "feedback": ("updated_at", "rating", "reasons", "comment", "question", "answer", "message_id"),
}


class InsightExport:
    """Tells what the cockpit shows, all of it, under the same rules."""

    def __init__(
        self, insights: InsightService, progress: ProgressService, feedback: FeedbackService
    ) -> None:
        self._insights = insights
        self._progress = progress
        self._feedback = feedback

    async def lines(
        self, actor: Actor, course: UUID | str, table: ExportedTable, days: int
    ) -> AsyncIterator[str]:
        """The lines of a table, its heading first; each page in a transaction of its own.

        The first page is read before anything is told, so that a refusal is one.

        Raises:
            NotFoundError: no such course for this actor.
            PermissionDeniedError: they are a learner there.
        """
        pages = self._pages(actor, course, table, days)
        first = await anext(pages, ())
        return _told(COLUMNS[table], first, pages)

    def _pages(
        self, actor: Actor, course: UUID | str, table: ExportedTable, days: int
    ) -> AsyncIterator[Iterable[Sequence[object]]]:
        match table:
            case "progress":
                return self._learners(actor, course)
            case "most_asked":
                return self._most_asked(actor, course, days)
            case "doubtful":
                return self._doubtful(actor, course)
            case "feedback":
                return self._ratings(actor, course)
            case _:
                assert_never(table)

    async def _learners(
        self, actor: Actor, course: UUID | str
    ) -> AsyncIterator[Iterable[Sequence[object]]]:
        number, pages = 1, 1
        while number <= pages:
            request = PageRequest(page=number, size=ROWS_AT_ONCE)
            found = (await self._progress.of_course(actor, course, request)).learners
            yield [row for learner in found.items for row in _learner_rows(learner)]
            number, pages = number + 1, found.pages or 0

    async def _most_asked(
        self, actor: Actor, course: UUID | str, days: int
    ) -> AsyncIterator[Iterable[Sequence[object]]]:
        overview = await self._insights.overview(actor, course, days)
        yield map(_asked_row, overview.most_asked)

    async def _doubtful(
        self, actor: Actor, course: UUID | str
    ) -> AsyncIterator[Iterable[Sequence[object]]]:
        request: PageRequest | None = PageRequest(size=ROWS_AT_ONCE)
        while request is not None:
            page = await self._insights.doubtful(actor, course, request, None)
            yield map(_doubtful_row, page.items)
            request = _next(page.next_cursor)

    async def _ratings(
        self, actor: Actor, course: UUID | str
    ) -> AsyncIterator[Iterable[Sequence[object]]]:
        request: PageRequest | None = PageRequest(size=ROWS_AT_ONCE)
        while request is not None:
            page = await self._feedback.page(actor, course, request, None)
            yield map(_rating_row, page.items)
            request = _next(page.next_cursor)


def _next(cursor: str | None) -> PageRequest | None:
    return None if cursor is None else PageRequest(size=ROWS_AT_ONCE, cursor=cursor)


async def _told(
    columns: Sequence[str],
    first: Iterable[Sequence[object]],
    pages: AsyncIterator[Iterable[Sequence[object]]],
) -> AsyncIterator[str]:
    yield _csv([columns, *first])
    async for rows in pages:
        yield _csv(rows)


def _csv(rows: Iterable[Sequence[object]]) -> str:
    """Lines of which no cell is taken for a formula."""
    lines = io.StringIO()
    csv.writer(lines).writerows([_cell(value) for value in row] for row in rows)
    return lines.getvalue()


def _cell(value: object) -> object:
    match value:
        case None:
            return ""
        case int() | float():
            return value
        case datetime():
            return value.isoformat()
        case _:
            return without_formula(str(value))


def _learner_rows(progress: LearnerProgress) -> Iterable[Sequence[object]]:
    who = (progress.learner.display_name, progress.learner.email)
    if not progress.concepts:
        return [(*who, None, None, None, "unseen", 0)]
    return [
        (*who, one.concept, one.probability, one.uncertainty, one.level.value, one.answer_count)
        for one in progress.concepts
    ]


def _asked_row(asked: AskedOften) -> Sequence[object]:
    examples = " | ".join(asked.examples)
    return (asked.questions, asked.learners, asked.doubtful, asked.last_asked_at, examples)


def _doubtful_row(one: DoubtfulAnswer) -> Sequence[object]:
    told = (one.completed_at, one.doubt, one.question, one.answer)
    return (*told, one.groundedness, one.message_id)


def _rating_row(rated: RatedAnswer) -> Sequence[object]:
    given = rated.feedback
    told = (given.updated_at, given.rating, ", ".join(given.reasons), given.comment)
    return (*told, rated.question, rated.answer, rated.message_id)
