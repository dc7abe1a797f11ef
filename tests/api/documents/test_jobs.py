"""Jobs over HTTP: keys, watching, cancelling, trying again."""

import json
from uuid import UUID

import httpx2
from fastapi import FastAPI

from bootstrap.adapters import Adapters
from bootstrap.job_runner import build_job_runner
from tests.support.event_source import received_events
from tests.support.material import Shelf
from tests.support.running_app import running_app
from tests.support.service import Person

OHM = b"# Ohm\n\nVoltage is current times resistance."


async def upload(
    client: httpx2.AsyncClient, shelf: Shelf, content: bytes = OHM, key: str | None = None
) -> httpx2.Response:
    headers = shelf.teacher.headers | ({"Idempotency-Key": key} if key else {})
    files = [("files", ("ohm.md", content))]
    return await client.post(f"/courses/{shelf.slug}/documents", files=files, headers=headers)


async def job_id_of(client: httpx2.AsyncClient, shelf: Shelf) -> str:
    job_id: str = (await upload(client, shelf)).json()["job"]["id"]
    return job_id


def events(body: str) -> list[tuple[str, str, dict]]:
    """Id, name and data of each event."""
    found = []
    for block in body.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        if "event" in fields:
            found.append((fields["id"], fields["event"], json.loads(fields["data"])))
    return found


async def test_an_upload_sent_twice_with_one_key_makes_one_job(
    client: httpx2.AsyncClient, shelf: Shelf
):
    first = await upload(client, shelf, key="monday")
    again = await upload(client, shelf, key="monday")
    other = await upload(client, shelf, b"# Newton\n\nForce.", key="monday")

    assert first.json()["job"]["id"] == again.json()["job"]["id"]
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


async def test_a_jobs_events_end_with_done_and_carry_the_job(
    app: FastAPI, adapters: Adapters, shelf: Shelf
):
    async with (
        running_app(app) as address,
        httpx2.AsyncClient(
            base_url=f"{address}/api/v1", headers=shelf.teacher.headers, timeout=60
        ) as http,
    ):
        job_id = await job_id_of(http, shelf)
        async with http.stream("GET", f"/jobs/{job_id}/events") as response:
            told = received_events(response)
            first = await anext(told)
            await build_job_runner(adapters, "test").run(UUID(job_id))
            *_, last = [event async for event in told]
        again = await http.get(f"/jobs/{job_id}/events", headers={"Last-Event-ID": last.id})

    assert first.name == "progress"
    assert (last.name, last.data["status"], last.data["id"]) == ("done", "succeeded", job_id)
    assert last.data["result"]["assets"][0]["path"] == "ohm.md"
    assert events(again.text) == [(last.id, last.name, last.data)]


async def test_a_cancelled_upload_leaves_nothing_pending_and_can_be_tried_again(
    client: httpx2.AsyncClient, adapters: Adapters, shelf: Shelf
):
    job_id = await job_id_of(client, shelf)
    headers = shelf.teacher.headers

    cancelled = await client.post(f"/jobs/{job_id}/cancel", headers=headers)
    documents = await client.get(f"/courses/{shelf.slug}/documents", headers=headers)
    watched = await client.get(f"/jobs/{job_id}/events", headers=headers)
    retried = await client.post(f"/jobs/{job_id}/retry", headers=headers)
    await build_job_runner(adapters, "test").run(UUID(job_id))
    job = (await client.get(f"/jobs/{job_id}", headers=headers)).json()

    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert documents.json()["items"] == []
    assert [name for _, name, _ in events(watched.text)] == ["error"]
    assert retried.json()["status"] == "queued"
    assert job["status"] == "succeeded"
    steps = [step["status"] for step in job["history"]]
    assert (steps[:3], steps[-1]) == (["queued", "cancelled", "queued"], "succeeded")


async def test_what_does_not_fit_a_jobs_state_is_refused(
    client: httpx2.AsyncClient, adapters: Adapters, shelf: Shelf
):
    job_id = await job_id_of(client, shelf)
    early = await client.post(f"/jobs/{job_id}/retry", headers=shelf.teacher.headers)
    await build_job_runner(adapters, "test").run(UUID(job_id))

    late = await client.post(f"/jobs/{job_id}/cancel", headers=shelf.teacher.headers)

    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")


async def test_strangers_see_and_change_no_job(
    client: httpx2.AsyncClient, shelf: Shelf, student: Person
):
    job_id = await job_id_of(client, shelf)

    for method, path in [("GET", "/events"), ("POST", "/cancel"), ("POST", "/retry"), ("GET", "")]:
        response = await client.request(method, f"/jobs/{job_id}{path}", headers=student.headers)
        assert response.status_code == 404, path


async def test_a_list_of_jobs_is_narrowed_by_status_and_kind(
    client: httpx2.AsyncClient, shelf: Shelf
):
    job_id = await job_id_of(client, shelf)

    async def listed(**wanted: str) -> list[str]:
        response = await client.get(
            "/jobs", params=wanted | {"course": shelf.slug}, headers=shelf.teacher.headers
        )
        return [job["id"] for job in response.json()["items"]]

    assert await listed(status="queued", kind="ingest") == [job_id]
    assert await listed(status="failed") == []
    assert await listed(kind="video") == []
