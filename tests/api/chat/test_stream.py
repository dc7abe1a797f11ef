"""The events of an answer: their order, shape and numbers, and what is stored of them."""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from ai.chat.grounded import GroundedChatModel
from ai.chat.scripted import ScriptedChatModel
from bootstrap.adapters import Adapters
from storage.database import MAINTENANCE
from tests.api.chat.conftest import Answered, TaughtCourse, Tutor, Tutoring, spoken

pytestmark = pytest.mark.server

HIDDEN = 55
ANSWER = "Work is the product of force and displacement [1]. Its unit is the joule [1]. Not [42]."


@pytest.fixture
async def unencoded(chat_adapters: Adapters, course: TaughtCourse) -> AsyncIterator[None]:
    """The course as a process with another encoder sees it: its own vectors are not there yet."""
    hide = "UPDATE chunk_vectors SET embedder_id = :hidden WHERE course_id = :course"
    embedder = "(SELECT id FROM embedders WHERE name = :name)"
    values = {"course": course.id, "hidden": HIDDEN, "name": chat_adapters.embedder.id}
    async with chat_adapters.database.transaction(MAINTENANCE) as session:
        await session.execute(
            text(
                "INSERT INTO embedders (id, name, dimension) VALUES (:hidden, 'hidden', 384)"
                " ON CONFLICT DO NOTHING"
            ),
            {"hidden": HIDDEN},
        )
        await session.execute(text(hide), values)
    yield
    async with chat_adapters.database.transaction(MAINTENANCE) as session:
        await session.execute(text(hide.replace(":hidden", embedder)), values)


async def document_text(tutor: Tutor, source: dict[str, Any]) -> str:
    path = f"/documents/{source['document_id']}/text"
    response = await tutor.http.get(path, params={"version": source["document_version"]})
    assert response.status_code == 200, response.text
    text: str = response.json()["text"]
    return text


async def test_events_come_in_order_with_ids_that_count_up(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([spoken(ANSWER)])) as tutor:
        answer = await tutor.ask("What is work?")

    assert re.fullmatch(r"start sources (delta )+notice done", " ".join(answer.names))
    assert [event.id for event in answer.events] == [
        f"{answer.message_id}-{n}" for n in range(1, len(answer.events) + 1)
    ]


async def test_each_event_has_exactly_its_fields(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([spoken(ANSWER)])) as tutor:
        answer = await tutor.ask("What is work?")

    assert set(answer.data("start")) == {
        "message_id",
        "conversation_id",
        "model",
        "mode",
        "prompt",
        "cached",
    }
    assert re.fullmatch(r"tutor\.explain@\d+", answer.data("start")["prompt"])
    assert set(answer.data("sources")["sources"][0]) == {
        "n",
        "chunk_id",
        "document_id",
        "document_version",
        "document_title",
        "locator",
        "text",
        "score",
    }
    done = answer.data("done")
    assert set(done) == {
        "message_id",
        "finish_reason",
        "model",
        "cached",
        "usage",
        "citations",
        "sentences",
        "groundedness",
        "confidence",
    }
    assert set(done["usage"]) == {"prompt_tokens", "completion_tokens", "cost_micro_usd"}
    assert set(done["citations"][0]) == {
        "n",
        "chunk_id",
        "document_version",
        "quote",
        "char_start",
        "char_end",
        "support",
    }
    assert set(done["sentences"][0]) == {"char_start", "char_end", "support", "citations"}


async def test_the_deltas_joined_are_the_stored_message(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([spoken(ANSWER)])) as tutor:
        answer = await tutor.ask("What is work?")
        stored = await tutor.stored(answer.message_id)

    assert stored["content"] == answer.text
    assert stored["status"] == "complete"
    assert stored["citations"] == answer.data("done")["citations"]
    assert stored["sentences"] == answer.data("done")["sentences"]


