"""What teachers learn of what was asked: no figure of fewer than five, and nobody's name."""

import csv
import io
from typing import Any

import pytest

from services.insights.clustering import LAG, QuestionClustering
from tests.api.insights.conftest import PENDULUM, RIGHT, Cockpit

pytestmark = [pytest.mark.server, pytest.mark.asyncio(loop_scope="module")]

ROUNDS = 5
"""Other tests leave courses to go through."""
NOT_HELD = "Which year did the French Revolution begin?"
WORDINGS = (
    "What is the unit of work?",
    "what is the unit of work",
    "What's the unit of work?",
    "Tell me the unit of work",
    "What is the unit of work called?",
)


async def gather(cockpit: Cockpit) -> None:
    """Runs rounds of clustering, as a worker would once the lag is over."""
    adapters = cockpit.taught.adapters
    clustering = QuestionClustering(
        adapters.database, adapters.embedder, lambda: adapters.clock() + LAG
    )
    for _ in range(ROUNDS):
        await clustering.tend(lambda: False)


async def exported(cockpit: Cockpit, table: str) -> list[dict[str, str]]:
    path = f"/courses/{cockpit.slug}/insights/export"
    response = await cockpit.http.get(
        path, params={"table": table}, headers=cockpit.teacher.headers
    )
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(response.text)))


async def test_what_five_learners_ask_is_shown_and_what_four_ask_is_not(
    cockpit: Cockpit,
) -> None:
    learners = [await cockpit.join() for _ in WORDINGS]
    for learner, question in zip(learners[:4], WORDINGS[:4], strict=True):
        await cockpit.ask(question, learner)
        await cockpit.ask("Hello!", learner)
    await gather(cockpit)
    before = await cockpit.read("insights")
    await cockpit.ask(WORDINGS[4], learners[4])
    await gather(cockpit)

    after = await cockpit.read("insights")
    await gather(cockpit)
    again = await cockpit.read("insights")

    assert before["asked"] is None
    assert before["most_asked"] == []
    assert after["asked"] == {"questions": 5, "learners": 5, "doubtful": 0}
    (cluster,) = after["most_asked"]
    assert (cluster["questions"], cluster["learners"]) == (5, 5)
    assert set(cluster["examples"]) <= set(WORDINGS)
    assert len(cluster["examples"]) == 3
    assert again["most_asked"] == after["most_asked"]
    told = str(after)
    assert not any(one.actor.email in told or str(one.id) in told for one in learners)


async def test_ratings_are_told_from_five_learners_on(cockpit: Cockpit) -> None:
    learners = [await cockpit.join() for _ in range(5)]
    seen: list[dict[str, Any]] = []
    for learner in learners:
        answer = await cockpit.ask("What is friction?", learner)
        path = f"/messages/{answer['message_id']}/feedback"
        rated = {"rating": "down", "reasons": ["unclear"]}
        await cockpit.http.put(path, json=rated, headers=learner.headers)
        seen.append(await cockpit.read("insights"))

    assert [one["ratings"] for one in seen[:4]] == [None] * 4
    assert [one["reasons"] for one in seen[:4]] == [[]] * 4
    assert seen[4]["ratings"] == {"learners": 5, "up": 0, "down": 5}
    assert seen[4]["reasons"] == [{"reason": "unclear", "times": 5, "learners": 5}]


async def test_a_question_without_an_answer_is_listed_until_it_is_seen_to(
    cockpit: Cockpit,
) -> None:
    asked = await cockpit.ask(NOT_HELD)
    corrected = await cockpit.ask("Who wrote the national anthem of India?")
    await cockpit.ask(PENDULUM)

    listed = (await cockpit.read("insights/doubtful"))["items"]
    only = (await cockpit.read("insights/doubtful", doubt="low_support"))["items"]
    path = f"/courses/{cockpit.slug}/insights/doubtful/{asked['message_id']}/settled"
    settled = await cockpit.http.put(path, headers=cockpit.teacher.headers)
    await cockpit.correct("The anthem?", RIGHT, message_id=corrected["message_id"])
    after = (await cockpit.read("insights/doubtful"))["items"]
    await cockpit.http.delete(path, headers=cockpit.teacher.headers)
    back = (await cockpit.read("insights/doubtful"))["items"]

    assert [one["question"] for one in listed] == [
        "Who wrote the national anthem of India?",
        NOT_HELD,
    ]
    assert {one["doubt"] for one in listed} == {"unanswered"}
    assert only == []
    assert settled.status_code == 204
    assert after == []
    assert [one["message_id"] for one in back] == [asked["message_id"]]
    assert str(cockpit.learner.id) not in str(listed)


async def test_what_a_learner_tries_is_no_question_without_an_answer(cockpit: Cockpit) -> None:
    tried = "Is it right that a pendulum swings because the moon pulls at its string?"
    answer = await cockpit.ask(tried, mode="check_my_work")

    listed = (await cockpit.read("insights/doubtful"))["items"]

    assert answer["mode"] == "check_my_work"
    assert (await cockpit.stored(answer["message_id"]))["sources"]
    assert listed == []


async def test_learners_see_what_teachers_see_of_their_questions(cockpit: Cockpit) -> None:
    other = await cockpit.join()
    await cockpit.ask(NOT_HELD)
    await cockpit.ask(NOT_HELD, other)

    own = await cockpit.http.get("/users/me/shown-to-teachers", headers=cockpit.learner.headers)
    listed = (await cockpit.read("insights/doubtful"))["items"]

    (shown,) = own.json()["items"]
    assert shown["course_id"] == str(cockpit.id)
    assert shown["message_id"] in {one["message_id"] for one in listed}
    assert len(listed) == 2


async def test_tables_are_exported_as_they_are_shown(cockpit: Cockpit) -> None:
    await cockpit.ask("=1+1 Which year did the French Revolution begin?")

    doubtful = await exported(cockpit, "doubtful")
    progress = await exported(cockpit, "progress")
    most_asked = await exported(cockpit, "most_asked")
    refused = await cockpit.http.get(
        f"/courses/{cockpit.slug}/insights/export?table=doubtful", headers=cockpit.learner.headers
    )

    assert doubtful[0]["question"].startswith("'=1+1")
    assert progress[0]["email"] == cockpit.learner.actor.email
    assert progress[0]["level"] == "unseen"
    assert most_asked == []
    assert refused.status_code == 403
