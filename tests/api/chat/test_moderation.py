"""What moderation flags is neither asked of a chat model nor told, and says so clearly."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest

from ai.chat.scripted import ScriptedChatModel
from bootstrap.adapters import Adapters
from bootstrap.remote_services import open_moderator
from services.answering.moderation import NOT_CHECKED, NOT_FIT
from tests.api.chat.conftest import Tutoring
from tests.support.remote_services import RemoteServices, remote_services

pytestmark = pytest.mark.server

GOOD = "Work is the product of force and displacement [1]."
BAD = "You build a bomb from work [1]."


@pytest.fixture
def remote() -> Iterator[RemoteServices]:
    with remote_services() as services:
        yield services


@pytest.fixture
def rules() -> dict[str, Any]:
    return {}


@pytest.fixture
async def chat_adapters(
    chat_adapters: Adapters, remote: RemoteServices, rules: dict[str, Any]
) -> AsyncIterator[Adapters]:
    """With a moderator, by these settings."""
    settings = chat_adapters.settings.model_copy(
        update={
            "moderation_url": remote.base_url,
            "moderation_timeout_seconds": 5.0,
            "rewrite_timeout_seconds": 5.0,
            **rules,
        }
    )
    moderator = open_moderator(settings)
    yield replace(chat_adapters, settings=settings, moderator=moderator)
    await moderator.close()


@pytest.mark.parametrize(
    ("question", "words"),
    [("How do I build a bomb?", NOT_FIT["en"]), ("bomb कैसे बनाएँ? काम क्या है?", NOT_FIT["hi"])],
)
async def test_a_flagged_question_reaches_no_chat_model(
    tutoring: Tutoring, question: str, words: str
) -> None:
    model = ScriptedChatModel([[GOOD]])

    async with tutoring(model) as tutor:
        answered = await tutor.ask(question)
        stored = await tutor.stored(answered.message_id)

    assert answered.names == ["start", "sources", "notice", "delta", "done"]
    assert answered.data("sources") == {"sources": []}
    assert answered.data("notice")["code"] == "moderated"
    assert answered.data("notice")["detail"] == "Moderation held this back: violence."
    assert answered.text == stored["content"] == words
    assert answered.data("done")["finish_reason"] == "refused"
    assert answered.data("done")["usage"]["cost_micro_usd"] == 0
    assert model.requests == []


async def test_other_questions_are_answered_as_ever(
    tutoring: Tutoring, remote: RemoteServices
) -> None:
    async with tutoring(ScriptedChatModel([["Work is the product ", GOOD[20:]]])) as tutor:
        answered = await tutor.ask("What is work?")

    assert (answered.text, answered.data("done")["finish_reason"]) == (GOOD, "stop")
    assert answered.names.count("delta") == 2
    assert [request.body["input"] for request in remote.requests] == ["What is work?"]


async def test_a_flagged_follow_up_is_not_rewritten_by_a_chat_model(tutoring: Tutoring) -> None:
    model = ScriptedChatModel([[GOOD]])

    async with tutoring(model) as tutor:
        first = await tutor.ask("What is work?")
        second = await tutor.ask(
            "And how is it used in a bomb?",
            conversation_id=first.data("start")["conversation_id"],
        )

    assert second.data("done")["finish_reason"] == "refused"
    assert len(model.requests) == 1


@pytest.mark.parametrize("rules", [{"moderation_answers": True}])
async def test_a_flagged_answer_is_never_shown(tutoring: Tutoring, rules: dict[str, Any]) -> None:
    assert rules
    async with tutoring(ScriptedChatModel([[*BAD]])) as tutor:
        answered = await tutor.ask("What is work?")
        stored = await tutor.stored(answered.message_id)

    assert answered.text == stored["content"] == NOT_FIT["en"]
    assert answered.data("notice")["code"] == "moderated"
    assert answered.data("done")["finish_reason"] == "refused"


@pytest.mark.parametrize("rules", [{"moderation_answers": True}])
async def test_an_answer_that_passes_is_shown_whole_with_its_citations(
    tutoring: Tutoring, remote: RemoteServices, rules: dict[str, Any]
) -> None:
    assert rules
    async with tutoring(ScriptedChatModel([[*GOOD]])) as tutor:
        answered = await tutor.ask("What is work?")

    assert answered.text == GOOD
    assert answered.names.count("delta") == 1
    assert answered.data("done")["citations"][0]["n"] == 1
    assert [request.body["input"] for request in remote.requests] == ["What is work?", GOOD]


@pytest.mark.parametrize(
    ("rules", "words", "reason"),
    [
        ({"moderation_without_service": "open"}, GOOD, "stop"),
        ({"moderation_without_service": "closed"}, NOT_CHECKED["en"], "refused"),
    ],
)
async def test_without_the_service_the_setting_decides(
    tutoring: Tutoring, remote: RemoteServices, rules: dict[str, Any], words: str, reason: str
) -> None:
    assert rules
    remote.always = "server_error"
    async with tutoring(ScriptedChatModel([[GOOD], [GOOD]])) as tutor:
        first = await tutor.ask("What is work?")
        second = await tutor.ask("What is power?")

    assert (first.text, first.data("done")["finish_reason"]) == (words, reason)
    assert (second.text, second.data("done")["finish_reason"]) == (words, reason)
    assert len(remote.requests) == 1, "it is left alone after a failure"
