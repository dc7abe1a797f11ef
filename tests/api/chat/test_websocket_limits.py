"""How many WebSockets, for how long, how fast; and what is known of those that are open."""

import asyncio
import json
import socket as sockets
import time
from collections.abc import AsyncIterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
)
from dataclasses import replace
from typing import Any, Protocol

import httpx2
import pytest
from sqlalchemy import text
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from ai.chat.chat_model import ChatModel
from ai.chat.scripted import ScriptedChatModel
from api.app import create_app
from bootstrap.adapters import Adapters
from jobs.kinds import JobKind
from services.sockets import OpenSocket, OpenSockets
from storage.database import MAINTENANCE
from storage.repositories.job_values import NewJob
from storage.repositories.jobs import JobsRepository
from tests.api.chat.conftest import TaughtCourse, Tutor, Tutoring
from tests.support.chat_models import router_over
from tests.support.event_source import received_events
from tests.support.running_app import running_app
from tests.support.service import People, Person
from tests.support.socket_client import SocketClient, address, event_of, socket_of, ticket_for

pytestmark = pytest.mark.server

WORDS = [f"word{n:04d} " for n in range(3_000)]


class Serving(Protocol):
    def __call__(
        self, chat_model: ChatModel, **settings: Any
    ) -> AbstractAsyncContextManager[Tutor]: ...


@pytest.fixture
def serving(chat_adapters: Adapters, course: TaughtCourse, learner: Person) -> Serving:
    """Runs the service with some settings changed."""

    @asynccontextmanager
    async def run(chat_model: ChatModel, **settings: Any) -> AsyncIterator[Tutor]:
        changed = chat_adapters.settings.model_copy(update=settings)
        adapters = replace(chat_adapters, settings=changed, router=router_over(chat_model))
        app = create_app(lambda _: nullcontext(adapters), changed)
        async with (
            running_app(app) as url,
            httpx2.AsyncClient(
                base_url=f"{url}/api/v1", headers=learner.headers, timeout=60, verify=False
            ) as http,
        ):
            yield Tutor(http, course, app)

    return run


def small_window(http: httpx2.AsyncClient) -> sockets.socket:
    """A connection whose client takes in little at a time."""
    made = sockets.socket()
    made.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    made.connect((http.base_url.host, http.base_url.port))
    made.setblocking(False)
    return made


async def frames_until_none_goes_out(record: OpenSocket) -> int:
    """How many were sent, once some were and then none for a second."""
    sent, sent_at = 0, time.monotonic()
    while sent == 0 or time.monotonic() - sent_at < 1.0:
        await asyncio.sleep(0.05)
        if record.frames_out != sent:
            sent, sent_at = record.frames_out, time.monotonic()
    return sent


async def test_a_slow_reader_holds_little_lags_and_slows_nobody(tutoring: Tutoring) -> None:
    model = ScriptedChatModel([WORDS, ["Power is a rate."]])
    async with tutoring(model) as tutor:
        whole = await tutor.ask("What is work?")
        slow_socket = small_window(tutor.http)
        async with socket_of(tutor.http, sock=slow_socket, max_queue=1) as slow:
            for n in range(16):
                await slow.send(type="resume", id=f"r{n}", message_id=whole.message_id)
            open_sockets: OpenSockets = tutor.app.state.services.sockets
            (record,) = open_sockets._open.values()
            sent = await frames_until_none_goes_out(record)
            async with socket_of(tutor.http) as quick:
                await quick.send(type="ask", id="q", course=tutor.course.slug, message="Power?")
                told = await quick.told("q")
            sent_meanwhile = record.frames_out - sent
            heard = [await slow.told(f"r{n}") for n in range(16)]

    assert told[-1].name == "done"
    assert 0 < sent < 16 * len(whole.events)  # what buffers of the system hold, no more
    assert sent_meanwhile < 100
    assert all(events == whole.events for events in heard)


async def test_beyond_their_number_sockets_are_refused_with_503(serving: Serving) -> None:
    async with serving(ScriptedChatModel([["Work."]]), websockets_at_once=1) as tutor:
        first = await connect(address(tutor.http, await ticket_for(tutor.http)))
        ticket = await ticket_for(tutor.http)
        with pytest.raises(InvalidStatus) as refused:
            await connect(address(tutor.http, ticket))
        await first.close()
        open_sockets: OpenSockets = tutor.app.state.services.sockets
        while open_sockets._open:  # noqa: ASYNC110 - the server notices in its own time
            await asyncio.sleep(0.01)
        async with connect(address(tutor.http, ticket)) as again:  # the ticket is still good
            pong = await SocketClient(again).answered(type="ping", id="p")

    response = refused.value.response
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert json.loads(response.body or b"")["code"] == "overloaded"
    assert pong["event"] == "pong"


