"""Bringing material in: idempotent, only what changed, each failure alone."""

import asyncio
import zipfile
from uuid import UUID

import pytest
from sqlalchemy import text

from services.ingestion.sources import SourceFile
from storage.database import MAINTENANCE, Database
from storage.locks import course_lock
from storage.paging import PageRequest
from tests.support.material import CountingEmbedder, Shelf

NEWTON = (
    "# Newton\n\n## First law\n\nA body at rest stays at rest.\n\n"
    "## Second law\n\nForce is mass times acceleration."
)
OHM = "# Ohm\n\nVoltage is current times resistance."

ROWS = text("""
SELECT d.key, d.status, d.current_version, d.chunk_count, c.ordinal, c.char_start, c.char_end,
       c.text, c.heading, c.content_hash, v.vector::text AS vector,
       md5(v.sentence_vectors) AS sentences
FROM documents d
JOIN chunks c ON c.course_id = d.course_id AND c.document_id = d.id
JOIN chunk_vectors v ON v.course_id = c.course_id AND v.chunk_id = c.id
WHERE d.course_id = :course AND d.deleted_at IS NULL ORDER BY d.key, c.ordinal
""")
COUNTS = text("""
SELECT chunk_count, lexical_length,
       (SELECT count(*) FROM chunks WHERE course_id = :course) AS chunks,
       (SELECT count(*) FROM chunk_vectors WHERE course_id = :course) AS vectors,
       (SELECT coalesce(sum(chunk_count), 0) FROM documents WHERE course_id = :course) AS counted,
       (SELECT coalesce(sum(frequency), 0) FROM lexical_postings, unnest(frequencies) AS frequency
        WHERE course_id = :course) AS terms
FROM courses WHERE id = :course
""")


async def rows(database: Database, course_id: UUID) -> list[tuple]:
    async with database.transaction(MAINTENANCE) as session:
        return [tuple(row) for row in await session.execute(ROWS, {"course": course_id})]


async def assert_counts_agree(database: Database, course_id: UUID) -> None:
    async with database.transaction(MAINTENANCE) as session:
        counts = (await session.execute(COUNTS, {"course": course_id})).one()
    assert counts.chunk_count == counts.chunks == counts.vectors == counts.counted
    assert counts.lexical_length == counts.terms


async def test_a_second_run_over_the_same_files_does_nothing(
    shelf: Shelf, database: Database, embedder: CountingEmbedder
):
    shelf.write({"newton.md": NEWTON, "electricity/ohm.md": OHM})
    first = await shelf.ingest()
    before, revision = await rows(database, shelf.course_id), await shelf.revision()
    embedder.encoded.clear()

    second = await shelf.ingest()

    assert [file.status for file in first.files] == ["ok", "ok"]
    assert [file.status for file in second.files] == ["unchanged", "unchanged"]
    assert [file.path for file in second.files] == ["electricity/ohm.md", "newton.md"]
    assert embedder.encoded == []
    assert await rows(database, shelf.course_id) == before
    assert await shelf.revision() == revision == 2


async def test_only_the_changed_chunk_is_encoded_and_the_others_keep_their_ids(
    shelf: Shelf, database: Database, embedder: CountingEmbedder
):
    shelf.write({"newton.md": NEWTON})
    await shelf.ingest()
    embedder.encoded.clear()
    shelf.write({"newton.md": NEWTON.replace("mass times", "the mass times the")})

    report = await shelf.ingest()

    assert report.encoded_chunks == 1
    assert [text.splitlines()[-1] for text in embedder.encoded] == [
        "Force is the mass times the acceleration."
    ]
    texts = [row.text for row in await chunks_of(database, shelf.course_id)]
    assert texts[0].endswith("at rest stays at rest.")
    assert await shelf.revision() == 2
    await assert_counts_agree(database, shelf.course_id)


async def chunks_of(database: Database, course_id: UUID):
    statement = text("SELECT id, text FROM chunks WHERE course_id = :course ORDER BY ordinal")
    async with database.transaction(MAINTENANCE) as session:
        return (await session.execute(statement, {"course": course_id})).all()


async def test_an_earlier_version_stays_readable_after_a_new_one(shelf: Shelf, database: Database):
    shelf.write({"ohm.md": OHM})
    first = await shelf.ingest()
    document_id = first.files[0].document_id
    shelf.write({"ohm.md": OHM + "\n\nIts unit is the volt."})
    await shelf.ingest()

    old = await shelf.services.documents.text(shelf.teacher.actor, document_id, 1)
    new = await shelf.services.documents.text(shelf.teacher.actor, document_id, None)

    assert "volt" not in old.text
    assert new.version == 2
    assert "volt" in new.text


