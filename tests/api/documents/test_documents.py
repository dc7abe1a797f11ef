"""Upload, job, search, reading and deleting over HTTP."""

import hashlib
import io
import zipfile
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import pytest

from bootstrap.adapters import Adapters
from bootstrap.job_runner import build_job_runner
from services.enrollments import EnrollmentService
from services.ingestion.submission import BATCH_FILES
from tests.support.material import Shelf
from tests.support.scans import half_scanned_pdf, without_tesseract
from tests.support.service import Person

__all__ = ["without_tesseract"]

OHM = "# Ohm\n\nVoltage is current times resistance."
Files = list[tuple[str, tuple[str, bytes]]]


def part(name: str, content: bytes | str) -> tuple[str, tuple[str, bytes]]:
    return ("files", (name, content.encode() if isinstance(content, str) else content))


async def upload(client: httpx2.AsyncClient, shelf: Shelf, files: Files) -> httpx2.Response:
    return await client.post(
        f"/courses/{shelf.slug}/documents", files=files, headers=shelf.teacher.headers
    )


async def uploaded(
    client: httpx2.AsyncClient, adapters: Adapters, shelf: Shelf, *files: tuple
) -> dict:
    """Uploads, runs the job as a worker would, and gives the finished job."""
    response = await upload(client, shelf, list(files))
    assert response.status_code == 202, response.text
    job_id = UUID(response.json()["job"]["id"])
    parts = await shelf.services.jobs.parts(shelf.teacher.actor, job_id)
    for runnable in [part.id for part in parts] or [job_id]:
        await build_job_runner(adapters, "test").run(runnable)
    job = await client.get(f"/jobs/{job_id}", headers=shelf.teacher.headers)
    finished: dict = job.json()
    return finished


async def documents(client: httpx2.AsyncClient, shelf: Shelf) -> list[dict]:
    response = await client.get(f"/courses/{shelf.slug}/documents", headers=shelf.teacher.headers)
    items: list[dict] = response.json()["items"]
    return items


@pytest.fixture
async def learner(shelf: Shelf, student: Person, adapters: Adapters) -> Person:
    await EnrollmentService(adapters.database).enrol(
        shelf.teacher.actor, shelf.slug, student.id, "learner"
    )
    return student


async def test_an_upload_is_accepted_with_a_queued_job_and_pending_documents(
    client: httpx2.AsyncClient, shelf: Shelf
):
    response = await upload(client, shelf, [part("ohm.md", OHM)])

    job = response.json()["job"]
    assert response.status_code == 202
    assert response.headers["location"] == f"/api/v1/jobs/{job['id']}"
    assert job == {
        "id": job["id"],
        "course_id": job["course_id"],
        "kind": "ingest",
        "topic": "ohm.md",
        "attempts": 0,
        "created_at": job["created_at"],
        "finished_at": None,
        "status": "queued",
        "stage": "queued",
        "progress": 0,
        "seconds_left": None,
        "cost_micro_usd": 0,
        "result": None,
        "error": None,
    }
    assert [item["status"] for item in await documents(client, shelf)] == ["pending"]


async def test_what_was_uploaded_is_found_once_its_job_is_done(
    client: httpx2.AsyncClient, adapters: Adapters, shelf: Shelf
):
    job = await uploaded(
        client, adapters, shelf, part("el/ohm.md", OHM), part("bad.pdf", "%PDF-1.7 broken")
    )

    assert (job["status"], job["progress"]) == ("succeeded", 1)
    assert {asset["path"]: asset["status"] for asset in job["result"]["assets"]} == {
        "el/ohm.md": "ok",
        "bad.pdf": "failed",
    }
    search = await client.get(
        f"/courses/{shelf.slug}/search",
        params={"q": "What is voltage?", "k": 3},
        headers=shelf.teacher.headers,
    )
    [hit] = search.json()["hits"]
    text = await client.get(
        f"/documents/{hit['document_id']}/text",
        params={"version": hit["document_version"]},
        headers=shelf.teacher.headers,
    )
    locator = hit["locator"]
    assert text.json()["text"][locator["char_start"] : locator["char_end"]] == hit["text"]
    assert locator["heading"] == ["Ohm"]
    assert "page" not in locator
    assert {item["key"]: item["status"] for item in await documents(client, shelf)} == {
        "el/ohm.md": "ready",
        "bad.pdf": "failed",
    }


