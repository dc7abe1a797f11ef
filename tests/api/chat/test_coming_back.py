"""Readers who leave, come back, come twice, come late, or stop the answer."""

import asyncio

import pytest
from sqlalchemy import select

from ai.chat.scripted import ScriptedChatModel
from models import Message
from services.answering import service
from storage.database import MAINTENANCE, Database
from tests.api.chat.conftest import Answered, Tutoring, spoken

pytestmark = pytest.mark.server

LONG = "Work is the product of force and displacement [1]. " * 3


async def test_a_reader_who_leaves_does_not_end_the_answer(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([spoken(LONG)])) as tutor:
        async with tutor.streaming("What is work?") as events:
            start = await anext(events)
        heard = await tutor.listen(start.data["message_id"])
        stored = await tutor.stored(start.data["message_id"])

    assert heard.names[-1] == "done"
    assert stored["status"] == "complete"
    assert heard.text == stored["content"]


async def test_a_reader_who_comes_back_in_mid_answer_gets_the_rest(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([spoken(LONG)])) as tutor:
        async with tutor.streaming("What is work?") as events:
            seen = [await anext(events) for _ in range(6)]
        rest = await tutor.listen(seen[0].data["message_id"], seen[-1].id)
        stored = await tutor.stored(seen[0].data["message_id"])

    whole = Answered(seen + rest.events)
    assert [event.id.rpartition("-")[2] for event in whole.events] == [
        str(n) for n in range(1, len(whole.events) + 1)
    ]
    assert whole.text == stored["content"]


async def test_two_listeners_hear_the_same(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([spoken(LONG)])) as tutor:
        async with tutor.streaming("What is work?") as events:
            start = await anext(events)
        message_id = start.data["message_id"]
        one, other = await asyncio.gather(tutor.listen(message_id), tutor.listen(message_id))

    assert one.events == other.events


async def test_a_later_process_tells_the_answer_again_with_the_same_ids(
    tutoring: Tutoring,
) -> None:
    async with tutoring(ScriptedChatModel([spoken(LONG)])) as tutor:
        live = await tutor.ask("What is work?", model="no-such-model")
    async with tutoring(ScriptedChatModel([["never asked"]])) as tutor:
        again = await tutor.listen(live.message_id)
        rest = await tutor.listen(live.message_id, live.events[4].id)
        nothing = await tutor.listen(live.message_id, live.events[-1].id)

    assert again.events == live.events
    assert rest.events == live.events[5:]
    assert nothing.events == []


async def test_an_answer_is_stopped_with_what_it_has(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([spoken(LONG)])) as tutor:
        async with tutor.streaming("What is work?") as events:
            seen = [await anext(events) for _ in range(5)]
            response = await tutor.http.post(f"/messages/{seen[0].data['message_id']}/stop")
            seen += [event async for event in events]
        again = await tutor.http.post(f"/messages/{seen[0].data['message_id']}/stop")

    answer = Answered(seen)
    assert answer.data("done")["finish_reason"] == "stopped"
    assert response.json()["status"] == "stopped"
    assert response.json()["content"] == answer.text
    assert 0 < len(answer.text) < len(LONG)
    assert again.json() == response.json()


async def test_a_stop_is_answered_though_its_end_cannot_be_saved_yet(
    tutoring: Tutoring, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "STOP_SECONDS", 0.3)
    async with (
        tutoring(ScriptedChatModel([spoken(LONG)])) as tutor,
        tutor.streaming("What is work?") as events,
    ):
        message_id = (await anext(events)).data["message_id"]
        async with database.transaction(MAINTENANCE) as session:
            await session.execute(select(Message).where(Message.id == message_id).with_for_update())
            at_once = await tutor.http.post(f"/messages/{message_id}/stop")
        last = [event async for event in events][-1]

    assert (at_once.status_code, at_once.json()["status"]) == (200, "streaming")
    assert last.data["finish_reason"] == "stopped"


@pytest.mark.parametrize("last_event_id", ["nonsense", "0190-1", "-1", "x" * 200])
async def test_an_event_id_of_something_else_is_refused(
    tutoring: Tutoring, last_event_id: str
) -> None:
    async with tutoring(ScriptedChatModel([["Work."]])) as tutor:
        answer = await tutor.ask("What is work?")
        response = await tutor.http.get(
            f"/messages/{answer.message_id}/events", headers={"Last-Event-ID": last_event_id}
        )

    assert response.status_code == 422
    assert "Last-Event-ID" in response.text or "last-event-id" in response.text


async def test_an_event_id_of_another_answer_is_refused(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([["Work."], ["Power."]])) as tutor:
        first, second = await tutor.ask("What is work?"), await tutor.ask("What is power?")
        response = await tutor.http.get(
            f"/messages/{first.message_id}/events",
            headers={"Last-Event-ID": second.events[0].id},
        )

    assert response.status_code == 422


async def test_after_an_event_that_never_was_nothing_comes_and_the_stream_ends(
    tutoring: Tutoring,
) -> None:
    async with tutoring(ScriptedChatModel([["Work ", 0.5, "is energy."], ["Power."]])) as tutor:
        async with tutor.streaming("What is work?") as events:
            message_id = (await anext(events)).data["message_id"]
            live = await tutor.listen(message_id, f"{message_id}-{2**53}")
            rest = [event async for event in events]
        stored = await tutor.listen(message_id, f"{message_id}-{2**53}")

    assert rest[-1].name == "done"
    assert live.events == stored.events == []