async def test_every_chunk_stands_verbatim_at_its_offsets(shelf: Shelf, database: Database):
    shelf.write({"newton.md": NEWTON, "hindi.md": "# बल\n\nबल 🎓 द्रव्यमान और त्वरण का गुणनफल है।"})
    report = await shelf.ingest()

    for file in report.files:
        text_ = await shelf.services.documents.text(shelf.teacher.actor, file.document_id, None)
        for row in await rows(database, shelf.course_id):
            if row[0] == file.path:
                assert text_.text[row[5] : row[6]] == row[7]


async def test_a_broken_file_fails_alone_with_its_reason(shelf: Shelf, database: Database):
    shelf.write({"ohm.md": OHM, "broken.pdf": "%PDF-1.7 broken", "empty.md": ""})

    report = await shelf.ingest()

    assert [(file.path, file.status) for file in report.files] == [
        ("broken.pdf", "failed"),
        ("empty.md", "failed"),
        ("ohm.md", "ok"),
    ]
    assert all(file.reason for file in report.of("failed"))
    assert [file.reason_code for file in report.files] == [
        "damaged_document",
        "empty_document",
        None,
    ]
    page = await shelf.services.documents.page(
        shelf.teacher.actor, shelf.slug, PageRequest(), "failed"
    )
    assert {document.key for document in page.items} == {"broken.pdf", "empty.md"}
    await assert_counts_agree(database, shelf.course_id)


async def test_a_document_keeps_its_version_when_its_new_bytes_cannot_be_read(
    shelf: Shelf, database: Database
):
    shelf.write({"ohm.md": OHM})
    await shelf.ingest()
    before = await rows(database, shelf.course_id)
    shelf.write({"ohm.md": ""})
    failed = await shelf.ingest()
    shelf.write({"ohm.md": OHM})

    recovered = await shelf.ingest()

    assert failed.files[0].status == "failed"
    assert recovered.files[0].status == "unchanged"
    assert await rows(database, shelf.course_id) == before
    assert await shelf.revision() == 1


async def test_of_json_lines_only_the_changed_line_is_brought_in(
    shelf: Shelf, embedder: CountingEmbedder
):
    texts = {f"note-{n}": f"Note {n} is about the number {n}." for n in range(5)}
    shelf.write_records("notes.jsonl", texts)
    first = await shelf.ingest()
    embedder.encoded.clear()
    shelf.write_records("notes.jsonl", texts | {"note-3": "Note 3 has changed."})

    second = await shelf.ingest()

    assert (first.files[0].documents, first.files[0].chunks) == (5, 5)
    assert first.files[0].document_id is None
    assert embedder.encoded == ["Note 3 has changed."]
    assert (second.files[0].status, second.files[0].chunks) == ("ok", 5)
    assert await shelf.revision() == 6


async def test_a_bad_line_of_json_lines_is_named(shelf: Shelf):
    shelf.write({"notes.jsonl": '{"doc_id": "a", "text": "Good."}\nnot json'})

    report = await shelf.ingest()

    assert report.files[0].status == "failed"
    assert "line 2" in (report.files[0].reason or "")


async def test_a_file_with_front_matter_alone_is_skipped_and_an_empty_one_fails(
    shelf: Shelf, database: Database
):
    shelf.write({"index.md": "---\ntitle: Only a title\n---\n", "none.md": ""})

    report = await shelf.ingest()

    assert {file.path: file.status for file in report.files} == {
        "index.md": "skipped",
        "none.md": "failed",
    }
    assert "no text" in (report.of("skipped")[0].reason or "")


async def test_a_dry_run_changes_nothing(shelf: Shelf, database: Database):
    shelf.write({"ohm.md": OHM})

    report = await shelf.ingest(is_dry_run=True)

    assert report.files[0].status == "skipped"
    assert await rows(database, shelf.course_id) == []


async def test_missing_documents_are_taken_out_only_when_asked(shelf: Shelf, database: Database):
    shelf.write({"ohm.md": OHM, "newton.md": NEWTON})
    await shelf.ingest()
    (shelf.folder / "ohm.md").unlink()
    kept = await shelf.ingest()

    deleted = await shelf.ingest(delete_missing=True)

    assert (kept.deleted_documents, deleted.deleted_documents) == (0, 1)
    assert {row[0] for row in await rows(database, shelf.course_id)} == {"newton.md"}
    assert await shelf.revision() == 3
    await assert_counts_agree(database, shelf.course_id)


async def test_nothing_is_taken_out_when_a_file_failed(shelf: Shelf, database: Database):
    shelf.write({"ohm.md": OHM})
    await shelf.ingest()
    (shelf.folder / "ohm.md").unlink()
    shelf.write({"empty.md": ""})

    report = await shelf.ingest(delete_missing=True)

    assert report.deleted_documents == 0
    assert len(await rows(database, shelf.course_id)) == 1


