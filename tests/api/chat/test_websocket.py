"""Answers over a WebSocket: the same events as over SSE, many at a time, after cuts too."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid4
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from ai.chat.scripted import ScriptedChatModel
from bootstrap.adapters import Adapters
from storage.database import MAINTENANCE
from tests.api.chat.conftest import Answered, Tutoring, spoken
from tests.support.service import People, Person
from tests.support.socket_client import SocketClient, address, event_of, socket_of, ticket_for

pytestmark = pytest.mark.server

SAID = "Work is the product of force and displacement [1]."
LONG = f"{SAID} " * 3
SOME_ID = UUID(int=1)


async def count_messages(adapters: Adapters, person: Person) -> int:
    statement = text(
        "SELECT count(*) FROM messages JOIN conversations ON conversations.id = conversation_id"
        " WHERE user_id = :user"
    )
    async with adapters.database.transaction(MAINTENANCE) as session:
        counted: int = await session.scalar(statement, {"user": person.id})
    return counted


async def test_an_answer_is_told_event_for_event_as_over_sse_and_json(tutoring: Tutoring) -> None:
    model, key = ScriptedChatModel([spoken(SAID)]), uuid4().hex
    async with tutoring(model) as tutor, socket_of(tutor.http) as socket:
        await socket.send(
            type="ask",
            id="c1",
            course=tutor.course.slug,
            message="What is work?",
            idempotency_key=key,
        )
        told = await socket.told("c1")
        over_sse = await tutor.listen(Answered(told).message_id)
        again = await tutor.http.post(
            f"/courses/{tutor.course.slug}/chat",
            json={"message": "What is work?"},
            headers={"Accept": "application/json", "Idempotency-Key": key},
        )

    whole = again.json()
    assert told == over_sse.events
    assert told[0].name == "start"
    assert told[-1].name == "done"
    assert whole["content"] == Answered(told).text == f"{SAID} "
    assert {name: whole[name] for name in told[-1].data} == told[-1].data
    assert whole["sources"] == Answered(told).data("sources")["sources"]
    assert len(model.requests) == 1


async def test_two_conversations_are_told_at_once_over_one_socket(tutoring: Tutoring) -> None:
    scripts = [spoken(LONG, pause_seconds=0.02), spoken("Power is the rate of work [1].")]
    async with tutoring(ScriptedChatModel(scripts)) as tutor, socket_of(tutor.http) as socket:
        order: list[str] = []
        for name, message in (("c1", "What is work?"), ("c2", "What is power?")):
            await socket.send(type="ask", id=name, course=tutor.course.slug, message=message)
        ends = 0
        frames: dict[str, list[dict[str, Any]]] = {"c1": [], "c2": []}
        while ends < 2:
            frame = json.loads(await socket.connection.recv())
            order.append(frame["id"])
            ends += frame["event"] == "end"
            if frame["event"] != "end":
                frames[frame["id"]].append(frame)
        heard = {name: Answered([event_of(f) for f in told]) for name, told in frames.items()}
        stored = {name: await tutor.listen(a.message_id) for name, a in heard.items()}

    assert heard["c1"].events == stored["c1"].events
    assert heard["c2"].events == stored["c2"].events
    assert heard["c1"].message_id != heard["c2"].message_id
    first, last = order.index("c2"), len(order) - 1 - order[::-1].index("c2")
    assert "c1" in order[first:last]  # neither waited for the other


async def test_an_answer_goes_on_where_its_socket_was_cut(tutoring: Tutoring) -> None:
    model = ScriptedChatModel([spoken(LONG, pause_seconds=0.02)])
    async with tutoring(model) as tutor:
        async with socket_of(tutor.http) as socket:
            await socket.send(type="ask", id="c1", course=tutor.course.slug, message="Work?")
            seen = [event_of(await socket.next("c1")) for _ in range(5)]
            socket.connection.transport.abort()
        message_id = seen[0].data["message_id"]
        async with socket_of(tutor.http) as socket:
            after = int(seen[-1].id.rpartition("-")[2])
            await socket.send(type="resume", id="c1", message_id=message_id, after=after)
            rest = await socket.told("c1")
            await socket.send(type="resume", message_id=message_id, after=after + len(rest))
            nothing = await socket.told(message_id)
        whole = await tutor.listen(message_id)

    assert seen + rest == whole.events
    assert nothing == []
    assert len(model.requests) == 1


async def test_another_replica_tells_and_stops_an_answer(tutoring: Tutoring) -> None:
    hanging = ScriptedChatModel([["Work is ", 60.0, "never said"]])
    async with (
        tutoring(hanging) as one,
        tutoring(ScriptedChatModel([["never asked"]])) as other,
        socket_of(one.http) as near,
        socket_of(other.http) as far,
    ):
        await near.send(type="ask", id="c1", course=one.course.slug, message="What is work?")
        start = await near.next("c1")
        message_id = start["data"]["message_id"]
        await far.send(type="resume", id="c2", message_id=message_id)
        await far.send(type="stop", id="s", message_id=message_id)
        stopped = await far.next("s")
        far_told = await far.told("c2")
        near_told = [event_of(start), *await near.told("c1")]

    assert stopped["event"] == "message"
    assert stopped["data"]["status"] == "stopped"
    assert near_told == far_told
    assert near_told[-1].data["finish_reason"] == "stopped"


async def test_an_answer_that_another_process_takes_over_is_told_on_over_the_same_socket(
    tutoring: Tutoring, chat_adapters: Adapters
) -> None:
    rest = [" displacement."]  # said by either: the first may take its own answer up again
    hanging = ScriptedChatModel([["Work is the product of force and", 60.0, "never said"], rest])
    async with (
        tutoring(hanging) as one,
        tutoring(ScriptedChatModel([rest])) as other,
        socket_of(one.http) as socket,
    ):
        await socket.send(type="ask", id="c1", course=one.course.slug, message="What is work?")
        seen = [event_of(await socket.next("c1")) for _ in range(3)]
        message_id = seen[0].data["message_id"]
        async with chat_adapters.database.transaction(MAINTENANCE) as session:
            # as if the first had been paused: its lease runs out, and it may not renew it
            statement = "UPDATE messages SET lease_until = now(), owner = 'gone' WHERE id = :id"
            await session.execute(text(statement), {"id": UUID(message_id)})
        one.app.state.services.answering._engine.lose(UUID(message_id))
        told = seen + await socket.told("c1")
        whole = await other.listen(message_id)

    assert told == whole.events
    assert whole.data("notice")["code"] == "takeover"
    assert whole.text == "Work is the product of force and displacement."


async def test_an_answer_that_fails_ends_with_its_problem(tutoring: Tutoring) -> None:
    class Broken(ScriptedChatModel):
        async def stream(self, request: Any) -> Any:  # noqa: ARG002
            raise RuntimeError("a fault of ours")
            yield

    async with tutoring(Broken([["x"]])) as tutor, socket_of(tutor.http) as socket:
        await socket.send(type="ask", id="c1", course=tutor.course.slug, message="What is work?")
        told = await socket.told("c1")

    assert told[-1].name == "error"
    assert told[-1].data["status"] == 500
    assert told[-1].data["type"] == "urn:neuroshiksha:problem:internal_error"


async def test_leaving_ends_the_telling_and_not_the_answer(tutoring: Tutoring) -> None:
    model = ScriptedChatModel([spoken(SAID, pause_seconds=0.02)])
    async with tutoring(model) as tutor, socket_of(tutor.http) as socket:
        await socket.send(type="ask", id="c1", course=tutor.course.slug, message="What is work?")
        start = await socket.next("c1")
        await socket.send(type="leave", id="c1")
        rest = await socket.until_end("c1")
        unknown = await socket.answered(type="leave", id="c1")
        whole = await tutor.listen(start["data"]["message_id"])

    assert "done" not in [frame["event"] for frame in rest]
    assert unknown["data"]["errors"][0]["field"] == "id"
    assert whole.text == f"{SAID} "


async def test_what_is_refused_over_http_is_refused_alike(
    tutoring: Tutoring, people: People, chat_adapters: Adapters, learner: Person
) -> None:
    stranger = await people.add("student")
    async with tutoring(ScriptedChatModel([[SAID]])) as tutor:
        own = await tutor.ask("What is work?")
        before = await count_messages(chat_adapters, learner)
        tutor.http.headers.update(stranger.headers)
        async with socket_of(tutor.http) as socket:
            refused = [
                await socket.answered(type="resume", id="r", message_id=own.message_id),
                await socket.answered(type="stop", id="s", message_id=own.message_id),
                await socket.answered(type="job", id="j", job_id=str(uuid4())),
                await socket.answered(type="ask", id="a", course=tutor.course.slug, message="Hm?"),
                await socket.answered(type="ask", id="u", course="alchemy", message="Hm?"),
            ]
            ends = [(await socket.next(name))["event"] for name in ("r", "j", "a", "u")]

    assert [frame["event"] for frame in refused] == ["problem"] * 5
    assert {frame["data"]["code"] for frame in refused} == {"not_found"}
    assert {frame["data"]["status"] for frame in refused} == {404}
    assert ends == ["end"] * 4
    assert await count_messages(chat_adapters, learner) == before


async def test_a_question_sent_twice_is_asked_once(tutoring: Tutoring) -> None:
    model = ScriptedChatModel([spoken(SAID)])
    async with tutoring(model) as tutor, socket_of(tutor.http) as socket:
        fields = {"type": "ask", "course": tutor.course.slug, "idempotency_key": uuid4().hex}
        for name in ("c1", "c2"):
            await socket.send(**fields, id=name, message="What is work?")
        first, second = await socket.told("c1"), await socket.told("c2")
        other = await socket.answered(**fields, id="c3", message="What is power?")

    assert first == second
    assert len(model.requests) == 1
    assert (other["data"]["status"], other["data"]["code"]) == (409, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("frame", "frame_id", "field"),
    [
        ("nonsense", None, "frame"),
        ("[]", None, "frame"),
        (b'{"type": "ping"}', None, "frame"),
        ('{"id": "x"}', "x", "type"),
        ('{"id": "x", "type": "sing"}', "x", "type"),
        ('{"id": 7, "type": "ping"}', None, "id"),
        ('{"type": "ask", "course": "c", "message": "m"}', None, "id"),
        ('{"id": "x", "type": "ask", "course": "c"}', "x", "message"),
        ('{"id": "x", "type": "ask", "course": "c", "message": " "}', "x", "message"),
        ('{"id": "x", "type": "ask", "course": "../c", "message": "m"}', "x", "course"),
        ('{"id": "x", "type": "ask", "course": "c", "message": "m", "tone": "k"}', "x", "tone"),
        ('{"id": "x", "type": "resume", "message_id": "12"}', "x", "message_id"),
        (
            f'{{"id": "x", "type": "resume", "message_id": "{UUID(int=1)}", "after": -1}}',
            "x",
            "after",
        ),
        ('{"id": "x\\u0000", "type": "ping"}', "x\0", "id"),
    ],
)
async def test_a_malformed_frame_is_named_and_the_socket_lives(
    tutoring: Tutoring, frame: str | bytes, frame_id: str | None, field: str
) -> None:
    async with tutoring(ScriptedChatModel([[SAID]])) as tutor, socket_of(tutor.http) as socket:
        await socket.connection.send(frame)
        problem = await socket.next(frame_id)
        pong = await socket.answered(type="ping", id="p")

    assert problem["event"] == "problem"
    assert problem["data"]["status"] == 422
    assert [error["field"] for error in problem["data"]["errors"]] == [field]
    assert pong == {"id": "p", "event": "pong"}


async def test_an_id_in_use_is_refused_and_what_uses_it_goes_on(tutoring: Tutoring) -> None:
    model = ScriptedChatModel([spoken(SAID, pause_seconds=0.02)])
    async with tutoring(model) as tutor, socket_of(tutor.http) as socket:
        ask = {"type": "ask", "id": "c1", "course": tutor.course.slug, "message": "Work?"}
        await socket.send(**ask)
        await socket.next("c1")
        await socket.send(**ask)
        frames = await socket.until_end("c1")

    problems = [frame for frame in frames if frame["event"] == "problem"]
    assert [problem["data"]["errors"][0]["field"] for problem in problems] == ["id"]
    assert frames[-1]["event"] == "done"
    assert len(model.requests) == 1


async def test_more_subscriptions_than_a_socket_may_have_are_refused(tutoring: Tutoring) -> None:
    hanging = ScriptedChatModel([["Work ", 60.0, "never said"]])
    async with tutoring(hanging) as tutor, socket_of(tutor.http) as socket:
        await socket.send(type="ask", id="c0", course=tutor.course.slug, message="Work?")
        message_id = (await socket.next("c0"))["data"]["message_id"]
        for n in range(1, 16):
            await socket.send(type="resume", id=f"c{n}", message_id=message_id)
            await socket.next(f"c{n}")
        refused = await socket.answered(type="resume", id="one too many", message_id=message_id)
        await socket.send(type="leave", id="c15")
        await socket.until_end("c15")
        await socket.send(type="stop", id="s", message_id=message_id)
        await socket.next("s")
        told = await socket.told("c1")

    assert (refused["data"]["status"], refused["data"]["code"]) == (503, "overloaded")
    assert refused["data"]["retry_after_seconds"] > 0
    assert told[-1].data["finish_reason"] == "stopped"


async def test_a_ticket_opens_one_socket(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([[SAID]])) as tutor:
        ticket = await ticket_for(tutor.http)
        async with connect(address(tutor.http, ticket)) as connection:
            pong = await SocketClient(connection).answered(type="ping", id="p")
        with pytest.raises(InvalidStatus) as reused:
            await connect(address(tutor.http, ticket))

    assert pong["event"] == "pong"
    assert reused.value.response.status_code == 401
    problem = json.loads(reused.value.response.body or b"")
    assert problem["code"] == "not_authenticated"
    assert "ws-ticket" in problem["detail"]


async def test_of_two_that_come_with_one_ticket_at_the_same_instant_one_is_let_in(
    tutoring: Tutoring,
) -> None:
    async with tutoring(ScriptedChatModel([[SAID]])) as tutor:
        ticket = await ticket_for(tutor.http)
        opened = await asyncio.gather(
            *(connect(address(tutor.http, ticket)) for _ in range(5)), return_exceptions=True
        )
        sockets = [one for one in opened if not isinstance(one, BaseException)]
        for one in sockets:
            await one.close()

    assert len(sockets) == 1
    assert sum(isinstance(one, InvalidStatus) for one in opened) == 4


async def test_without_a_good_ticket_nobody_is_let_in(
    tutoring: Tutoring, chat_adapters: Adapters, learner: Person
) -> None:
    async with tutoring(ScriptedChatModel([[SAID]])) as tutor:
        expired, _unused = await ticket_for(tutor.http), await ticket_for(tutor.http)
        async with chat_adapters.database.transaction(MAINTENANCE) as session:
            statement = "UPDATE socket_tickets SET expires_at = now() WHERE user_id = :user"
            await session.execute(text(statement), {"user": learner.id})
        access_token = learner.headers["Authorization"].removeprefix("Bearer ")
        statuses = []
        for ticket in (None, "", "nonsense", expired, access_token):
            with pytest.raises(InvalidStatus) as refused:
                await connect(address(tutor.http, ticket))
            statuses.append(refused.value.response.status_code)
        tutor.http.headers.pop("Authorization")
        unsigned = await tutor.http.post("/auth/ws-ticket")
        await tutor.app.state.services.answering._keeper.clean()
        async with chat_adapters.database.transaction(MAINTENANCE) as session:
            statement = "SELECT count(*) FROM socket_tickets WHERE user_id = :user"
            left = await session.scalar(text(statement), {"user": learner.id})

    assert left == 0
    assert statuses == [401] * 5
    assert unsigned.status_code == 401


async def test_who_is_blocked_is_shown_out_at_the_next_frame(
    tutoring: Tutoring, admin: Person, learner: Person
) -> None:
    async with tutoring(ScriptedChatModel([[SAID]])) as tutor, socket_of(tutor.http) as socket:
        blocked = await tutor.http.patch(
            f"/users/{learner.id}", json={"is_active": False}, headers=admin.headers
        )
        await socket.send(type="ask", id="c1", course=tutor.course.slug, message="What is work?")
        with pytest.raises(ConnectionClosed) as closed:
            await socket.next("c1")

    assert blocked.status_code == 200
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


async def test_a_frame_of_more_than_64_kb_closes_the_socket(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([[SAID]])) as tutor, socket_of(tutor.http) as socket:
        await socket.send(type="ping", id="x" * 70_000)
        with pytest.raises(ConnectionClosed) as closed:
            await socket.next("x")

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


async def test_the_short_address_is_the_same(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([[SAID]])) as tutor:
        ticket = await ticket_for(tutor.http)
        async with connect(address(tutor.http, ticket, "/ws")) as connection:
            pong = await SocketClient(connection).answered(type="ping", id="p")

    assert pong["event"] == "pong"
