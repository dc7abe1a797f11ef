"""Which chat model answers, and what happens when it cannot."""

import logging

import pytest

from ai.chat.errors import UpstreamFailedError, WrongApiKeyError
from ai.chat.openai_compatible import OpenAICompatibleChatModel, TimeLimits, openai_client
from ai.chat.scripted import ScriptedChatModel
from tests.api.chat.conftest import Tutoring
from tests.support.openai_server import Behaviour, Fault, OpenAIServer

pytestmark = pytest.mark.server


async def test_an_unknown_model_is_answered_by_the_configured_one_with_a_notice(
    tutoring: Tutoring,
) -> None:
    async with tutoring(ScriptedChatModel([["Work [1]."]], name="gpt")) as tutor:
        answer = await tutor.ask("What is work?", model="no-such-model")

    assert answer.names == ["start", "sources", "notice", "delta", "done"]
    assert answer.data("notice") == {
        "code": "unknown_model",
        "detail": "There is no chat model “no-such-model” here, so “gpt” answers.",
    }
    assert answer.data("done")["model"] == "gpt"


@pytest.mark.parametrize("name", ["tutor", "gpt"])
async def test_the_configured_model_is_known_by_alias_and_name(
    tutoring: Tutoring, name: str
) -> None:
    async with tutoring(ScriptedChatModel([["Work [1]."]], name="gpt")) as tutor:
        answer = await tutor.ask("What is work?", model=name)

    assert "notice" not in answer.names


async def test_the_grounded_model_may_be_asked_for(tutoring: Tutoring) -> None:
    async with tutoring(ScriptedChatModel([["never asked"]], name="gpt")) as tutor:
        answer = await tutor.ask("What is the unit of work?", model="grounded")

    assert "joule" in answer.text
    assert answer.data("start")["model"] == "grounded"


async def test_a_failure_before_the_first_word_lets_the_grounded_model_answer(
    tutoring: Tutoring, caplog: pytest.LogCaptureFixture
) -> None:
    model = ScriptedChatModel([[WrongApiKeyError("gpt", "401")]], name="gpt")
    async with tutoring(model) as tutor:
        answer = await tutor.ask("What is the unit of work?")
        stored = await tutor.stored(answer.message_id)

    assert answer.names[2] == "notice"
    assert answer.data("notice")["code"] == "fallback"
    assert "API key" in answer.data("notice")["detail"]
    assert "joule" in answer.text
    assert answer.data("done")["model"] == stored["model"] == "grounded"
    assert [record.levelno for record in caplog.records].count(logging.WARNING) == 1


async def test_a_failure_in_mid_answer_is_finished_by_the_grounded_model(
    tutoring: Tutoring,
) -> None:
    said = "Work is the product of force and displa"
    model = ScriptedChatModel([[said, 0.01, UpstreamFailedError("gpt", "cut off")]], name="gpt")
    async with tutoring(model) as tutor:
        answer = await tutor.ask("What is the unit of work?")
        stored = await tutor.stored(answer.message_id)

    assert answer.text.startswith(said + "…\n\n")
    assert "joule" in answer.text
    assert answer.data("notice")["code"] == "fallback"
    assert answer.data("done")["citations"]
    assert stored["content"] == answer.text


FAULTS: tuple[Fault, ...] = (
    "wrong_key",
    "unknown_model",
    "rate_limited",
    "server_error",
    "hang_before_headers",
    "cut_off_before_headers",
    "malformed_chunk",
    "cut_off_in_mid_stream",
)


@pytest.mark.parametrize("fault", FAULTS)
async def test_whatever_the_upstream_does_the_answer_is_complete_and_the_next_one_works(
    tutoring: Tutoring, fault: Fault
) -> None:
    behaviours = [Behaviour(fault=fault), Behaviour()]
    limits = TimeLimits(first_token_seconds=0.3, between_tokens_seconds=0.3)
    async with (
        OpenAIServer(behaviours) as upstream,
        openai_client(base_url=upstream.base_url, api_key="k", limits=limits) as client,
        tutoring(OpenAICompatibleChatModel(client, "m", limits=limits)) as tutor,
    ):
        faulty = await tutor.ask("What is the unit of work?")
        sound = await tutor.ask("What is the unit of work?")

    assert faulty.names[-1] == sound.names[-1] == "done"
    assert "notice" in faulty.names
    assert faulty.text
    assert sound.text