async def test_an_archive_is_unpacked_and_its_bad_members_refused(
    client: httpx2.AsyncClient, adapters: Adapters, shelf: Shelf
):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("ch1/ohm.md", OHM)
        archive.writestr("../evil.md", OHM)
        archive.writestr("tools/solve.exe", b"MZ")

    job = await uploaded(client, adapters, shelf, part("notes.zip", packed.getvalue()))

    assert {asset["path"]: asset["status"] for asset in job["result"]["assets"]} == {
        "ch1/ohm.md": "ok",
        "evil.md": "failed",
        "tools/solve.exe": "skipped",
    }
    codes = {asset["path"]: asset.get("reason_code") for asset in job["result"]["assets"]}
    assert codes["evil.md"] == "path_leads_out"
    assert codes["tools/solve.exe"] == "kind_unread"
    assert [item["key"] for item in await documents(client, shelf)] == ["ch1/ohm.md"]


async def test_a_large_archive_is_divided_among_the_workers_like_a_folder(
    client: httpx2.AsyncClient, adapters: Adapters, shelf: Shelf
):
    names = [f"ch{number:02}.md" for number in range(BATCH_FILES + 3)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, f"# Chapter {name}\n\nVoltage is current times resistance.")

    job = await uploaded(client, adapters, shelf, part("notes.zip", packed.getvalue()))

    parts = await shelf.services.jobs.parts(shelf.teacher.actor, UUID(job["id"]))
    assert [len(part.result["assets"]) for part in parts] == [BATCH_FILES, 3]
    assert job["status"] == "succeeded"
    assert [asset["path"] for asset in job["result"]["assets"]] == names
    assert sorted(item["key"] for item in await documents(client, shelf)) == names


async def test_a_job_that_brings_nothing_in_fails_with_the_reasons(
    client: httpx2.AsyncClient, adapters: Adapters, shelf: Shelf
):
    job = await uploaded(client, adapters, shelf, part("empty.md", ""))

    assert job["status"] == "failed"
    assert job["error"]["code"] == "nothing_ingested"
    assert "empty.md" in job["error"]["message"]


async def test_a_document_that_failed_says_why_by_a_code_until_it_is_in(
    client: httpx2.AsyncClient, adapters: Adapters, shelf: Shelf
):
    await uploaded(client, adapters, shelf, part("ohm.md", ""))
    [failed] = await documents(client, shelf)
    await uploaded(client, adapters, shelf, part("ohm.md", OHM))
    [ready] = await documents(client, shelf)

    assert (failed["status"], failed["reason_code"]) == ("failed", "empty_document")
    assert failed["reason"]
    assert (ready["status"], ready["reason"], ready["reason_code"]) == ("ready", None, None)


async def test_the_original_is_served_whole_and_in_ranges(
    client: httpx2.AsyncClient, adapters: Adapters, shelf: Shelf
):
    await uploaded(client, adapters, shelf, part("ohm.md", OHM))
    [document] = await documents(client, shelf)
    path = f"/documents/{document['id']}/file"

    whole = await client.get(path, headers=shelf.teacher.headers)
    some = await client.get(path, headers=shelf.teacher.headers | {"Range": "bytes=2-4"})

    assert whole.content == OHM.encode()
    assert whole.headers["etag"] == f'"{hashlib.sha256(OHM.encode()).hexdigest()}"'
    assert "sandbox" in whole.headers["content-security-policy"]
    assert (some.status_code, some.text) == (206, "Ohm")


async def test_a_deleted_document_is_gone_but_its_cited_text_stays(
    client: httpx2.AsyncClient, adapters: Adapters, shelf: Shelf
):
    await uploaded(client, adapters, shelf, part("ohm.md", OHM))
    [document] = await documents(client, shelf)
    path = f"/documents/{document['id']}"

    deleted = await client.delete(path, headers=shelf.teacher.headers)
    again = await client.delete(path, headers=shelf.teacher.headers)
    text = await client.get(f"{path}/text?version=1", headers=shelf.teacher.headers)

    assert (deleted.status_code, again.status_code) == (204, 404)
    assert await documents(client, shelf) == []
    assert "Voltage" in text.json()["text"]


