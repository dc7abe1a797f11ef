"""What Prometheus reads of answers and requests, and what the log says of them."""

import asyncio
import json
import logging
import re
import shutil
import subprocess
from contextlib import nullcontext
from dataclasses import replace

import httpx2
import pytest
from pydantic import SecretStr

from ai.chat.scripted import ScriptedChatModel
from api.app import create_app
from bootstrap.adapters import Adapters
from connectors.telemetry.catalogue import CATALOGUE
from connectors.telemetry.logs import formatter
from tests.api.chat.conftest import Tutor, Tutoring, spoken
from tests.support.running_app import running_app

pytestmark = pytest.mark.server

ANSWER = "Work is the product of force and displacement [1]."
SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")


async def samples(tutor: Tutor) -> dict[str, float]:
    """Every sample by its name and labels, as Prometheus would store it."""
    response = await tutor.http.get(str(tutor.http.base_url.copy_with(path="/metrics")))
    assert response.status_code == 200, response.text
    lines = [SAMPLE.match(line) for line in response.text.splitlines() if line[0] != "#"]
    return {f"{found[1]}{{{found[2] or ''}}}": float(found[3]) for found in lines if found}


async def test_answers_are_counted_with_their_times_and_no_ids(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([spoken(ANSWER)] * 2)) as tutor:
        await tutor.ask("What is work?")
        await tutor.ask("What is the unit of work?")
        await tutor.http.get("/courses/no-such-course")
        read = await samples(tutor)

    chat = 'method="POST",route="/api/v1/courses/{course}/chat",status="200"'
    assert read[f"neuroshiksha_http_requests_total{{{chat}}}"] == 2
    assert (
        read[
            'neuroshiksha_http_requests_total{method="GET",route="/api/v1/courses/{course}"'
            ',status="404"}'
        ]
        == 1
    )
    assert read['neuroshiksha_answers_total{cached="false",outcome="stop"}'] == 2
    assert read['neuroshiksha_answer_first_token_seconds_count{cached="false"}'] == 2
    pieces = len(ANSWER.split(" "))
    assert pieces <= read["neuroshiksha_answer_between_tokens_seconds_count{}"] <= 2 * pieces
    assert read["neuroshiksha_answer_between_tokens_seconds_sum{}"] > pieces * 0.015
    assert read["neuroshiksha_answers_in_progress{}"] == 0
    assert read['neuroshiksha_streams_open{transport="sse"}'] == 0
    assert read['neuroshiksha_answer_log_writes_total{result="stored"}'] > 4
    assert not any("no-such-course" in name for name in read)


async def test_what_is_shown_passes_promtool_and_is_what_the_catalogue_says(
    tutoring: Tutoring,
) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is missing: apt-get install prometheus")
    async with tutoring(ScriptedChatModel([spoken(ANSWER)])) as tutor:
        await tutor.ask("What is work?")
        response = await tutor.http.get(str(tutor.http.base_url.copy_with(path="/metrics")))

    checked = await asyncio.to_thread(
        subprocess.run,
        [promtool, "check", "metrics"],
        input=response.text,
        capture_output=True,
        text=True,
    )

    assert (checked.returncode, checked.stderr, checked.stdout) == (0, "", "")
    types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", response.text, re.MULTILINE))
    assert {spec.name: spec.kind for spec in CATALOGUE} == {
        name: kind for name, kind in types.items() if not name.endswith("_created")
    }


@pytest.mark.parametrize(
    ("environment", "token", "sent", "status"),
    [
        ("embedded", "", None, 200),
        ("embedded", "a token", None, 401),
        ("embedded", "a token", "another", 401),
        ("production", "", "anything", 401),
        ("production", "a token", "a token", 200),
    ],
)
async def test_metrics_are_guarded(
    chat_adapters: Adapters, environment: str, token: str, sent: str | None, status: int
) -> None:
    update = {"environment": environment, "metrics_token": SecretStr(token)}
    settings = chat_adapters.settings.model_copy(update=update)
    app = create_app(lambda _: nullcontext(replace(chat_adapters, settings=settings)), settings)
    async with running_app(app) as address, httpx2.AsyncClient() as http:
        headers = {} if sent is None else {"Authorization": f"Bearer {sent}"}
        response = await http.get(f"{address}/metrics", headers=headers)

    assert response.status_code == status


async def test_a_stream_is_one_line_told_at_its_end(
    tutoring: Tutoring, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "api.requests")
    async with tutoring(ScriptedChatModel([spoken(ANSWER)])) as tutor:
        answered = await tutor.ask("What is work?")

    lines = [record for record in caplog.records if record.name == "api.requests"]
    assert len(lines) == 1
    told = json.loads(formatter("json").format(lines[0]))
    assert told["event"] == "stream"
    assert told["route"] == "/api/v1/courses/{course}/chat"
    assert told["message_id"] == answered.message_id
    assert told["completion_tokens"] > 0
    assert 0 < told["first_token_ms"] < told["duration_ms"]
    assert len(told["user_id"]) == 36
    assert "What is work?" not in json.dumps(told)


async def test_who_leaves_a_stream_is_told_too(
    tutoring: Tutoring, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "api.requests")
    async with (
        tutoring(ScriptedChatModel([spoken(ANSWER)])) as tutor,
        tutor.streaming("What is work?") as events,
    ):
        await anext(aiter(events))

    (line,) = [record for record in caplog.records if record.name == "api.requests"]
    assert line.fields["outcome"] == "left"
