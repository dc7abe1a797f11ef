"""Files of content over HTTP: formats by name or Accept, ranges, ETags, signed addresses."""

import os
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from time import time
from uuid import UUID, uuid4

import httpx2
import pytest
from pydantic import SecretStr

from ai.embedding.onnx import OnnxEmbedder
from api.errors import status_of
from api.formats import wanted_format
from bootstrap.adapters import Adapters
from bootstrap.asset_stores import open_asset_store
from bootstrap.job_runner import build_job_runner
from bootstrap.services import Services, build_services
from bootstrap.settings import Settings
from content.kinds import ContentKind
from services.authoring.assets import QuotaExceededError
from storage.errors import StorageUnavailableError
from storage.files import FileStore
from storage.object_store import Bucket
from tests.support.machines import LEVERS
from tests.support.material import Shelf, session_encoder, shelf
from tests.support.object_storage import bucket, s3_address
from tests.support.service import People, Person

__all__ = ["bucket", "s3_address", "session_encoder", "shelf"]

pytestmark = pytest.mark.server

LESSON = {"title": "Inertia", "content": "# Inertia\n\nA body at rest stays at rest: $F = 0$."}


@pytest.fixture
def embedder(session_encoder: OnnxEmbedder) -> OnnxEmbedder:
    return session_encoder


@pytest.fixture
def store_kind() -> str:
    return "folder"


@pytest.fixture
def settings(settings: Settings, store_kind: str, request: pytest.FixtureRequest) -> Settings:
    """Those of all tests, or with a bucket for files of content."""
    if store_kind == "folder":
        return settings
    bucket: Bucket = request.getfixturevalue("bucket")
    given = {
        "asset_store": f"s3://{bucket.name}/{bucket.prefix}",
        "s3_endpoint": bucket.endpoint,
        "s3_key_id": bucket.key_id,
        "s3_secret": SecretStr(bucket.secret),
    }
    return settings.model_copy(update=given)


in_each_store = pytest.mark.parametrize("store_kind", ["folder", "bucket"])


@dataclass(frozen=True, slots=True)
class Classroom:
    """A course with a published lesson, and who reads it."""

    client: httpx2.AsyncClient
    shelf: Shelf
    learner: Person
    lesson: str

    async def get(self, path: str, by: Person | None = None, **headers: str) -> httpx2.Response:
        who = (by or self.shelf.teacher).headers
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.get(path, headers=who | named)


@pytest.fixture
async def classroom(client: httpx2.AsyncClient, shelf: Shelf, student: Person) -> Classroom:
    course = f"/courses/{shelf.slug}"
    headers = shelf.teacher.headers
    await client.put(f"{course}/enrollments/{student.id}", headers=headers, json={})
    body = {**LESSON, "status": "published"}
    made = await client.post(f"{course}/lessons", headers=headers, json=body)
    return Classroom(client, shelf, student, f"/lessons/{made.json()['id']}")


async def test_a_lesson_comes_in_the_format_asked_for_and_is_made_once(classroom: Classroom):
    named = await classroom.get(f"{classroom.lesson}?format=html", by=classroom.learner)
    accepted = await classroom.get(classroom.lesson, Accept="text/html, application/json;q=0.5")
    as_json = await classroom.get(classroom.lesson, Accept="application/json")
    listed = await classroom.get(f"{classroom.lesson}/assets")

    assert named.status_code == 200, named.text
    assert named.headers["content-type"] == "text/html; charset=utf-8"
    assert "stays at rest" in named.text
    assert accepted.headers["etag"] == named.headers["etag"]
    assert as_json.json()["title"] == "Inertia"
    assert [asset["name"] for asset in listed.json()["items"]] == ["inertia.html"]


async def test_an_unknown_format_is_refused_with_those_there_are(classroom: Classroom):
    response = await classroom.get(f"{classroom.lesson}?format=tex")

    assert (response.status_code, response.json()["code"]) == (406, "format_not_offered")
    assert "docx" in response.json()["detail"]


