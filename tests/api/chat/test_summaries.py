"""Long conversations: what no longer fits into the memory is summed up, branch by branch."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from ai.chat.chat_model import ChatModel
from ai.chat.grounded import GroundedChatModel
from ai.chat.openai_compatible import OpenAICompatibleChatModel, openai_client
from ai.chat.scripted import ScriptedChatModel
from bootstrap.adapters import Adapters
from models import ConversationSummary
from storage.database import MAINTENANCE
from storage.repositories.answer_ownership import AnswerOwnershipRepository
from tests.api.chat.conftest import Tutor, Tutoring
from tests.support.openai_server import Behaviour, OpenAIServer, ReceivedRequest

pytestmark = pytest.mark.server

SUMMED_UP = "The learner asked of work in place 1."
LONG = "Work is done where a force moves a body [1]. " * 30
"""About 450 tokens: five such answers are more than a conversation remembers."""


@asynccontextmanager
async def upstream(summary: Behaviour) -> AsyncIterator[tuple[OpenAIServer, ChatModel]]:
    """A chat model over HTTP that answers at length, and sums up as told."""

    def behaviour(request: ReceivedRequest) -> Behaviour:
        return summary if sums_up(request) else Behaviour(answer=(LONG,))

    async with OpenAIServer(behaviour) as server:
        client = openai_client(base_url=server.base_url, api_key="key")
        yield server, OpenAICompatibleChatModel(client, "model")
        await client.close()


def sums_up(request: ReceivedRequest) -> bool:
    return "You sum up a conversation" in request.body["messages"][0]["content"]


async def converse(tutor: Tutor, *questions: str, **fields: Any) -> tuple[str, list[str]]:
    """Asks one after the other in one conversation; gives it and the answers' ids."""
    answers = []
    for question in questions:
        answer = await tutor.ask(question, **fields)
        await tutor.app.state.services.answering.summaries_settled()
        fields["conversation_id"] = answer.data("start")["conversation_id"]
        answers.append(answer.message_id)
    return fields["conversation_id"], answers


async def summaries(adapters: Adapters, conversation: str) -> dict[str, ConversationSummary]:
    """Those of a conversation, by the message that each goes up to."""
    statement = select(ConversationSummary).where(
        ConversationSummary.conversation_id == UUID(conversation)
    )
    async with adapters.database.transaction(MAINTENANCE) as session:
        rows = (await session.scalars(statement)).all()
    return {str(row.message_id): row for row in rows}


def numbered(count: int, subject: str = "work") -> list[str]:
    return [f"What is said of {subject} in place {n}?" for n in range(1, count + 1)]


async def test_what_is_forgotten_is_summed_up_and_told_with_the_next_question(
    tutoring: Tutoring, chat_adapters: Adapters
) -> None:
    summary = Behaviour(answer=("The learner asked ", "of work in place 1.\n"))
    async with upstream(summary) as (server, chat_model), tutoring(chat_model) as tutor:
        conversation, answers = await converse(tutor, *numbered(5))
        before = len(server.requests)
        await converse(tutor, "What is friction to a body?", conversation_id=conversation)
        async with chat_adapters.database.transaction(MAINTENANCE) as session:
            orphan = await AnswerOwnershipRepository(session).orphan(
                UUID(answers[-1]), remembered=12
            )

    (asked,) = [request for request in server.requests if sums_up(request)]
    assert "in place 1?" in asked.body["messages"][1]["content"]
    assert "in place 5?" not in asked.body["messages"][1]["content"]
    kept = await summaries(chat_adapters, conversation)
    assert [row.content for row in kept.values()] == [SUMMED_UP]
    assert set(kept) <= set(answers[1:4])
    told = server.requests[before].body["messages"]
    assert f"<summary>\n{SUMMED_UP}\n</summary>" in told[-1]["content"]
    assert not any("in place 1?" in message["content"] for message in told[1:-1])
    assert any("in place 5?" in message["content"] for message in told[1:-1])
    assert orphan.summary == SUMMED_UP


async def test_a_short_conversation_is_not_summed_up(
    tutoring: Tutoring, chat_adapters: Adapters
) -> None:
    model = ScriptedChatModel([["Work [1]."]])
    async with tutoring(model) as tutor:
        conversation, _ = await converse(tutor, *numbered(6))

    assert await summaries(chat_adapters, conversation) == {}
    assert len(model.requests) == 6


async def test_a_long_conversation_has_a_summary_that_runs(
    tutoring: Tutoring, chat_adapters: Adapters
) -> None:
    summary = Behaviour(answer=("What came before.",))
    async with upstream(summary) as (server, chat_model), tutoring(chat_model) as tutor:
        conversation, answers = await converse(tutor, *numbered(10))

    asked = [request for request in server.requests if sums_up(request)]
    assert 2 <= len(asked) < 6
    assert "<summary>" not in asked[0].body["messages"][1]["content"]
    assert "<summary>\nWhat came before.\n</summary>" in asked[1].body["messages"][1]["content"]
    assert "in place 1?" not in asked[1].body["messages"][1]["content"]
    kept = await summaries(chat_adapters, conversation)
    assert len(kept) == len(asked)
    assert set(kept) <= set(answers)


async def test_a_branch_never_sees_what_was_said_beside_it(
    tutoring: Tutoring, chat_adapters: Adapters
) -> None:
    summary = Behaviour(answer=("SECRET of the first branch.",))
    async with upstream(summary) as (server, chat_model), tutoring(chat_model) as tutor:
        conversation, answers = await converse(tutor, *numbered(5))
        first_question = (await tutor.stored(answers[0]))["parent_id"]
        before = len(server.requests)
        await converse(tutor, "What is friction to a body?", edits=first_question)
        await converse(tutor, "What does power mean to a body?", conversation_id=conversation)
        after = server.requests[before:]

    assert await summaries(chat_adapters, conversation)
    assert len(after) == 2
    assert "SECRET" not in str([request.body for request in after])
    assert "of work in place" not in str([request.body for request in after])


async def test_without_a_chat_model_the_summary_is_what_was_said(
    tutoring: Tutoring, chat_adapters: Adapters
) -> None:
    async with tutoring(GroundedChatModel()) as tutor:
        conversation, _ = await converse(
            tutor, *(f"What is the unit of work? Place {n}." for n in range(8))
        )

    (row, *_) = (await summaries(chat_adapters, conversation)).values()
    assert row.model == "grounded"
    assert row.prompt is None
    assert "The learner: What is the unit of work? Place 0." in row.content
    assert "The tutor: Its unit is the joule." in row.content or "The tutor: Work is" in row.content


async def test_where_the_chat_model_fails_the_summary_is_what_was_said(
    tutoring: Tutoring, chat_adapters: Adapters
) -> None:
    summary = Behaviour(fault="server_error")
    async with upstream(summary) as (_, chat_model), tutoring(chat_model) as tutor:
        conversation, _ = await converse(tutor, *numbered(5))

    (row,) = (await summaries(chat_adapters, conversation)).values()
    assert row.model == "grounded"
    first, second, *_ = row.content.splitlines()
    assert first == "The learner: What is said of work in place 1?"
    assert second.startswith("The tutor: Work is done where a force moves a body")
