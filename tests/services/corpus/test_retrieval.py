"""Retrieval: finds what the course holds, within one partition, with verbatim offsets."""

import asyncio
import re
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from ai.retrieval.scoring import BM25_B, BM25_K1
from services.access import CourseAccess, Permission, authorise
from services.search_filters import MediaKind, search_filter
from storage.candidate_statements import CANDIDATES
from storage.database import MAINTENANCE, Database
from storage.errors import NotFoundError
from storage.vectors import halfvec_bytes, vector_connection
from tests.support.material import Shelf
from tests.support.servers import run_sql
from tests.support.service import Person

TOPICS = {
    "pendulum": "The period of a pendulum depends on its length and on gravity, not on its mass.",
    "friction": "Friction opposes motion and turns the energy of a moving body into heat.",
    "ohm": "Ohm's law: the voltage across a resistor is the current times the resistance.",
    "photosynthesis": "Plants turn light, water and carbon dioxide into sugar and oxygen.",
}


@pytest.fixture
async def stocked(shelf: Shelf) -> Shelf:
    shelf.write_records("topics.jsonl", TOPICS)
    await shelf.ingest()
    return shelf


async def access_to(shelf: Shelf, database: Database) -> CourseAccess:
    async with database.transaction(shelf.teacher.actor.scope) as session:
        return await authorise(session, shelf.teacher.actor, shelf.course_id, Permission.READ)


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("What decides how long a swing of a pendulum takes?", "pendulum"),
        ("What slows down a sliding box?", "friction"),
        ("resistor voltage", "ohm"),
        ("How do green leaves make food?", "photosynthesis"),
    ],
)
async def test_the_passage_that_answers_comes_first(stocked: Shelf, question: str, document: str):
    found = await stocked.services.retrieval.search(stocked.teacher.actor, stocked.slug, question)

    assert found.passages[0].document_key == document
    assert [passage.score for passage in found.passages] == sorted(
        (passage.score for passage in found.passages), reverse=True
    )


async def test_a_passage_carries_what_an_answer_needs(stocked: Shelf):
    found = await stocked.services.retrieval.search(
        stocked.teacher.actor, stocked.slug, "pendulum", k=1
    )

    [passage] = found.passages
    text = await stocked.services.documents.text(
        stocked.teacher.actor, passage.document_id, passage.document_version
    )
    assert text.text[passage.char_start : passage.char_end] == passage.text
    assert passage.sentence_vectors.shape == (len(passage.sentence_bounds), 384)
    assert passage.sentence_vectors.dtype == np.int8
    assert found.corpus_revision == await stocked.revision() == len(TOPICS)


async def test_k_bounds_the_passages(stocked: Shelf):
    found = await stocked.services.retrieval.search(
        stocked.teacher.actor, stocked.slug, "energy of light and motion", k=2
    )

    assert len(found.passages) == 2


async def test_an_empty_course_gives_nothing_at_its_revision(shelf: Shelf):
    found = await shelf.services.retrieval.search(shelf.teacher.actor, shelf.slug, "anything")

    assert found.passages == ()
    assert found.corpus_revision == 0


async def test_a_question_without_any_term_is_answered_by_meaning_alone(stocked: Shelf):
    found = await stocked.services.retrieval.search(stocked.teacher.actor, stocked.slug, "?!")

    assert len(found.passages) == len(TOPICS)
    assert all(passage.lexical == 0 for passage in found.passages)


async def test_a_deleted_document_is_found_no_more_at_once(stocked: Shelf):
    actor = stocked.teacher.actor
    found = await stocked.services.retrieval.search(actor, stocked.slug, "pendulum", k=1)
    await stocked.services.documents.delete(actor, found.passages[0].document_id)

    after = await stocked.services.retrieval.search(actor, stocked.slug, "pendulum")

    assert "pendulum" not in {passage.document_key for passage in after.passages}
    assert after.corpus_revision == found.corpus_revision + 1


async def test_a_repeated_text_is_given_once(shelf: Shelf):
    shelf.write_records("twice.jsonl", {"one": TOPICS["ohm"], "two": TOPICS["ohm"]})
    await shelf.ingest()

    found = await shelf.services.retrieval.search(shelf.teacher.actor, shelf.slug, "Ohm's law")

    assert len(found.passages) == 1


async def test_another_course_is_closed_and_never_searched(
    stocked: Shelf, student: Person, shelf: Shelf
):
    with pytest.raises(NotFoundError):
        await stocked.services.retrieval.search(student.actor, stocked.slug, "pendulum")


async def test_a_search_looks_only_in_the_documents_asked_for(stocked: Shelf):
    stocked.write({"notes.md": "# Heat\n\nFriction makes heat, as every mechanic knows."})
    await stocked.ingest()
    search = stocked.services.retrieval.search
    everything = await search(stocked.teacher.actor, stocked.slug, "friction")
    ids = {passage.document_key: passage.document_id for passage in everything.passages}

    async def keys_of(**wanted: Any) -> set[str]:
        found = await search(
            stocked.teacher.actor, stocked.slug, "friction", wanted=search_filter(**wanted)
        )
        return {passage.document_key for passage in found.passages}

    assert await keys_of(document_ids=(ids["ohm"], ids["notes.md"])) == {"ohm", "notes.md"}
    assert await keys_of(kind=MediaKind.TEXT) == set(ids)
    assert await keys_of(kind=MediaKind.PDF) == set()
    assert await keys_of(lesson_id=uuid4()) == set()
    assert await keys_of(language="hi") == set()
    assert await keys_of(language="en-GB") == set(ids)


