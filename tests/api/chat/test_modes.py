"""The tutor's modes in the chat: chosen, kept, within the policy of the course."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from ai.chat.grounded import GroundedChatModel
from bootstrap.adapters import Adapters
from models import Course, StoredContent
from storage.database import MAINTENANCE
from tests.api.chat.conftest import Answered, TaughtCourse, Tutor, Tutoring
from tests.api.chat.taught_quizzes import MOTION, ObedientChatModel, published_quiz

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("tutor_modes")]

OWN_QUESTION = "What does the period of a pendulum depend on?"


@pytest.fixture
async def quiz(chat_adapters: Adapters, course: TaughtCourse) -> AsyncIterator[UUID]:
    """A quiz of the course, gone after the test, as is what the test makes of the policy."""
    database = chat_adapters.database
    quiz_id = await published_quiz(database, course.id, MOTION)
    yield quiz_id
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(
            update(StoredContent).where(StoredContent.id == quiz_id).values(published_version=None)
        )


async def tutor_of(tutor: Tutor, answered: Answered) -> dict[str, Any]:
    """Where the learner and the tutor are in the conversation of an answer."""
    conversation = answered.data("start")["conversation_id"]
    read = await tutor.http.get(f"/conversations/{conversation}")
    state: dict[str, Any] = read.json()["tutor"]
    return state


def going_on(answered: Answered, **fields: Any) -> dict[str, Any]:
    return {"conversation_id": answered.data("start")["conversation_id"], **fields}


async def test_the_built_in_tutor_gives_hints_without_the_answer(tutoring: Tutoring) -> None:
    async with tutoring(GroundedChatModel()) as tutor:
        told = [await tutor.ask(OWN_QUESTION, mode="hints")]
        told += [await tutor.ask("Another hint", **going_on(told[0])) for _ in range(3)]
        state = await tutor_of(tutor, told[0])

    assert [one.data("notice")["detail"] for one in told] == [f"Hint {n} of 4" for n in range(1, 5)]
    assert "Pendulum" in told[0].text
    assert not any("length" in one.text for one in told)
    assert told[0].data("done")["citations"] or told[0].data("sources")["sources"]
    assert (state["mode"], state["problem"]["hints"]) == ("hints", 4)


async def test_a_solution_waits_for_hints_and_an_answer_of_ones_own(tutoring: Tutoring) -> None:
    async with tutoring(GroundedChatModel()) as tutor:
        first = await tutor.ask(OWN_QUESTION, mode="hints")
        early = await tutor.ask("Just tell me", **going_on(first))
        await tutor.ask("hint", **going_on(first))
        wrong = await tutor.ask("It depends on the colour.", **going_on(first))
        shown = await tutor.ask("Show me the solution", **going_on(first))
        state = await tutor_of(tutor, first)

    assert early.text == "The solution waits for 1 more hint and 1 answer of your own."
    assert wrong.text.startswith("**Not right yet.**")
    assert "length" in shown.text
    assert not state["problem"]["is_open"]


async def test_a_right_answer_is_confirmed_by_the_server(tutoring: Tutoring) -> None:
    async with tutoring(ObedientChatModel("No, that is wrong.")) as tutor:
        first = await tutor.ask(OWN_QUESTION, mode="socratic")
        right = await tutor.ask(
            "The period of a pendulum depends on its length, not on its mass.", **going_on(first)
        )

    assert right.text.startswith("**Right.**")
    assert right.data("done")["model"] == "grounded"


async def test_a_quiz_poses_stored_questions_and_grades_them(
    tutoring: Tutoring, quiz: UUID
) -> None:
    async with tutoring(GroundedChatModel()) as tutor:
        posed = await tutor.ask("Quiz me on the Moon", mode="quiz_me")
        wrong = await tutor.ask("A", **going_on(posed))
        right = await tutor.ask("I think it is B", **going_on(posed))
        state = await tutor_of(tutor, posed)

    assert posed.text.startswith(MOTION[0]["stem"])
    assert "**A** weight" in posed.text
    assert wrong.text.startswith("**Not right yet.** Weight depends on where you are.")
    assert right.text.startswith(f"**Right.** {MOTION[0]['explanation']}")
    assert MOTION[1]["stem"] in right.text
    assert state["problem"]["question_id"] == "fall"


async def test_hints_in_chat_and_in_the_quiz_are_one_ladder(tutoring: Tutoring, quiz: UUID) -> None:
    problem = {"quiz_id": str(quiz), "question_id": "fall"}
    path = f"/quizzes/{quiz}/questions/fall/hints"
    async with tutoring(GroundedChatModel()) as tutor:
        await tutor.http.post(path, json={})
        posed = await tutor.ask("This one, please", mode="hints", problem=problem)
        second = await tutor.ask("hint", **going_on(posed))
        third = await tutor.http.post(path, json={})

    assert posed.text.startswith(MOTION[1]["stem"])
    assert second.data("notice")["detail"] == "Hint 2 of 4"
    assert third.json()["level"] == 3


async def test_a_chat_model_cannot_give_the_answer_away(tutoring: Tutoring, quiz: UUID) -> None:
    model = ObedientChatModel("Gravity pulls. It falls at 9.81 m/s. Think of one second.")
    problem = {"quiz_id": str(quiz), "question_id": "fall"}
    async with tutoring(model) as tutor:
        posed = await tutor.ask("This one", mode="quiz_me", problem=problem)
        talked = await tutor.ask("Is gravity all I need?", **going_on(posed))
        explained = await tutor.ask("Explain it all to me", **going_on(posed, mode="explain"))
        told_again = await tutor.listen(talked.message_id)

    assert talked.text.startswith("Gravity pulls. Think of one second.")
    for answered in (talked, explained):
        assert "9.81" not in "".join(str(event.data) for event in answered.events)
        assert "kept_back" in [e.data.get("code") for e in answered.events if e.name == "notice"]
    assert told_again.text == talked.text
    assert all(MOTION[1]["stem"] in r.prompt.user for r in model.requests[:1])


async def test_the_mode_is_kept_with_the_conversation(tutoring: Tutoring) -> None:
    async with tutoring(GroundedChatModel()) as tutor:
        first = await tutor.ask("What is work?", mode="simpler")
        second = await tutor.ask("And what is power?", **going_on(first))
        back = await tutor.ask("What is friction?", **going_on(first, mode="explain"))
        last = await tutor.ask("What is power?", **going_on(first))

    modes = [one.data("start")["mode"] for one in (first, second, back, last)]
    assert modes == ["simpler", "simpler", "explain", "explain"]


async def test_a_course_allows_modes_and_has_a_default(
    tutoring: Tutoring, chat_adapters: Adapters, course: TaughtCourse
) -> None:
    async def allow(modes: list[str], default: str) -> None:
        values = {"tutor_modes": modes, "default_mode": default}
        async with chat_adapters.database.transaction(MAINTENANCE) as session:
            await session.execute(update(Course).where(Course.id == course.id).values(values))

    await allow(["socratic", "hints"], "socratic")
    try:
        async with tutoring(GroundedChatModel()) as tutor:
            refused = await tutor.post("What is work?", mode="explain")
            asked = await tutor.ask("What is work?")
    finally:
        await allow(["explain", "socratic", "hints", "quiz_me", "check_my_work", "worked_example",
                     "simpler", "deeper", "plan"], "explain")  # fmt: skip

    assert refused.status_code == 422
    assert "socratic, hints" in refused.text
    assert asked.data("start")["mode"] == "socratic"
    assert "force" not in asked.text


async def test_the_built_in_tutor_has_words_for_every_mode(tutoring: Tutoring) -> None:
    work = "Power is the rate at which work is done. The unit of power is the elephant."
    async with tutoring(GroundedChatModel()) as tutor:
        checked = await tutor.ask(work, mode="check_my_work")
        planned = await tutor.ask("Plan my week", mode="plan")
        simpler = await tutor.ask("What is work?", mode="simpler")
        deeper = await tutor.ask("What is work?", mode="deeper")
        example = await tutor.ask("An example of friction", mode="worked_example")
        quizzed = await tutor.ask("Quiz me", mode="quiz_me")

    assert "the course says so [" in checked.text
    assert "I do not find this in the course" in checked.text
    # With or without answers to tell by: the course is that of other tests, too.
    assert "concepts" in planned.text or "next steps" in planned.text
    assert "force and displacement" in simpler.text
    assert len(deeper.text) > len(simpler.text)
    assert example.text.startswith("I do not find a worked example")
    assert "motion" in example.text
    assert quizzed.text.startswith("This course has no questions to practise yet.")


async def test_what_the_course_does_not_hold_is_no_problem(tutoring: Tutoring) -> None:
    async with tutoring(GroundedChatModel()) as tutor:
        asked = await tutor.ask("Who wrote the Mahabharata and when?", mode="hints")
        state = await tutor_of(tutor, asked)

    assert "could not find" in asked.text
    assert state["problem"] is None


async def test_who_asks_in_hindi_is_answered_in_hindi_words(tutoring: Tutoring, quiz: UUID) -> None:
    problem = {"quiz_id": str(quiz), "question_id": "moon"}
    async with tutoring(GroundedChatModel()) as tutor:
        posed = await tutor.ask("यह प्रश्न, कृपया", mode="quiz_me", problem=problem)
        early = await tutor.ask("42", **going_on(posed, move="solution"))
        hinted = await tutor.ask("संकेत", **going_on(posed))
        wrong = await tutor.ask("A", **going_on(posed))
        right = await tutor.ask("B", **going_on(posed))

    assert posed.text.rstrip().endswith("एक अक्षर से उत्तर दीजिए, जैसे “A”।")
    assert early.text == "हल के लिए अभी चाहिए: 2 और संकेत और आपका 1 उत्तर।"
    assert hinted.data("notice")["detail"] == "संकेत 1, कुल 4"
    assert wrong.text.startswith("**अभी सही नहीं।**")
    assert right.text.startswith("**सही।**")


async def test_a_message_to_the_tutor_keeps_no_question_waiting_for_its_beginning(
    tutoring: Tutoring, monkeypatch: pytest.MonkeyPatch
) -> None:
    observed: list[float] = []
    async with tutoring(GroundedChatModel()) as tutor:
        begun = tutor.app.state.services.answering._places._begun
        monkeypatch.setattr(begun, "observe", lambda waited, _inside: observed.append(waited))

        first = await tutor.ask(OWN_QUESTION, mode="hints")
        await tutor.ask("Another hint", **going_on(first))
        of_tutoring = len(observed)
        await tutor.ask(OWN_QUESTION)

    assert (of_tutoring, len(observed)) == (0, 1)
    assert begun.taken == 0
