"""Calls to other services: repeated with care, never for long, always traceable."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import httpx2
import pytest

from connectors.http import RetryPolicy, retry_after_seconds, service_client
from connectors.tracing import REQUEST_ID, TRACEPARENT, is_traceparent

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
INBOUND = f"00-{TRACE_ID}-00f067aa0ba902b7-01"

Reply = httpx2.Response | Exception


class Service:
    """Gives one reply after the other, and the last again; keeps what it was sent."""

    def __init__(self, replies: Sequence[Callable[[], Reply]]) -> None:
        self._replies = replies
        self.requests: list[httpx2.Request] = []
        self.headers: list[dict[str, str]] = []
        self.pauses: list[float] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        reply = self._replies[min(len(self.requests), len(self._replies) - 1)]()
        self.requests.append(request)
        self.headers.append(dict(request.headers))
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def client(self, *, attempts: int = 3, total_seconds: float = 15.0) -> httpx2.AsyncClient:
        return service_client(
            "http://service/v1",
            retries=RetryPolicy(attempts, total_seconds, sleep=self.pause),
            transport=httpx2.MockTransport(self),
        )


def status(code: int, **headers: str) -> Callable[[], httpx2.Response]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda: httpx2.Response(code, headers=named, json={"status": code})


@contextmanager
def within_request() -> Iterator[None]:
    tokens = REQUEST_ID.set("request-0001"), TRACEPARENT.set(INBOUND)
    yield
    REQUEST_ID.reset(tokens[0])
    TRACEPARENT.reset(tokens[1])


@pytest.mark.parametrize("code", [429, 502, 503, 504])
async def test_a_busy_service_is_asked_again(code: int) -> None:
    service = Service([status(code), status(200)])

    async with service.client() as client:
        response = await client.post("/rerank", json={"query": "work"})

    assert response.status_code == 200
    assert [request.content for request in service.requests] == [b'{"query":"work"}'] * 2


@pytest.mark.parametrize(
    "lost", [httpx2.ConnectError("refused"), httpx2.RemoteProtocolError("closed")]
)
async def test_a_lost_connection_is_tried_again(lost: httpx2.TransportError) -> None:
    service = Service([lambda: lost, status(200)])

    async with service.client() as client:
        assert (await client.get("/")).status_code == 200


@pytest.mark.parametrize("code", [200, 400, 401, 404, 422, 500])
async def test_other_answers_are_given_at_once(code: int) -> None:
    service = Service([status(code)])

    async with service.client() as client:
        response = await client.get("/")

    assert (response.status_code, response.json()) == (code, {"status": code})
    assert len(service.requests) == 1


async def test_a_slow_service_is_not_asked_twice() -> None:
    service = Service([lambda: httpx2.ReadTimeout("slow")])

    async with service.client() as client:
        with pytest.raises(httpx2.ReadTimeout):
            await client.get("/")

    assert len(service.requests) == 1


async def test_the_last_answer_of_a_service_that_stays_busy_reaches_the_caller() -> None:
    service = Service([status(503)])

    async with service.client(attempts=4) as client:
        response = await client.get("/")

    assert (response.status_code, response.json()) == (503, {"status": 503})
    assert len(service.requests) == 4


async def test_the_last_error_of_a_service_that_stays_away_reaches_the_caller() -> None:
    service = Service([lambda: httpx2.ConnectError("refused")])

    async with service.client() as client:
        with pytest.raises(httpx2.ConnectError, match="refused"):
            await client.get("/")

    assert len(service.requests) == 3


async def test_a_service_is_left_alone_as_long_as_it_asks() -> None:
    service = Service([status(429, retry_after="7"), status(200)])

    async with service.client() as client:
        await client.get("/")

    assert service.pauses == [7.0]


async def test_a_pause_that_would_take_too_long_is_not_begun() -> None:
    service = Service([status(429, retry_after="60"), status(200)])

    async with service.client(total_seconds=15) as client:
        response = await client.get("/")

    assert response.status_code == 429
    assert service.pauses == []


async def test_each_attempt_is_a_span_of_the_request_under_way() -> None:
    service = Service([status(503), status(200)])

    with within_request():
        async with service.client() as client:
            await client.get("/")

    spans = [headers["traceparent"] for headers in service.headers]
    assert all(re.fullmatch(rf"00-{TRACE_ID}-[0-9a-f]{{16}}-01", span) for span in spans)
    assert len({*spans, INBOUND}) == 3
    assert [headers["x-request-id"] for headers in service.headers] == ["request-0001"] * 2


async def test_outside_a_request_a_trace_begins_with_the_call() -> None:
    service = Service([status(200)])

    async with service.client() as client:
        await client.get("/")

    assert is_traceparent(service.headers[0]["traceparent"])
    assert "x-request-id" not in service.headers[0]


@pytest.mark.parametrize(
    "value",
    ["", "junk", INBOUND.upper(), f"00-{'0' * 32}-00f067aa0ba902b7-01", INBOUND + "-more"],
)
def test_what_is_no_trace_context_is_not_taken_for_one(value: str) -> None:
    assert not is_traceparent(value)


@pytest.mark.parametrize(
    ("value", "seconds"), [("3", 3.0), ("-1", 0.0), ("soon", None), ("nan", None)]
)
def test_a_retry_after_is_read(value: str, seconds: float | None) -> None:
    assert retry_after_seconds(httpx2.Headers({"Retry-After": value})) == seconds


def test_a_retry_after_may_be_a_date() -> None:
    headers = httpx2.Headers({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"})

    assert retry_after_seconds(headers) == 0.0
