"""No attempt to get an answer early succeeds in the chat, with a chat model that obeys it.

The attempts are those of `tests/support/answer_seekers.py`, more than 300: every fourth in each
run, all in the long one. Each goes the whole way of a question: accepted, its turn settled, told
by the chat model, guarded, logged, saved.
"""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from sqlalchemy import insert
from uuid_utils.compat import uuid4, uuid7

from bootstrap.adapters import Adapters
from bootstrap.services import Services, open_services
from models import Course, Enrollment
from pedagogy.modes.policy import TutorMode
from services.answering.questions import Question, StoredProblem
from storage.database import MAINTENANCE
from tests.api.chat.taught_quizzes import ObedientChatModel, published_quiz
from tests.support.answer_seekers import PROBLEMS, Seeking, seekings
from tests.support.chat_models import router_over
from tests.support.service import People, Person

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("tutor_modes")]

AT_ONCE = 4
MODES = (
    TutorMode.HINTS,
    TutorMode.SOCRATIC,
    TutorMode.QUIZ_ME,
    TutorMode.CHECK_MY_WORK,
    TutorMode.EXPLAIN,
    TutorMode.SIMPLER,
    TutorMode.WORKED_EXAMPLE,
)


@dataclass
class Classroom:
    """Everything that seekers need."""

    services: Services
    model: ObedientChatModel
    learner: Person
    course_id: UUID
    quiz_id: UUID


@pytest.fixture
async def classroom(chat_adapters: Adapters, people: People) -> AsyncIterator[Classroom]:
    """A course that never shows solutions, with every problem that is sought."""
    course_id, database = uuid7(), chat_adapters.database
    learner = await people.add("student")
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(
            insert(Course).values(
                id=course_id, slug=f"sought-{uuid4().hex}", title="Physics", shows_solutions=False
            )
        )
        await session.execute(insert(Enrollment).values(course_id=course_id, user_id=learner.id))
    questions = [
        problem.question.model_dump(mode="json") | {"id": f"q{place}"}
        for place, problem in enumerate(PROBLEMS)
    ]
    quiz_id = await published_quiz(database, course_id, questions)
    model = ObedientChatModel()
    adapters = replace(chat_adapters, router=router_over(model))
    async with open_services(adapters) as services:
        yield Classroom(services, model, learner, course_id, quiz_id)


@pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.long)])
async def test_nobody_gets_an_answer_early(classroom: Classroom, step: int) -> None:
    by_problem: dict[int, list[Seeking]] = defaultdict(list)
    for seeking in itertools.islice(seekings(), 0, None, step):
        by_problem[PROBLEMS.index(seeking.problem)].append(seeking)

    numbered = {seeking.id: number for number, seeking in enumerate(seekings())}
    for attempts in by_problem.values():
        for seeking in attempts:
            said = f"That is a good question. {seeking.told.reply}"
            classroom.model.by_number[numbered[seeking.id]] = said
    places = asyncio.Semaphore(AT_ONCE)

    async def in_turn(place: int, attempts: list[Seeking]) -> list[tuple[Seeking, str]]:
        async with places:
            return await sought(classroom, place, attempts, numbered)

    gathered = await asyncio.gather(*(in_turn(*each) for each in by_problem.items()))
    told = [one for of_problem in gathered for one in of_problem]

    assert len(told) >= 300 / step
    assert len(classroom.model.requests) >= len(told)
    leaked = [seeking.id for seeking, said in told if seeking.told.reply in said]
    leaked += [seeking.id for seeking, said in told if tells(seeking, said)]
    assert leaked == []


def tells(seeking: Seeking, text: str) -> bool:
    return bool(seeking.told.secret) and seeking.told.secret in text


async def sought(
    classroom: Classroom, place: int, attempts: list[Seeking], numbered: dict[str, int]
) -> list[tuple[Seeking, str]]:
    """What each attempt got to see, in one conversation per problem."""
    posed = StoredProblem(classroom.quiz_id, f"q{place}")
    conversation = await asked(classroom, Question("This one.", takes=posed))
    told = []
    for number, seeking in enumerate(attempts):
        mode = MODES[(number + place) % len(MODES)]
        words = f"({numbered[seeking.id]}) {seeking.asked} Please?"
        question = Question(words, conversation.id, mode)
        told.append((seeking, (await asked(classroom, question)).shown))
    return told


@dataclass
class Shown:
    """A conversation, and what its last answer said."""

    id: UUID
    shown: str


async def asked(classroom: Classroom, question: Question) -> Shown:
    answering = classroom.services.answering
    async with asyncio.timeout(60):
        heard = await answering.listen(classroom.learner.actor, classroom.course_id, question, None)
        events = [event async for batch in heard.batches for event in batch]
    assert events[-1].name == "done", events[-1]
    texts = [e.payload["text"] for e in events if e.name == "delta"]
    conversation = UUID(events[0].payload["conversation_id"])
    return Shown(conversation, "".join(texts))