async def test_who_has_many_sockets_leaves_the_last_places_to_others(
    serving: Serving, people: People
) -> None:
    async with (
        serving(
            ScriptedChatModel([["Work."]]), websockets_at_once=4, websockets_per_user=1
        ) as tutor,
        AsyncExitStack() as opened,
    ):
        for _ in range(3):
            await opened.enter_async_context(socket_of(tutor.http))
        with pytest.raises(InvalidStatus) as refused:
            await connect(address(tutor.http, await ticket_for(tutor.http)))
        other = await people.add("student")
        tutor.http.headers.update(other.headers)
        client = await opened.enter_async_context(socket_of(tutor.http))
        pong = await client.answered(type="ping", id="p")

    assert refused.value.response.status_code == 503
    assert "of yours" in json.loads(refused.value.response.body or b"")["detail"]
    assert pong["event"] == "pong"


async def test_places_are_free_again_for_who_has_left(serving: Serving) -> None:
    async with serving(
        ScriptedChatModel([["Work."]]), websockets_at_once=2, websockets_per_user=1
    ) as tutor:
        open_sockets: OpenSockets = tutor.app.state.services.sockets
        for _ in range(3):
            async with socket_of(tutor.http) as client:
                await client.answered(type="ping", id="p")
            while open_sockets._open:  # noqa: ASYNC110 - the server notices in its own time
                await asyncio.sleep(0.01)

    assert not open_sockets._of_user


async def test_an_idle_socket_is_closed_and_one_that_listens_is_not(serving: Serving) -> None:
    pausing = ScriptedChatModel([["Work is ", 1.0, "energy."]])
    async with (
        serving(pausing, websocket_idle_seconds=0.2) as tutor,
        socket_of(tutor.http) as socket,
    ):
        await socket.send(type="ask", id="c1", course=tutor.course.slug, message="What is work?")
        told = await socket.told("c1")
        with pytest.raises(ConnectionClosed) as closed:
            await socket.next("c1")

    assert told[-1].name == "done"
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1001


async def test_when_the_server_stops_sockets_are_closed_and_the_answer_goes_on(
    tutoring: Tutoring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.answering.engine.SHUTDOWN_GRACE_SECONDS", 0.1)
    hanging = ScriptedChatModel([["Work is the product of force and", 60.0, "never said"]])
    async with tutoring(hanging) as tutor:
        ticket = await ticket_for(tutor.http)
        socket = SocketClient(await connect(address(tutor.http, ticket)))
        await socket.send(type="ask", id="c1", course=tutor.course.slug, message="What is work?")
        seen = [event_of(await socket.next("c1")) for _ in range(3)]
    with pytest.raises(ConnectionClosed) as closed:
        await socket.next("c1")
    async with (
        tutoring(ScriptedChatModel([[" displacement."]])) as tutor,
        socket_of(tutor.http) as socket,
    ):
        message_id = seen[0].data["message_id"]
        await socket.send(type="resume", id="c1", message_id=message_id, after=3)
        rest = await socket.told("c1")
        whole = await tutor.listen(message_id)

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    assert seen + rest == whole.events
    assert whole.text == "Work is the product of force and displacement."


async def test_admins_see_what_is_open(tutoring: Tutoring, admin: Person, learner: Person) -> None:
    hanging = ScriptedChatModel([["Work ", 60.0, "never said"]])
    path = "/admin/websockets"
    async with tutoring(hanging) as tutor, socket_of(tutor.http) as socket:
        await socket.send(type="ask", id="c1", course=tutor.course.slug, message="What is work?")
        message_id = (await socket.next("c1"))["data"]["message_id"]
        seen = await tutor.http.get(path, headers=admin.headers)
        refused = await tutor.http.get(path)
        await socket.send(type="stop", message_id=message_id)
        await socket.until_end("c1")

    (item,) = seen.json()["items"]
    assert {key: seen.json()[key] for key in ("open", "opened", "refused")} == {
        "open": 1,
        "opened": 1,
        "refused": 0,
    }
    assert item["user_id"] == str(learner.id)
    assert item["subscriptions"] == ["c1"]
    assert item["frames_in"] == 1
    assert item["frames_out"] >= 1
    assert refused.status_code == 403


async def test_a_job_is_watched_as_over_sse(
    tutoring: Tutoring, chat_adapters: Adapters, learner: Person
) -> None:
    async def change(values: str) -> None:
        statement = f"UPDATE jobs SET {values}, updated_at = clock_timestamp() WHERE id = :id"
        async with chat_adapters.database.transaction(MAINTENANCE) as session:
            await session.execute(text(statement), {"id": job.id})

    async with tutoring(ScriptedChatModel([["Work."]])) as tutor, socket_of(tutor.http) as socket:
        new = NewJob(tutor.course.id, JobKind.INGEST, {}, learner.id)
        async with chat_adapters.database.transaction(MAINTENANCE) as session:
            job = await JobsRepository(session).add(new)
        assert job is not None
        await socket.send(type="job", id="j1", job_id=str(job.id))
        first = event_of(await socket.next("j1"))
        await change("status = 'running', stage = 'encoding', progress = 0.5")
        second = event_of(await socket.next("j1"))
        await change("status = 'succeeded', progress = 1")
        last = await socket.told("j1")
        async with tutor.http.stream("GET", f"/jobs/{job.id}/events") as response:
            over_sse = [event async for event in received_events(response)]

    assert (first.name, first.data["status"]) == ("progress", "queued")
    assert (second.name, second.data["progress"]) == ("progress", 0.5)
    assert [event.name for event in last] == ["done"]
    assert last == over_sse
