"""One trace from a request to the chat model and PostgreSQL, and on into the job it asks for."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import insert

from ai.embedding.onnx import OnnxEmbedder
from api.app import create_app
from bootstrap.adapters import open_adapters
from bootstrap.job_runner import build_job_runner
from bootstrap.settings import Settings
from models import Enrollment
from storage.database import MAINTENANCE, Database
from tests.api.chat.conftest import TaughtCourse, Tutor
from tests.support.openai_server import OpenAIServer
from tests.support.running_app import running_app
from tests.support.service import People, Person
from tests.support.trace_collector import Collector, attributes_of, trace_collector

pytestmark = pytest.mark.server

INBOUND = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CHAT = "POST /api/v1/courses/{course}/chat"
QUESTION = "What is work?"


@pytest.fixture
def traced_settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"answer_cache": False, "conversation_titles": False})


@asynccontextmanager
async def traced(
    settings: Settings, encoder: OnnxEmbedder, person: Person, course: TaughtCourse, **more: Any
) -> AsyncIterator[tuple[Tutor, Collector]]:
    """A tutor whose spans have all come in once the context has ended."""
    with trace_collector() as collector:
        async with OpenAIServer() as upstream:
            update = {
                "otlp_endpoint": collector.url,
                "openai_base_url": upstream.base_url,
                "chat_model": "gpt-test",
                **more,
            }
            own = settings.model_copy(update=update)
            async with open_adapters(own, encoder, process="api") as adapters:
                app = create_app(lambda _: nullcontext(adapters), own)
                async with (
                    running_app(app) as address,
                    httpx2.AsyncClient(
                        base_url=f"{address}/api/v1", headers=person.headers, timeout=60
                    ) as http,
                ):
                    yield Tutor(http, course, app), collector
                    adapters.traces.flush()


@pytest.fixture
async def teacher_there(people: People, course: TaughtCourse, database: Database) -> Person:
    person = await people.add("teacher")
    async with database.transaction(MAINTENANCE) as session:
        await session.execute(
            insert(Enrollment).values(course_id=course.id, user_id=person.id, role="owner")
        )
    return person


async def test_a_question_is_one_trace_and_tells_no_text(
    traced_settings: Settings,
    encoder: OnnxEmbedder,
    teacher_there: Person,
    course: TaughtCourse,
) -> None:
    async with traced(traced_settings, encoder, teacher_there, course) as (tutor, collector):
        tutor.http.headers["traceparent"] = INBOUND
        answered = await tutor.ask(QUESTION)

    request, answer, call = (collector.one(n) for n in (CHAT, "answer", "chat gpt-test"))
    told = attributes_of(call)
    assert collector.services == {"neuroshiksha-api"}
    assert request.trace_id.hex() == INBOUND.split("-")[1]
    assert request.parent_span_id.hex() == INBOUND.split("-")[2]
    assert answer.parent_span_id == request.span_id
    assert call.parent_span_id == answer.span_id
    assert attributes_of(request)["http.response.status_code"] == 200
    assert told["gen_ai.operation.name"] == "chat"
    assert told["gen_ai.request.model"] == "gpt-test"
    usage = answered.data("done")["usage"]
    assert told["gen_ai.usage.input_tokens"] == usage["prompt_tokens"]
    assert told["gen_ai.usage.output_tokens"] == usage["completion_tokens"]
    assert told["gen_ai.response.finish_reasons"] == ["stop"]
    assert call.end_time_unix_nano > call.start_time_unix_nano
    statements = [s for s in collector.spans if "db.query.text" in attributes_of(s)]
    assert {s.trace_id for s in statements} == {request.trace_id}
    assert any("vectors" in attributes_of(s)["db.query.text"] for s in statements)
    assert len(collector.spans) < 60
    assert b"What is work" not in collector.body
    assert b"displacement" not in collector.body


async def test_text_is_told_where_a_setting_allows_it(
    traced_settings: Settings,
    encoder: OnnxEmbedder,
    teacher_there: Person,
    course: TaughtCourse,
) -> None:
    more = {"trace_text": True}
    async with traced(traced_settings, encoder, teacher_there, course, **more) as (
        tutor,
        collector,
    ):
        await tutor.ask(QUESTION)

    told = attributes_of(collector.one("chat gpt-test"))
    (asked,) = json.loads(told["gen_ai.input.messages"])
    (said,) = json.loads(told["gen_ai.output.messages"])
    assert QUESTION in asked["parts"][0]["content"]
    assert said["role"] == "assistant"
    assert said["parts"][0]["content"].startswith("Work is the product")


async def test_a_job_goes_on_in_the_trace_of_its_request(
    traced_settings: Settings,
    encoder: OnnxEmbedder,
    teacher_there: Person,
    course: TaughtCourse,
) -> None:
    async with traced(traced_settings, encoder, teacher_there, course) as (tutor, _):
        tutor.http.headers["traceparent"] = INBOUND
        files = {"files": ("inertia.txt", b"Inertia is the resistance to a change of motion.")}
        response = await tutor.http.post(f"/courses/{course.slug}/documents", files=files)
        assert response.status_code == 202, response.text
        job_id = response.json()["job"]["id"]

    with trace_collector() as collector:
        update = {"otlp_endpoint": collector.url}
        own = traced_settings.model_copy(update=update)
        async with open_adapters(own, encoder, process="worker") as adapters:
            await build_job_runner(adapters, "test").run(UUID(job_id))

    job = collector.one("job ingest")
    assert collector.services == {"neuroshiksha-worker"}
    assert job.trace_id.hex() == INBOUND.split("-")[1]
    assert attributes_of(job)["neuroshiksha.job_id"] == job_id
    assert {span.trace_id for span in collector.spans} == {job.trace_id}


async def test_a_collector_that_is_away_harms_nothing(
    traced_settings: Settings,
    encoder: OnnxEmbedder,
    teacher_there: Person,
    course: TaughtCourse,
    tmp_path: Path,
) -> None:
    more = {"otlp_endpoint": "http://127.0.0.1:9"}
    async with traced(traced_settings, encoder, teacher_there, course, **more) as (tutor, _):
        answered = await tutor.ask(QUESTION)

    assert answered.names[-1] == "done"