async def test_a_learner_reads_and_searches_but_changes_nothing(
    client: httpx2.AsyncClient, adapters: Adapters, shelf: Shelf, learner: Person
):
    await uploaded(client, adapters, shelf, part("ohm.md", OHM))
    [document] = await documents(client, shelf)

    async def status(method: str, path: str, **options: object) -> int:
        response = await client.request(method, path, headers=learner.headers, **options)
        return response.status_code

    assert await status("GET", f"/courses/{shelf.slug}/documents") == 200
    assert await status("GET", f"/documents/{document['id']}") == 200
    assert await status("GET", f"/courses/{shelf.slug}/search?q=ohm") == 200
    assert await status("DELETE", f"/documents/{document['id']}") == 403
    files = [part("mine.md", "text")]
    assert await status("POST", f"/courses/{shelf.slug}/documents", files=files) == 403


async def test_a_stranger_cannot_tell_that_a_document_exists(
    client: httpx2.AsyncClient, adapters: Adapters, shelf: Shelf, student: Person
):
    await uploaded(client, adapters, shelf, part("ohm.md", OHM))
    [document] = await documents(client, shelf)
    absent = str(uuid4())

    for suffix in ("", "/text", "/file"):
        foreign = await client.get(f"/documents/{document['id']}{suffix}", headers=student.headers)
        missing = await client.get(f"/documents/{absent}{suffix}", headers=student.headers)
        assert foreign.status_code == missing.status_code == 404
        assert foreign.json()["detail"].replace(document["id"], absent) == missing.json()["detail"]


@pytest.mark.parametrize(
    ("files", "status"),
    [([], 422), ([part("..", "text")], 422), ([part("x" * 600, "text")], 422)],
    ids=["no file", "no name", "a long name"],
)
async def test_an_upload_without_a_proper_file_is_refused(
    client: httpx2.AsyncClient, shelf: Shelf, files: Files, status: int
):
    response = await upload(client, shelf, files)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


async def test_an_upload_without_a_token_is_refused(client: httpx2.AsyncClient, shelf: Shelf):
    response = await client.post(f"/courses/{shelf.slug}/documents", files=[part("ohm.md", OHM)])

    assert response.status_code == 401


@pytest.mark.parametrize("query", ["", "q=", "q=ohm&k=0", "q=ohm&k=51", f"q={'x' * 2001}"])
async def test_a_search_out_of_bounds_is_refused(
    client: httpx2.AsyncClient, shelf: Shelf, query: str
):
    response = await client.get(
        f"/courses/{shelf.slug}/search?{query}", headers=shelf.teacher.headers
    )

    assert response.status_code == 422


async def test_jobs_are_listed_to_their_requester(
    client: httpx2.AsyncClient, shelf: Shelf, student: Person
):
    response = await upload(client, shelf, [part("ohm.md", OHM)])

    mine = await client.get("/jobs", headers=shelf.teacher.headers)
    theirs = await client.get("/jobs", headers=student.headers)
    of_course = await client.get(f"/jobs?course={shelf.slug}", headers=shelf.teacher.headers)

    assert [job["id"] for job in mine.json()["items"]] == [response.json()["job"]["id"]]
    assert theirs.json()["items"] == []
    assert of_course.json()["total"] == 1


@pytest.mark.usefixtures("without_tesseract")
async def test_job_and_list_of_documents_name_the_pages_that_are_left_out(
    client: httpx2.AsyncClient, adapters: Adapters, shelf: Shelf, tmp_path: Path
):
    book = half_scanned_pdf(tmp_path)

    job = await uploaded(client, adapters, shelf, part("book.pdf", book))

    (entry,) = job["result"]["assets"]
    assert entry["status"] == "ok"
    assert entry["warning"].startswith("page 2 is a picture and left out; install Tesseract")
    (document,) = await documents(client, shelf)
    assert (document["status"], document["warning"]) == ("ready", entry["warning"])
    assert document["warning_code"] == entry["warning_code"] == "pages_left_out"