@in_each_store
async def test_an_asset_has_ranges_and_an_etag_and_opens_by_its_signed_address(
    classroom: Classroom,
):
    whole = await classroom.get(f"{classroom.lesson}?format=pdf")
    listed = await classroom.get(f"{classroom.lesson}/assets")
    path = f"/assets/{listed.json()['items'][0]['id']}"

    part = await classroom.get(path, by=classroom.learner, Range="bytes=0-3")
    end = await classroom.get(path, Range="bytes=-6", If_Range=whole.headers["etag"])
    other = await classroom.get(path, Range="bytes=0-3", If_Range='"another"')
    beyond = await classroom.get(path, Range=f"bytes={len(whole.content)}-")
    known = await classroom.get(path, If_None_Match=whole.headers["etag"])
    link = await classroom.client.post(f"{path}/link", headers=classroom.learner.headers)
    signed = await classroom.client.get(link.json()["url"].removeprefix("/api/v1"))
    forged = await classroom.client.get(link.json()["url"].removeprefix("/api/v1")[:-4] + "0000")

    size = len(whole.content)
    assert whole.content.startswith(b"%PDF")
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["content-disposition"].startswith("attachment; filename")
    assert (part.status_code, part.content) == (206, b"%PDF")
    assert part.headers["content-range"] == f"bytes 0-3/{size}"
    assert (end.status_code, end.content) == (206, whole.content[-6:])
    assert (other.status_code, other.content) == (200, whole.content)
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    assert known.status_code == 304
    assert signed.content == whole.content
    assert (forged.status_code, forged.json()["code"]) == (422, "bad_link")


async def test_clean_up_takes_old_bytes_that_nothing_names_and_nothing_else(
    classroom: Classroom, services: Services, settings: Settings, tmp_path: Path
):
    store = FileStore(settings.assets_folder)
    await classroom.get(f"{classroom.lesson}?format=html")
    for content in (b"old", b"young"):
        (tmp_path / "orphan").write_bytes(content)
        store.write_file(tmp_path / "orphan", sha256(content).hexdigest())
    young = store.path(sha256(b"young").hexdigest())
    two_hours_ago = time() - 7_200
    for place in store.kept():
        if place != young:
            os.utime(place, (two_hours_ago, two_hours_ago))

    removed = await services.authoring.assets.clean_up()

    again = await classroom.get(f"{classroom.lesson}?format=html")
    left = {place.name for place in store.kept()}
    assert removed >= 1
    assert young.name in left
    assert sha256(b"old").hexdigest() not in left
    assert sha256(again.content).hexdigest() in left


@in_each_store
async def test_clean_up_leaves_what_a_row_names_in_each_store(
    classroom: Classroom, services: Services, tmp_path: Path, settings: Settings
):
    store = open_asset_store(settings)
    made = await classroom.get(f"{classroom.lesson}?format=md")
    orphan = sha256(b"orphan").hexdigest()
    (tmp_path / "orphan").write_bytes(b"orphan")
    store.write_file(tmp_path / "orphan", orphan)

    removed = await services.authoring.assets.clean_up(orphans_after=timedelta(seconds=-2))

    assert removed == 1
    assert list(store.hashes()) == [sha256(made.content).hexdigest()]


@in_each_store
async def test_lost_bytes_are_made_again(classroom: Classroom, settings: Settings):
    first = await classroom.get(f"{classroom.lesson}?format=md")
    listed = await classroom.get(f"{classroom.lesson}/assets")
    content_hash = sha256(first.content).hexdigest()
    open_asset_store(settings).discard(content_hash, unused_for=timedelta(seconds=-2))

    lost = await classroom.get(f"/assets/{listed.json()['items'][0]['id']}")
    again = await classroom.get(f"{classroom.lesson}?format=md")

    assert (lost.status_code, lost.json()["code"]) == (404, "not_found")
    assert again.content == first.content


@in_each_store
async def test_a_file_past_the_quota_of_its_course_is_not_kept(
    classroom: Classroom, adapters: Adapters, settings: Settings
):
    tight = settings.model_copy(update={"asset_quota_bytes": 1024})
    services = build_services(replace(adapters, settings=tight))
    actor = classroom.shelf.teacher.actor
    lesson = UUID(classroom.lesson.rpartition("/")[2])

    with pytest.raises(QuotaExceededError):
        await services.authoring.renditions.of_shown(actor, ContentKind.LESSON, lesson, "docx")

    assert list(open_asset_store(settings).hashes()) == []