async def test_a_citation_that_no_source_has_is_not_said(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([spoken(ANSWER)])) as tutor:
        answer = await tutor.ask("What is work?")

    assert "[42]" not in answer.text
    assert "displacement [1]" in answer.text


async def test_quotes_and_sources_stand_verbatim_in_the_document(tutoring: Tutoring) -> None:
    async with tutoring(GroundedChatModel()) as tutor:
        answer = await tutor.ask("What does friction do to the motion of a body?")
        sources = {source["n"]: source for source in answer.data("sources")["sources"]}
        texts = {n: await document_text(tutor, source) for n, source in sources.items()}

    citations = answer.data("done")["citations"]
    assert citations
    for citation in citations:
        text = texts[citation["n"]]
        assert text[citation["char_start"] : citation["char_end"]] == citation["quote"]
    for n, source in sources.items():
        locator = source["locator"]
        assert texts[n][locator["char_start"] : locator["char_end"]] == source["text"]


async def test_sentences_lie_in_the_answer_and_cite_its_sources(tutoring: Tutoring) -> None:
    async with tutoring(GroundedChatModel()) as tutor:
        answer = await tutor.ask("What is the unit of power?")

    sentences = answer.data("done")["sentences"]
    cited = {citation["n"] for citation in answer.data("done")["citations"]}
    assert "watt" in answer.text
    for sentence in sentences:
        assert answer.text[sentence["char_start"] : sentence["char_end"]].strip()
        assert set(sentence["citations"]) <= cited
        assert 0 <= sentence["support"] <= 1


async def test_the_json_form_says_what_the_stream_says(tutoring: Tutoring) -> None:
    async with tutoring(GroundedChatModel()) as tutor:
        streamed = await tutor.ask("What is the unit of work?")
        response = await tutor.post("What is the unit of work?")

    whole = response.json()
    assert response.headers["content-type"] == "application/json"
    assert whole["content"] == streamed.text
    assert whole["sources"] == streamed.data("sources")["sources"]
    done = streamed.data("done")
    assert {name: whole[name] for name in done if name != "message_id"} == {
        name: value for name, value in done.items() if name != "message_id"
    }


async def test_no_connection_is_held_while_the_model_speaks(
    tutoring: Tutoring, chat_adapters: Adapters
) -> None:
    words = spoken("one two three four five", pause_seconds=0.2)
    async with (
        tutoring(ScriptedChatModel([words])) as tutor,
        tutor.streaming("What is work?") as events,
    ):
        seen = [await transactions(chat_adapters) async for e in events if e.name == "delta"]

    assert len(seen) >= 4
    for before, after in itertools.pairwise(seen[:-1]):  # after the last one the answer is saved
        assert before.isdisjoint(after)


async def transactions(adapters: Adapters) -> set[tuple[int, datetime]]:
    """Those open just now, by connection and beginning; a look at leases is a short one."""
    statement = text("""
        SELECT pid, xact_start FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend'
          AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
    """)
    async with adapters.database.engine.connect() as connection:
        rows = (await connection.execute(statement)).all()
    return {(row.pid, row.xact_start) for row in rows}


async def test_more_answers_stream_than_there_are_connections(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([spoken("one two three", pause_seconds=0.2)])) as tutor:
        answers: list[Answered] = await asyncio.gather(
            *(tutor.ask(f"What is work, number {n}?") for n in range(10))
        )

    assert [answer.text.split() for answer in answers] == [["one", "two", "three"]] * 10


async def test_while_a_course_is_encoded_anew_words_find_the_sources_and_a_notice_says_so(
    tutoring: Tutoring, unencoded: None
) -> None:
    async with tutoring(GroundedChatModel()) as tutor:
        answer = await tutor.ask("What does friction do to the motion of a body?")

    assert answer.data("notice")["code"] == "found_by_words"
    assert "Friction opposes the motion" in answer.text
    assert answer.data("done")["citations"]