async def test_a_deleted_document_comes_back_when_it_is_brought_in_again(
    shelf: Shelf, database: Database
):
    shelf.write({"ohm.md": OHM})
    report = await shelf.ingest()
    await shelf.services.documents.delete(shelf.teacher.actor, report.files[0].document_id)
    gone = await rows(database, shelf.course_id)

    again = await shelf.ingest()

    assert gone == []
    assert again.files[0].status == "ok"
    assert again.files[0].document_id == report.files[0].document_id
    await assert_counts_agree(database, shelf.course_id)


async def test_two_runs_at_once_bring_each_document_in_once(shelf: Shelf, database: Database):
    shelf.write({f"note-{n}.md": f"# Note {n}\n\nThis is note {n}." for n in range(8)})

    reports = await asyncio.gather(shelf.ingest(), shelf.ingest(readers=2))

    assert all(report.count("failed") == 0 for report in reports)
    assert len(await rows(database, shelf.course_id)) == 8
    assert await shelf.revision() == 8
    await assert_counts_agree(database, shelf.course_id)


async def test_a_cancelled_run_leaves_whole_documents_and_the_next_one_completes(
    shelf: Shelf, database: Database
):
    shelf.write({f"note-{n:02}.md": f"# Note {n}\n\n" + f"Sentence {n}. " * 40 for n in range(12)})
    run = asyncio.create_task(shelf.ingest())
    await asyncio.sleep(0.4)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run

    await assert_counts_agree(database, shelf.course_id)
    report = await shelf.ingest()

    assert report.count("ok") + report.count("unchanged") == 12
    await assert_counts_agree(database, shelf.course_id)


async def test_members_of_an_archive_that_lead_outside_are_refused(shelf: Shelf):
    with zipfile.ZipFile(shelf.folder / "notes.zip", "w") as archive:
        archive.writestr("good.md", OHM)
        archive.writestr("../../evil.md", OHM)

    report = await shelf.ingest()

    assert [(file.path, file.status) for file in report.files] == [
        ("notes.zip/evil.md", "failed"),
        ("notes.zip/good.md", "ok"),
    ]
    assert not list(shelf.folder.parent.rglob("evil.md"))


async def test_a_file_that_vanishes_before_reading_fails_alone(shelf: Shelf):
    shelf.write({"ohm.md": OHM})
    gone = SourceFile(shelf.folder / "gone.md", "gone.md")
    there = SourceFile(shelf.folder / "ohm.md", "ohm.md")

    report = await shelf.services.ingestion.ingest_for(
        shelf.teacher.actor, shelf.course_id, [gone, there]
    )

    assert [file.status for file in report.files] == ["failed", "ok"]


async def test_characters_that_the_database_cannot_hold_do_not_stop_the_others(shelf: Shelf):
    shelf.write(
        {"ohm.md": OHM, "odd.jsonl": '{"doc_id": "odd", "text": "Half \\ud83d of a pair."}'}
    )

    report = await shelf.ingest()

    assert {file.path: file.status for file in report.files}["ohm.md"] == "ok"
    assert len(report.files) == 2


async def test_bad_lines_are_named_and_all_other_records_are_in(
    shelf: Shelf, database: Database, embedder: CountingEmbedder
):
    shelf.write_records("notes.jsonl", {"ohm": "Voltage.", "newton": "Force."})
    notes = shelf.folder / "notes.jsonl"
    notes.write_text(notes.read_text() + '\nnonsense\n{"doc_id": "hooke", "text": "Springs."}\n')

    first = (await shelf.ingest()).files[0]
    embedder.encoded.clear()
    second = (await shelf.ingest()).files[0]

    assert (first.status, first.documents, first.chunks) == ("failed", 3, 3)
    assert "line 3" in first.reason
    assert (second.status, second.documents, second.chunks) == ("failed", 3, 3)
    assert embedder.encoded == []
    keys = {row[0] for row in await rows(database, shelf.course_id)}
    assert keys == {"ohm", "newton", "hooke"}


async def test_the_seconds_of_files_add_up_to_no_more_than_the_run_took(shelf: Shelf):
    shelf.write({f"{n}.md": NEWTON.replace("body", f"body {n}") for n in range(12)})

    report = await shelf.ingest()

    assert all(file.seconds > 0 for file in report.files)
    # Reading, encoding and storing overlap: three hands at most.
    assert sum(file.seconds for file in report.files) <= 3 * report.seconds


async def test_missing_documents_are_taken_out_by_one_run_at_a_time(
    shelf: Shelf, database: Database
):
    shelf.write({"ohm.md": OHM, "newton.md": NEWTON})
    await shelf.ingest()
    (shelf.folder / "newton.md").unlink()

    async with course_lock(database, shelf.course_id):
        deleting = asyncio.create_task(shelf.ingest(delete_missing=True))
        await asyncio.sleep(0.5)
        assert not deleting.done()
    report = await deleting

    assert report.deleted_documents == 1
