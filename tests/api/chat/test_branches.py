"""Questions edited and answers told anew: branches of a conversation."""

from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from ai.chat.scripted import ScriptedChatModel
from bootstrap.adapters import Adapters
from storage.database import MAINTENANCE
from storage.repositories.answer_ownership import AnswerOwnershipRepository
from tests.api.chat.conftest import Answered, Tutor, Tutoring
from tests.support.event_source import received_events
from tests.support.service import People

pytestmark = pytest.mark.server

WHOLE = {"Accept": "application/json"}


async def read(tutor: Tutor, conversation: str, **params: Any) -> dict[str, Any]:
    response = await tutor.http.get(f"/conversations/{conversation}", params=params)
    assert response.status_code == 200, response.text
    shown: dict[str, Any] = response.json()
    return shown


def said(shown: dict[str, Any]) -> list[str]:
    return [message["content"] for message in shown["messages"]]


def conversation_of(answer: Answered) -> str:
    return str(answer.data("start")["conversation_id"])


async def question_of(tutor: Tutor, answer: Answered) -> str:
    return str((await tutor.stored(answer.message_id))["parent_id"])


async def regenerate(tutor: Tutor, message_id: str, **headers: str) -> httpx2.Response:
    path = f"/messages/{message_id}/regenerate"
    return await tutor.http.post(path, headers={**WHOLE, **headers})


async def test_messages_follow_one_another(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([["Work."], ["Power."]])) as tutor:
        conversation = conversation_of(await tutor.ask("One?"))
        await tutor.ask("Two?", conversation_id=conversation)
        shown = await read(tutor, conversation)

    ids = [message["id"] for message in shown["messages"]]
    assert said(shown) == ["One?", "Work.", "Two?", "Power."]
    assert [message["parent_id"] for message in shown["messages"]] == [None, *ids[:-1]]
    assert shown["leaves"] == [ids[-1]]


async def test_an_answer_told_anew_does_not_know_the_one_before(tutoring: Tutoring) -> None:
    model = ScriptedChatModel([["First."], ["Second."], ["Third."]])
    async with tutoring(model) as tutor:
        conversation = conversation_of(await tutor.ask("One?"))
        second = await tutor.ask("And two?", conversation_id=conversation)
        response = await regenerate(tutor, second.message_id)
        shown = await read(tutor, conversation)
        before = await read(tutor, conversation, leaf=second.message_id)

    third = response.json()
    assert third["content"] == "Third."
    assert "And two?" in model.requests[2].prompt.user
    assert [turn.content for turn in model.requests[2].history] == ["One?", "First."]
    assert said(shown) == ["One?", "First.", "And two?", "Third."]
    assert said(before) == ["One?", "First.", "And two?", "Second."]
    assert shown["leaves"] == [third["message_id"], second.message_id]


async def test_messages_that_have_others_in_their_place_are_told(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([["A."], ["B."], ["C."], ["D."]])) as tutor:
        first = await tutor.ask("One?")
        conversation = conversation_of(first)
        second = (await regenerate(tutor, first.message_id)).json()["message_id"]
        alone = (await read(tutor, conversation))["forks"]
        following = await tutor.ask("Two?", conversation_id=conversation, follows=first.message_id)
        shown = await read(tutor, conversation)

    assert alone == [
        [
            {"message_id": first.message_id, "leaf": first.message_id},
            {"message_id": second, "leaf": second},
        ]
    ]
    assert said(shown) == ["One?", "A.", "Two?", "C."]
    assert shown["forks"] == [
        [
            {"message_id": first.message_id, "leaf": following.message_id},
            {"message_id": second, "leaf": second},
        ]
    ]


async def test_a_question_goes_on_with_the_branch_it_follows(tutoring: Tutoring) -> None:
    model = ScriptedChatModel([["A."], ["B."], ["C."]])
    async with tutoring(model) as tutor:
        first = await tutor.ask("One?")
        await regenerate(tutor, first.message_id)
        await tutor.ask("And it?", follows=first.message_id)
        shown = await read(tutor, conversation_of(first))

    assert [turn.content for turn in model.requests[2].history] == ["One?", "A."]
    assert said(shown) == ["One?", "A.", "And it?", "C."]


async def test_an_answer_told_anew_is_streamed_and_can_be_heard_again(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([["First."], ["Second."]])) as tutor:
        first = await tutor.ask("One?")
        path = f"/messages/{first.message_id}/regenerate"
        async with tutor.http.stream("POST", path) as response:
            assert response.status_code == 200
            second = Answered([event async for event in received_events(response)])
        again = await tutor.listen(second.message_id)

    assert second.text == "Second."
    assert second.names[0] == "start"
    assert second.message_id != first.message_id
    assert again.events == second.events


