"""What is refused when there is too much to do: before anything is looked up, health excepted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from api.admission import LimitRequests, waits_for_an_answer
from api.middleware import RequestContext

AT_ONCE = 3


@dataclass
class Workshop:
    """An app whose requests are at work until `may_end`."""

    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    begun: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response: Response = PlainTextResponse("ok")
        if scope["path"] != "/health/live":
            await request.body()
            self.begun += 1
            if scope["path"] == "/waiting":
                waits_for_an_answer(request)
            await self.may_end.wait()
        await response(scope, receive, send)

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx2.AsyncClient]:
        app = RequestContext(LimitRequests(self, at_once=AT_ONCE))
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
            yield client

    async def has_begun(self, count: int) -> None:
        while self.begun < count:  # noqa: ASYNC110 - counted by the app itself
            await asyncio.sleep(0)


async def test_requests_beyond_those_at_work_are_refused_at_once_and_health_is_not() -> None:
    workshop = Workshop()
    async with workshop.client() as client:
        at_work = [asyncio.create_task(client.get("/work")) for _ in range(AT_ONCE)]
        await workshop.has_begun(AT_ONCE)
        refused = await client.post("/work", content=b"more")
        live = await client.get("/health/live")
        workshop.may_end.set()
        done = await asyncio.gather(*at_work)
        afterwards = await client.get("/work")

    assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
    assert refused.headers["Retry-After"] == "1"
    assert [response.status_code for response in (*done, live, afterwards)] == [200] * 5


async def test_who_waits_for_an_answer_or_sends_slowly_keeps_nobody_out() -> None:
    workshop, rest = Workshop(), asyncio.Event()

    async def slow_body() -> AsyncIterator[bytes]:
        yield b"a"
        await rest.wait()
        yield b"b"

    async with workshop.client() as client:
        waiting = [asyncio.create_task(client.get("/waiting")) for _ in range(AT_ONCE)]
        await workshop.has_begun(AT_ONCE)
        sending = [
            asyncio.create_task(client.post("/work", content=slow_body())) for _ in range(AT_ONCE)
        ]
        await asyncio.sleep(0)
        asked = asyncio.create_task(client.get("/work"))
        await workshop.has_begun(AT_ONCE + 1)
        rest.set()
        workshop.may_end.set()
        answers = await asyncio.gather(*waiting, *sending, asked)

    assert {response.status_code for response in answers} == {200}


@pytest.mark.server
async def test_a_question_for_which_there_is_no_place_is_refused_before_who_asks_is_known(
    client: httpx2.AsyncClient, app, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = app.state.services.answering._places._told
    monkeypatch.setattr(places, "places", 0)
    monkeypatch.setattr(places, "_most_waiting", 0)
    headers = {"Authorization": "Bearer of nothing"}
    question = {"message": "What is work?"}

    refused = await client.post("/courses/physics/chat", json=question, headers=headers)
    other = await client.get("/courses", headers=headers)

    assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
    assert refused.headers["Retry-After"] == "3"
    assert other.status_code == 401
