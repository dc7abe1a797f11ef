"""What an answer is worth: refusals are named, confidence is stated, prompts are in use, titles."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from ai.chat.chat_model import ChatChunk, ChatRequest
from ai.chat.errors import UpstreamFailedError
from ai.chat.grounded import GroundedChatModel
from ai.chat.scripted import ScriptedChatModel
from bootstrap.adapters import Adapters
from tests.api.chat.conftest import Tutor, Tutoring
from tests.support.service import Person

pytestmark = pytest.mark.server

QUESTION = "What is work in physics?"
ANSWER = "Work is the product of force and displacement [1]."
TITLE = ['{"title": "Work and its unit"}']


@pytest.fixture
def chat_adapters(chat_adapters: Adapters) -> Adapters:
    settings = chat_adapters.settings.model_copy(
        update={"conversation_titles": True, "answer_cache": False}
    )
    return replace(chat_adapters, settings=settings)


async def conversation(tutor: Tutor, conversation_id: str) -> dict[str, Any]:
    read: dict[str, Any] = (await tutor.http.get(f"/conversations/{conversation_id}")).json()
    return read


async def title_after(tutor: Tutor) -> str:
    """The title of the conversation of one question, once its titling has ended."""
    conversation_id = (await tutor.post(QUESTION)).json()["conversation_id"]
    await tutor.app.state.services.answering.titles_settled()
    return str((await conversation(tutor, conversation_id))["title"])


class HeldChatModel(ScriptedChatModel):
    """Says its first script at once, and the others when it may."""

    def __init__(self, scripts: Sequence[Sequence[str]]) -> None:
        super().__init__(scripts)
        self.may_go_on = asyncio.Event()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        if self.requests:
            await self.may_go_on.wait()
        async with aclosing(super().stream(request)) as chunks:
            async for chunk in chunks:
                yield chunk


async def test_a_refusal_ends_as_one(tutoring: Tutoring) -> None:
    async with tutoring(
        ScriptedChatModel([["I'm sorry, but I can't ", "help with that."]])
    ) as tutor:
        answer = (await tutor.post(QUESTION)).json()
        stored = await tutor.stored(answer["message_id"])

    assert answer["finish_reason"] == "refused"
    assert (stored["status"], stored["confidence"]) == ("complete", 0)


async def test_confidence_is_bounded_by_the_supported_share(tutoring: Tutoring) -> None:
    half = f"{ANSWER} Napoleon was an emperor of the French in those days."
    async with tutoring(ScriptedChatModel([[half]])) as tutor:
        answer = (await tutor.post(QUESTION)).json()

    assert 0 < answer["confidence"] < 0.6


async def test_a_new_conversation_gets_a_title_from_the_chat_model(tutoring: Tutoring) -> None:
    model = ScriptedChatModel([[ANSWER], TITLE])

    async with tutoring(model) as tutor:
        title = await title_after(tutor)

    asked = model.requests[1]
    assert title == "Work and its unit"
    assert asked.prompt.reference == "conversation.title@1"
    assert QUESTION in asked.prompt.user
    assert asked.attribution.purpose == "jobs"


@pytest.mark.parametrize("reply", ["no JSON", '{"title": ""}', '{"title": "a\\u0000b"}'])
async def test_a_title_that_cannot_be_had_leaves_the_question_as_title(
    tutoring: Tutoring, reply: str
) -> None:
    model = ScriptedChatModel([[ANSWER], [reply]])

    async with tutoring(model) as tutor:
        assert await title_after(tutor) == QUESTION
    assert len(model.requests) == 3


async def test_a_model_that_fails_to_title_is_not_asked_for_a_repair(tutoring: Tutoring) -> None:
    model = ScriptedChatModel([[ANSWER], [UpstreamFailedError("scripted", "away")]])

    async with tutoring(model) as tutor:
        assert await title_after(tutor) == QUESTION
    assert len(model.requests) == 2


async def test_the_grounded_model_titles_nothing(tutoring: Tutoring) -> None:
    async with tutoring(GroundedChatModel()) as tutor:
        assert await title_after(tutor) == QUESTION


async def test_a_title_that_its_owner_gave_meanwhile_stays(tutoring: Tutoring) -> None:
    model = HeldChatModel([[ANSWER], TITLE])

    async with tutoring(model) as tutor:
        conversation_id = (await tutor.post(QUESTION)).json()["conversation_id"]
        await tutor.http.patch(f"/conversations/{conversation_id}", json={"title": "Mine"})
        model.may_go_on.set()
        await tutor.app.state.services.answering.titles_settled()

        assert (await conversation(tutor, conversation_id))["title"] == "Mine"
    assert len(model.requests) == 2


async def test_answers_use_the_version_in_use_and_record_it(
    tutoring: Tutoring, admin: Person
) -> None:
    model = ScriptedChatModel([[ANSWER]])
    path = "/admin/prompts/tutor.explain"
    body = (
        "{% block system %}In verse, for {{ level }} of {{ course_title }}.{% endblock %}"
        "{% block user %}{% for s in sources %}{{ s.text | as_data }}{% endfor %}"
        "{{ question | as_data }}{% endblock %}"
    )
    async with tutoring(model) as tutor:
        written = await tutor.http.post(
            f"{path}/versions",
            json={"body": body, "description": "In verse."},
            headers=admin.headers,
        )
        version = written.json()["version"]
        try:
            await tutor.http.post(
                f"{path}/activate", json={"version": version}, headers=admin.headers
            )
            changed = (await tutor.post(QUESTION)).json()
            shown = model.requests[0].prompt.system
        finally:
            await tutor.http.post(f"{path}/rollback", headers=admin.headers)
        before = (await tutor.post(QUESTION)).json()

    assert changed["prompt"] == f"tutor.explain@{version}"
    assert shown.startswith("In verse, for ")
    assert before["prompt"] == "tutor.explain@3"
