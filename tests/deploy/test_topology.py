"""Journeys through the processes of docker-compose.yml: nginx, two replicas, workers, beat."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.deploy.conftest import NEVER_ENDING, WORDS
from tests.deploy.topology import START_SECONDS, Replica, Topology
from tests.support.event_source import received_events
from tests.support.machines import LEVERS
from tests.support.persistent_reader import PersistentReader
from tests.support.servers import run_sql
from tests.support.socket_client import socket_of

pytestmark = [pytest.mark.server, pytest.mark.worker]

PASSWORD = "rolling stones gather no moss"
NEAR, FAR = "127.0.0.1", "127.0.0.7"
"""Addresses that a test asks from."""
PAUSE_SECONDS = 0.2
"""Between two looks of one user, who may ask twenty times a second."""


@dataclass(frozen=True, slots=True)
class Taught:
    """A teacher, signed in, and a course whose material is in."""

    headers: dict[str, str]
    course: str
    upload: dict[str, Any]
    generated: dict[str, Any]


@pytest.fixture(scope="module")
def taught(topology: Topology, own_database_url: str) -> Taught:
    """Made through the edge, as a teacher does it."""
    with httpx2.Client(base_url=f"{topology.address}/api/v1", timeout=60) as http:
        email = f"teacher-{uuid4().hex}@school.edu"
        account = {"email": email, "password": PASSWORD, "display_name": "Asha"}
        assert http.post("/auth/register", json=account).status_code == 201
        run_sql(own_database_url, f"UPDATE users SET role = 'teacher' WHERE email = '{email}'")
        signed_in = http.post("/auth/token", data={"username": email, "password": PASSWORD})
        assert signed_in.status_code == 200, signed_in.text
        http.headers["Authorization"] = f"Bearer {signed_in.json()['access_token']}"
        course = f"machines-{uuid4().hex[:8]}"
        made = http.post("/courses", json={"slug": course, "title": "Machines"})
        assert made.status_code == 201, made.text
        files = {"files": ("levers.md", LEVERS.encode(), "text/markdown")}
        uploaded = http.post(f"/courses/{course}/documents", files=files)
        assert uploaded.status_code == 202, uploaded.text
        upload = followed(http, uploaded.json()["job"]["id"])
        asked = http.post(
            f"/courses/{course}/jobs",
            json={"kind": "flashcards", "topic": "Levers", "model": "grounded"},
        )
        assert asked.status_code == 202, asked.text
        generated = followed(http, asked.json()["id"])
        return Taught(dict(http.headers), course, upload, generated)


def followed(http: httpx2.Client, job_id: str) -> dict[str, Any]:
    """The job at its end, which its stream of events tells."""
    with http.stream("GET", f"/jobs/{job_id}/events") as response:
        names = [line for line in response.iter_lines() if line.startswith("event: ")]
    assert names[-1] == "event: done", names
    job: dict[str, Any] = http.get(f"/jobs/{job_id}").json()
    return job


@asynccontextmanager
async def asking(
    topology: Topology, taught: Taught, address: str = NEAR
) -> AsyncIterator[httpx2.AsyncClient]:
    headers = {"Authorization": taught.headers["authorization"]}
    transport = httpx2.AsyncHTTPTransport(local_address=address)
    async with httpx2.AsyncClient(
        base_url=f"{topology.address}/api/v1", headers=headers, timeout=60, transport=transport
    ) as http:
        yield http


def test_each_kind_of_job_is_done_by_the_worker_of_its_queue(
    topology: Topology, taught: Taught, own_database_url: str
) -> None:
    claimed = {
        kind: int(
            run_sql(
                own_database_url, f"SELECT claimed_by FROM jobs WHERE id = '{job['id']}'"
            ).rpartition(":")[2]
        )
        for kind, job in (("upload", taught.upload), ("generated", taught.generated))
    }

    assert taught.upload["status"] == taught.generated["status"] == "succeeded"
    assert topology.workers["ingestion"].owns(claimed["upload"])
    assert topology.workers["others"].owns(claimed["generated"])


async def test_an_event_arrives_while_the_model_still_thinks(
    topology: Topology, taught: Taught
) -> None:
    async with asyncio.timeout(60), asking(topology, taught) as http:
        body = {"message": NEVER_ENDING}
        async with http.stream("POST", f"/courses/{taught.course}/chat", json=body) as response:
            events = received_events(response)
            names = [(event := await anext(events)).name]
            message_id = event.data["message_id"]
            while names[-1] != "delta":
                names.append((await anext(events)).name)
            # The model has not said its second word, and will not.
            stopped = await http.post(f"/messages/{message_id}/stop")
            rest = [event async for event in events]

    assert names == ["start", "sources", "delta"]
    assert stopped.status_code == 200
    assert rest[-1].data["finish_reason"] == "stopped"


async def test_both_replicas_tell_the_rest_of_an_answer_that_one_of_them_makes(
    topology: Topology, taught: Taught
) -> None:
    async with asyncio.timeout(60), asking(topology, taught) as http:
        asker = PersistentReader(http, taught.course, "What is a lever?")
        asking_on = asyncio.create_task(asker.listen())
        await asker.has_begun.wait()
        returned = [returning(http, asker) for _ in range(2)]
        await asyncio.gather(*(reader.listen() for reader in returned))
        await asking_on

    path = f"/api/v1/messages/{asker.message_id}/events"
    assert topology.edge.replicas_asked(2, path=path) == {r.place for r in topology.replicas}
    assert asker.text == "".join(WORDS)
    for reader in returned:
        assert reader.seen == asker.seen


def returning(http: httpx2.AsyncClient, asker: PersistentReader) -> PersistentReader:
    """Someone who has what the asker has so far, and asks for the rest."""
    reader = PersistentReader(http, "", "")
    reader.seen = list(asker.seen)
    return reader


async def test_a_question_over_a_websocket(topology: Topology, taught: Taught) -> None:
    async with asking(topology, taught) as http, socket_of(http) as socket:
        await socket.send(type="ask", id="q", course=taught.course, message="What is a lever?")
        events = await socket.told("q")

    assert [events[0].name, events[-1].name] == ["start", "done"]
    assert "".join(e.data["text"] for e in events if e.name == "delta") == "".join(WORDS)


def test_what_is_too_large_is_refused_alike_by_the_edge_and_by_a_replica(
    topology: Topology, taught: Taught
) -> None:
    places = (f"127.0.0.1:{topology.edge.port}", topology.replicas[0].place)
    by_edge, by_replica = (refusal(place, taught) for place in places)

    assert by_edge == by_replica
    assert by_edge["status"] == 413


def refusal(place: str, taught: Taught) -> dict[str, Any]:
    """What is said to an upload of 300 MiB once it is announced, but for its own words and id."""
    connection = HTTPConnection(place, timeout=60)
    connection.putrequest("POST", f"/api/v1/courses/{taught.course}/documents")
    connection.putheader("Authorization", taught.headers["authorization"])
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Content-Length", str(300 * 1024 * 1024))
    connection.endheaders()
    response = connection.getresponse()
    problem: dict[str, Any] = json.loads(response.read())
    connection.close()
    assert response.getheader("content-type") == "application/problem+json"
    assert response.getheader("x-request-id") == problem.pop("request_id")
    assert problem.pop("detail")
    return problem


async def test_the_service_knows_who_asks_and_by_which_request(
    topology: Topology, taught: Taught
) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Request-ID": "lesson-17-of-asha"}
    async with asking(topology, taught, FAR) as http:
        email = (await http.get("/users/me")).json()["email"]
        form = {"username": email, "password": PASSWORD}
        signed_in = await http.post("/auth/token", data=form, headers=forged)
        sessions = (await http.get("/auth/sessions")).json()

    assert signed_in.headers["x-request-id"] == forged["X-Request-ID"]
    assert topology.edge.replicas_asked(1, request_id=forged["X-Request-ID"])
    assert {session["address"] for session in sessions} == {NEAR, FAR}


async def test_a_file_of_the_page_is_asked_of_a_replica_once(topology: Topology) -> None:
    folder = Path(__file__).parents[2] / "web" / "dist" / "assets"
    if not folder.is_dir():
        pytest.skip("the page is not built (make page)")
    script = next(folder.glob("*.js")).name
    async with httpx2.AsyncClient() as http:
        answers = [await http.get(f"{topology.address}/assets/{script}") for _ in range(2)]

    assert [answer.headers["x-cache-status"] for answer in answers] == ["MISS", "HIT"]
    assert "immutable" in answers[1].headers["cache-control"]
    assert answers[0].content == answers[1].content


async def test_a_killed_replica_and_a_rolling_restart_fail_no_reader(
    topology: Topology, taught: Taught
) -> None:
    await roll(topology, taught, count=4)


@pytest.mark.long
async def test_many_readers_outlive_one_round_after_the_other(
    topology: Topology, taught: Taught
) -> None:
    for _ in range(5):
        await roll(topology, taught, count=30)


async def roll(topology: Topology, taught: Taught, *, count: int) -> None:
    """Kills one replica under its readers and stops the other, while others look and write."""
    course = taught.course
    async with asking(topology, taught) as http:
        readers = [
            PersistentReader(http, course, f"What is a lever, {n}?", key=uuid4().hex)
            for n in range(count)
        ]
        listening = [asyncio.create_task(reader.listen()) for reader in readers]
        await asyncio.gather(*(reader.has_begun.wait() for reader in readers))
        first, second = topology.replicas
        first.kill()
        async with steadily(lambda: status_of(http, taught)) as statuses:
            first.start()
            await until_ready(first)
            await asyncio.to_thread(second.stop)
            second.start()
            await until_ready(second)
        await asyncio.gather(*listening)

    path = f"/api/v1/courses/{course}/chat"
    assert topology.edge.replicas_asked(count, path=path) == {first.place, second.place}
    assert {reader.text for reader in readers} == {"".join(WORDS)}
    assert len(statuses) > 20
    assert set(statuses) == {(200, 422)}


async def status_of(http: httpx2.AsyncClient, taught: Taught) -> tuple[int, int]:
    """What is said to a look at a course, and to a change that does not fit."""
    looked = await http.get(f"/courses/{taught.course}")
    changed = await http.post("/courses", json={"slug": "Not a slug", "title": ""})
    return looked.status_code, changed.status_code


@asynccontextmanager
async def steadily(ask: Callable[[], Any]) -> AsyncIterator[list[Any]]:
    """Asks one thing after the other until the context ends; gives what was said."""
    said: list[Any] = []

    async def go_on() -> None:
        while True:
            said.append(await ask())
            await asyncio.sleep(PAUSE_SECONDS)

    task = asyncio.create_task(go_on())
    try:
        yield said
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        if not task.cancelled() and task.exception() is not None:
            raise task.exception()


async def until_ready(replica: Replica) -> None:
    async with asyncio.timeout(START_SECONDS):
        while not await asyncio.to_thread(replica.is_ready):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