async def test_a_question_edited_leaves_out_what_followed(tutoring: Tutoring) -> None:
    model = ScriptedChatModel([["A."], ["B."], ["C."], ["D."], ["E."]])
    async with tutoring(model) as tutor:
        conversation = conversation_of(await tutor.ask("One?"))
        second = await tutor.ask("Two?", conversation_id=conversation)
        third = await tutor.ask("Three?", conversation_id=conversation)
        edited = await tutor.ask("And 2?", edits=await question_of(tutor, second))
        following = await tutor.ask("And it?", conversation_id=conversation)
        shown = await read(tutor, conversation)
        before = await read(tutor, conversation, leaf=third.message_id)

    assert conversation_of(edited) == conversation
    assert [turn.content for turn in model.requests[3].history] == ["One?", "A."]
    assert [turn.content for turn in model.requests[4].history] == ["One?", "A.", "And 2?", "D."]
    assert said(shown) == ["One?", "A.", "And 2?", "D.", "And it?", "E."]
    assert said(before) == ["One?", "A.", "Two?", "B.", "Three?", "C."]
    assert shown["leaves"] == [following.message_id, third.message_id]


async def test_a_successor_remembers_the_branch_of_its_answer(
    tutoring: Tutoring, chat_adapters: Adapters
) -> None:
    async with tutoring(ScriptedChatModel([["A."], ["B."], ["C."]])) as tutor:
        conversation = conversation_of(await tutor.ask("One?"))
        second = await tutor.ask("Two?", conversation_id=conversation)
        edited = await tutor.ask("And 2?", edits=await question_of(tutor, second))
    async with chat_adapters.database.transaction(MAINTENANCE) as session:
        orphan = await AnswerOwnershipRepository(session).orphan(
            UUID(edited.message_id), remembered=6
        )

    assert orphan.question == "And 2?"
    assert orphan.turns == (("user", "One?"), ("assistant", "A."))


async def test_the_first_question_can_be_edited(tutoring: Tutoring) -> None:
    model = ScriptedChatModel([["A."], ["B."]])
    async with tutoring(model) as tutor:
        first = await tutor.ask("One?")
        edited = await tutor.ask("What about one?", edits=await question_of(tutor, first))
        shown = await read(tutor, conversation_of(first))
        export = f"/conversations/{conversation_of(first)}/export"
        exported = await tutor.http.get(export, params={"format": "md"})
        before = await tutor.http.get(export, params={"format": "md", "leaf": first.message_id})
        nowhere = await tutor.http.get(export, params={"leaf": str(uuid4())})

    assert conversation_of(edited) == conversation_of(first)
    assert model.requests[1].history == ()
    assert said(shown) == ["What about one?", "B."]
    assert shown["messages"][0]["parent_id"] is None
    assert "> One?" not in exported.text
    assert "> One?" in before.text
    assert "> What about one?" not in before.text
    assert nowhere.status_code == 404


async def test_under_one_key_an_answer_is_told_anew_once(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([["A."], ["B."], ["C."]])) as tutor:
        first = await tutor.ask("One?")
        key = {"Idempotency-Key": uuid4().hex}
        answers = [(await regenerate(tutor, first.message_id, **key)).json() for _ in range(2)]
        other = await tutor.ask("Two?", conversation_id=conversation_of(first))
        reused = await regenerate(tutor, other.message_id, **key)

    assert answers[0]["message_id"] == answers[1]["message_id"]
    assert [answer["content"] for answer in answers] == ["B.", "B."]
    assert (reused.status_code, reused.json()["code"]) == (409, "idempotency_key_reused")


async def test_what_cannot_begin_a_branch_is_refused(tutoring: Tutoring, people: People) -> None:
    other = await people.add("admin")
    async with tutoring(ScriptedChatModel([["A."], ["B."]])) as tutor:
        first = await tutor.ask("One?")
        second = await tutor.ask("Another?")
        question = await question_of(tutor, first)
        chat = f"/courses/{tutor.course.slug}/chat"
        elsewhere = await tutor.post("X?", edits=question, conversation_id=conversation_of(second))
        after = {"message": "X?", "follows": first.message_id}
        after_other = await tutor.post(conversation_id=conversation_of(second), **after)
        both = await tutor.post(edits=question, **after)
        foreign = [
            await tutor.http.post(
                chat, json={"message": "X?", "edits": question}, headers=other.headers
            ),
            await tutor.http.post(chat, json=after, headers=other.headers),
        ]
        refused = [
            await tutor.post("X?", edits=first.message_id),
            await tutor.post("X?", edits=str(uuid4())),
            await tutor.post("X?", follows=str(uuid4())),
            await regenerate(tutor, question),
            await regenerate(tutor, first.message_id, **other.headers),
            await tutor.http.get(
                f"/conversations/{conversation_of(first)}", params={"leaf": second.message_id}
            ),
        ]
        shown = await read(tutor, conversation_of(first))

    assert (elsewhere.status_code, elsewhere.json()["errors"][0]["field"]) == (422, "edits")
    for refusal in (after_other, both):
        assert (refusal.status_code, refusal.json()["errors"][0]["field"]) == (422, "follows")
    assert [response.status_code for response in foreign] == [404] * 2
    assert [response.status_code for response in refused] == [404] * 6
    assert said(shown) == ["One?", "A."]


async def test_an_answer_that_is_being_told_is_not_told_anew(tutoring: Tutoring) -> None:
    async with (
        tutoring(ScriptedChatModel([["Work", 30.0, "."]])) as tutor,
        tutor.streaming("What is work?") as events,
    ):
        message_id = (await anext(events)).data["message_id"]
        refused = await regenerate(tutor, message_id)
        await tutor.http.post(f"/messages/{message_id}/stop")

    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