async def test_a_filter_keeps_the_scores_of_what_it_lets_through(stocked: Shelf):
    search = stocked.services.retrieval.search
    everything = await search(stocked.teacher.actor, stocked.slug, "ohm resistor")
    first = everything.passages[0]

    narrowed = await search(
        stocked.teacher.actor,
        stocked.slug,
        "ohm resistor",
        wanted=search_filter(document_ids=(first.document_id,)),
    )

    [passage] = narrowed.passages
    assert passage.chunk_id == first.chunk_id
    assert (passage.dense, passage.lexical) == pytest.approx((first.dense, first.lexical))


@pytest.mark.parametrize("code", ["F = ma", "C#", "CS0029", "ISO 9001", "E=mc^2"])
async def test_codes_and_formulas_are_found_by_themselves(shelf: Shelf, code: str):
    shelf.write_records(
        "codes.jsonl",
        {
            "F = ma": "Newton wrote the second law in words; today we write F = ma.",
            "C#": "The first exercise is done in C# and takes an afternoon.",
            "CS0029": "The compiler says CS0029 when a type does not fit another.",
            "ISO 9001": "The workshop is certified after ISO 9001 since last year.",
            "E=mc^2": "Rest has an energy of its own: E=mc^2, as Einstein found.",
            "C": "The second exercise is done in C and takes an evening.",
            "CS0030": "The compiler says CS0030 when a cast does not exist.",
            "ISO 14001": "The laboratory is certified after ISO 14001 since last year.",
            "F = kx": "Hooke wrote the law of springs in words; today we write F = kx.",
        },
    )
    await shelf.ingest()

    found = await shelf.services.retrieval.search(shelf.teacher.actor, shelf.slug, code)

    assert found.passages[0].document_key == code


async def test_lexical_scores_follow_the_formula_worked_by_hand(shelf: Shelf, database: Database):
    shelf.write_records("toy.jsonl", {"a": "kite kite tree", "b": "tree", "c": "stone stone"})
    await shelf.ingest()

    found = await shelf.services.retrieval.search(shelf.teacher.actor, shelf.slug, "kite tree")

    # N = 3 chunks of 3, 1 and 2 terms: mean length 2.
    kite, tree = np.log(1 + 2.5 / 1.5), np.log(1 + 1.5 / 2.5)
    norm_a = BM25_K1 * (1 - BM25_B + BM25_B * 3 / 2)
    norm_b = BM25_K1 * (1 - BM25_B + BM25_B * 1 / 2)
    expected_a = (kite * 2 / (2 + norm_a) + tree / (1 + norm_a)) / (kite + tree)
    expected_b = tree / (1 + norm_b) / (kite + tree)
    lexical = {passage.document_key: passage.lexical for passage in found.passages}
    assert lexical == {
        "a": pytest.approx(expected_a),
        "b": pytest.approx(expected_b),
        "c": 0,
    }


async def test_a_retrieval_is_one_statement(stocked: Shelf, database: Database):
    access = await access_to(stocked, database)
    retrieval = stocked.services.retrieval
    scope = stocked.teacher.actor.scope
    vector = (await retrieval.retrieve(scope, access, "warm up")).query_vector
    statements: list[str] = []

    async with retrieval.connection(scope, access) as connection:
        connection.add_query_logger(lambda query: statements.append(query.query))
        await retrieval.retrieve_by_vector(connection, access, "pendulum", vector)
        await asyncio.sleep(0)  # the logger is called by the loop
        made = list(statements)

    assert made == [CANDIDATES]


async def test_the_plan_touches_one_partition_and_reads_postings_by_index(
    stocked: Shelf, database: Database, database_url: str
):
    vector = halfvec_bytes(np.ones(384, dtype=np.float32))
    # Without statistics an index of four rows is as good as another; autovacuum soon brings them.
    await asyncio.to_thread(run_sql, database_url, "ANALYZE chunks, chunk_vectors")
    async with database.transaction(MAINTENANCE) as session:
        connection = await vector_connection(session)
        await connection.execute("SET LOCAL enable_seqscan = off")
        lines = await connection.fetch(
            f"EXPLAIN {CANDIDATES}", stocked.course_id, 1, vector, 50, ["pendulum"], 1, 1, 1, 1
        )
    plan = "\n".join(line[0] for line in lines)

    for table in ("chunks", "chunk_vectors", "lexical_postings"):
        assert len(set(re.findall(rf" on ({table}_p\d\d)", plan))) == 1, plan
        # In a course of four chunks any index that begins with the course is as good as the key.
        assert re.search(rf"using {table}_p\d\d_(pkey|course_id_\w+_idx)", plan), plan
    assert "Seq Scan on chunk" not in plan


async def test_found_neighbours_are_one_verbatim_passage_with_the_sentences_of_both(shelf: Shelf):
    paragraph = "A pendulum of {} metres swings in its own time, and keeps it well. " * 5
    text = "\n\n".join(paragraph.format(*range(n, n + 5)) for n in range(0, 40, 5))
    shelf.write({"pendulums.md": f"# Pendulums\n\n{text}"})
    await shelf.ingest()
    actor = shelf.teacher.actor

    found = await shelf.services.retrieval.search(actor, shelf.slug, "How does a pendulum swing?")

    joined = [passage for passage in found.passages if len(passage.chunk_ids) > 1]
    assert joined
    for passage in joined:
        document = await shelf.services.documents.text(actor, passage.document_id, None)
        assert document.text[passage.char_start : passage.char_end] == passage.text
        assert len(passage.sentence_vectors) == len(passage.sentence_bounds)
        assert all(passage.text[a:b].endswith("well.") for a, b in passage.sentence_bounds)
        assert passage.chunk_id in passage.chunk_ids
    ids = [chunk_id for passage in found.passages for chunk_id in passage.chunk_ids]
    assert len(ids) == len(set(ids))
