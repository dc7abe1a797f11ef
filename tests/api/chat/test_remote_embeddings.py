"""What an asker hears when the remote encoder fails."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ai.chat.scripted import ScriptedChatModel
from bootstrap.adapters import Adapters
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
        yield replace(chat_adapters, embedder=embedder)


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