async def test_a_store_that_is_away_is_503(
    classroom: Classroom, adapters: Adapters, settings: Settings
):
    away = {
        "asset_store": "s3://assets",
        "s3_endpoint": "http://127.0.0.1:9",
        "s3_key_id": "key",
        "s3_secret": SecretStr("secret"),
    }
    services = build_services(replace(adapters, settings=settings.model_copy(update=away)))
    actor = classroom.shelf.teacher.actor
    lesson = UUID(classroom.lesson.rpartition("/")[2])

    with pytest.raises(StorageUnavailableError) as refusal:
        await services.authoring.renditions.of_shown(actor, ContentKind.LESSON, lesson, "md")

    assert status_of(refusal.value) == 503


async def test_files_of_drafts_are_not_for_learners_nor_strangers(
    classroom: Classroom, people: People
):
    await classroom.get(f"{classroom.lesson}?format=md")
    listed = await classroom.get(f"{classroom.lesson}/assets")
    path = f"/assets/{listed.json()['items'][0]['id']}"
    stranger = await people.add("teacher")
    await classroom.client.post(
        f"{classroom.lesson}/unpublish", headers=classroom.shelf.teacher.headers
    )

    by_learner = await classroom.get(path, by=classroom.learner)
    by_stranger = await classroom.get(path, by=stranger)
    by_teacher = await classroom.get(path)

    assert [r.status_code for r in (by_learner, by_stranger, by_teacher)] == [404, 404, 200]


async def test_a_job_asked_for_over_http_is_accepted_once_and_written(
    classroom: Classroom, adapters: Adapters
):
    classroom.shelf.write({"machines.md": LEVERS})
    await classroom.shelf.ingest()
    path = f"/courses/{classroom.shelf.slug}/jobs"
    headers = classroom.shelf.teacher.headers | {"Idempotency-Key": uuid4().hex}
    body = {"kind": "flashcards", "topic": "Levers and pulleys", "count": 3}

    first = await classroom.client.post(path, headers=headers, json=body)
    again = await classroom.client.post(path, headers=headers, json=body)
    by_learner = await classroom.client.post(path, headers=classroom.learner.headers, json=body)
    await build_job_runner(adapters, "test").run(UUID(first.json()["id"]))
    job = (await classroom.get(first.headers["location"].removeprefix("/api/v1"))).json()
    assert job["error"] is None
    deck = await classroom.get(f"/decks/{job['result']['id']}?format=tsv")

    assert (first.status_code, again.json()["id"]) == (202, first.json()["id"])
    assert by_learner.status_code == 403
    assert (job["status"], job["kind"], job["result"]["kind"]) == (
        "succeeded", "flashcards", "flashcards",
    )  # fmt: skip
    assert (job["topic"], job["course_id"], job["attempts"]) == (
        "Levers and pulleys", str(classroom.shelf.course_id), 1,
    )  # fmt: skip
    assert job["created_at"] <= job["finished_at"]
    assert deck.status_code == 200, deck.text


async def test_a_request_without_a_subject_or_for_an_unknown_model_names_the_field(
    classroom: Classroom,
):
    path = f"/courses/{classroom.shelf.slug}/jobs"
    headers = classroom.shelf.teacher.headers

    nothing = await classroom.client.post(path, headers=headers, json={"kind": "quiz"})
    unknown = await classroom.client.post(
        path, headers=headers, json={"kind": "quiz", "topic": "inertia", "model": "nobody"}
    )

    assert [r.json()["errors"][0]["field"] for r in (nothing, unknown)] == ["topic", "model"]


@pytest.mark.parametrize(
    ("named", "accept", "expected"),
    [
        (None, "", "json"),
        (None, "*/*", "json"),
        (None, "application/pdf", "pdf"),
        (None, "text/html,application/xhtml+xml,*/*;q=0.8", "html"),
        (None, "application/json;q=0.2, application/epub+zip;q=0.3", "epub"),
        (None, "text/markdown;q=0", "json"),
        ("docx", "application/pdf", "docx"),
    ],
)
def test_the_format_is_the_one_named_else_the_one_accepted_first(
    named: str | None, accept: str, expected: str
):
    assert wanted_format(named, accept) == expected
