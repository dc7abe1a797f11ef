"""What an asker hears when the remote encoder fails."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from ai.chat.scripted import ScriptedChatModel
from bootstrap.adapters import Adapters
from models import Message
from storage.database import MAINTENANCE
from tests.api.chat.conftest import Tutoring
from tests.support.embedders import remote_embedder
from tests.support.remote_services import Fault, RemoteServices, remote_services

pytestmark = pytest.mark.server


@pytest.fixture
def remote() -> Iterator[RemoteServices]:
    with remote_services() as services:
        yield services


@pytest.fixture
def chat_adapters(chat_adapters: Adapters, remote: RemoteServices) -> Iterator[Adapters]:
    with remote_embedder(remote, seconds=2.0) as embedder:
        settings = chat_adapters.settings.model_copy(update={"questions_encoded_at_once": 1})
        yield replace(chat_adapters, embedder=embedder, settings=settings)


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("server_error", 503, "embeddings_unavailable"),
        ("hang", 504, "embeddings_timed_out"),
        ("wrong_dimension", 503, "embeddings_misconfigured"),
    ],
)
async def test_a_question_without_a_vector_is_a_problem_and_stored_as_failed(
    tutoring: Tutoring, remote: RemoteServices, fault: Fault, status: int, code: str
) -> None:
    remote.always = fault
    async with tutoring(ScriptedChatModel([["never asked"]])) as tutor:
        whole = await tutor.post("What is work?")
        streamed = await tutor.ask("What is work?")
        stored = await tutor.stored(streamed.message_id)

    assert (whole.status_code, whole.json()["code"]) == (status, code)
    assert "doctor" in whole.json()["detail"]
    assert ("retry-after" in whole.headers) == (status == 503)
    assert (streamed.names[-1], streamed.data("error")["code"]) == ("error", code)
    assert streamed.data("error")["status"] == status
    assert stored["status"] == "failed"


async def test_a_search_without_a_vector_is_a_problem_that_says_when_to_come_again(
    tutoring: Tutoring, remote: RemoteServices
) -> None:
    remote.always = "rate_limited"
    remote.retry_after = "11"
    async with tutoring(ScriptedChatModel([["never asked"]])) as tutor:
        found = await tutor.http.get(f"/courses/{tutor.course.slug}/search", params={"q": "work"})

    assert (found.status_code, found.json()["code"]) == (503, "embeddings_unavailable")
    assert found.headers["retry-after"] == "11"


async def test_more_questions_than_are_encoded_at_once_are_refused_before_they_are_saved(
    chat_adapters: Adapters, tutoring: Tutoring, remote: RemoteServices
) -> None:
    remote.held = True
    async with tutoring(ScriptedChatModel([["Work."]])) as tutor:
        nothing_asked = await count_messages(chat_adapters)
        first = asyncio.create_task(tutor.post("What is work?"))
        # A question is saved beside its encoding: either may be first.
        while not remote.requests:  # noqa: ASYNC110 - it is another thread that receives
            await asyncio.sleep(0.01)
        while await count_messages(chat_adapters) == nothing_asked:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        before = await count_messages(chat_adapters)
        chat = await tutor.post("What is power?")
        search = await tutor.http.get(f"/courses/{tutor.course.slug}/search", params={"q": "work"})
        after = await count_messages(chat_adapters)
        first.cancel()
        remote.let_go.set()

    for refused in (chat, search):
        assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
        assert int(refused.headers["retry-after"]) >= 1
    assert before == after


async def count_messages(adapters: Adapters) -> int | None:
    async with adapters.database.transaction(MAINTENANCE) as session:
        return await session.scalar(select(func.count()).select_from(Message))
