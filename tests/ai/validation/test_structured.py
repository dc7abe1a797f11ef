"""Output in a given shape: parsed, mended once, or given up with the reasons."""

from dataclasses import replace

import pytest
from pydantic import BaseModel, Field

from ai.chat.errors import EmptyAnswerError, UpstreamFailedError
from ai.chat.grounded import GroundedChatModel
from ai.chat.openai_compatible import ChatModelProfile, OpenAICompatibleChatModel, openai_client
from ai.chat.scripted import ScriptedChatModel
from ai.prompts.registry import built_in_prompts
from ai.validation.errors import OutputInvalidError
from ai.validation.structured import StructuredChat
from tests.ai.chat.examples import WORK, passage, request
from tests.support.chat_models import router_over
from tests.support.openai_server import Behaviour, OpenAIServer

REQUEST = request("Give it a title.")
CHAT = StructuredChat(built_in_prompts())


class Title(BaseModel):
    title: str = Field(max_length=10)


@pytest.mark.parametrize(
    "text",
    [
        '{"title": "Work"}',
        ' \n{"title": "Work"}\n',
        '```json\n{"title": "Work"}\n```',
        'Here it is:\n```\n{"title": "Work"}\n```\nDone.',
        'The title is {"title": "Work"}.',
    ],
)
async def test_an_object_is_read_whatever_stands_around_it(text: str) -> None:
    model = ScriptedChatModel([[text[:5], text[5:]]])

    answer = await CHAT.ask(model, REQUEST, Title)

    assert answer.output == Title(title="Work")
    assert not answer.is_repaired
    assert len(model.requests) == 1


async def test_the_schema_goes_along_as_a_parameter_and_in_words() -> None:
    model = ScriptedChatModel([['{"title": "Work"}']])

    await CHAT.ask(model, REQUEST, Title)

    asked = model.requests[0]
    assert asked.output_schema == Title.model_json_schema()
    assert '"maxLength":10' in asked.prompt.system
    assert asked.prompt.user == REQUEST.prompt.user
    assert asked.prompt.reference == REQUEST.prompt.reference


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ('{"title": "Work and power"}', "title: String should have at most 10 characters"),
        ('{"name": "Work"}', "title: Field required"),
        ("Work", "output: Invalid JSON"),
        ('{"title": ', "output: Invalid JSON"),
    ],
)
async def test_what_does_not_fit_is_asked_for_once_more_with_its_faults(
    wrong: str, fault: str
) -> None:
    model = ScriptedChatModel([[wrong], ['{"title": "Work"}']])

    answer = await CHAT.ask(model, REQUEST, Title)

    first, second = model.requests
    assert answer.output == Title(title="Work")
    assert answer.is_repaired
    assert fault in second.prompt.user
    assert [turn.content for turn in second.history] == [first.prompt.user, wrong]


async def test_after_one_repair_it_is_given_up_with_the_faults() -> None:
    model = ScriptedChatModel([["no"]])

    with pytest.raises(OutputInvalidError, match="Invalid JSON") as given_up:
        await CHAT.ask(model, REQUEST, Title)

    assert given_up.value.model == "scripted"
    assert len(model.requests) == 2


async def test_an_empty_output_is_a_failure_of_the_model() -> None:
    with pytest.raises(EmptyAnswerError):
        await CHAT.ask(ScriptedChatModel([[" ", "\n"]]), REQUEST, Title)


async def test_a_failing_model_is_not_asked_again() -> None:
    model = ScriptedChatModel([[UpstreamFailedError("scripted", "away")]])

    with pytest.raises(UpstreamFailedError):
        await CHAT.ask(model, REQUEST, Title)

    assert len(model.requests) == 1


async def test_the_grounded_model_cannot_write_to_a_schema() -> None:
    asked = replace(REQUEST, question="What is work?", passages=(passage(1, WORK),))

    with pytest.raises(OutputInvalidError):
        await CHAT.ask(GroundedChatModel(), asked, Title)


@pytest.mark.parametrize("takes_json_schema", [True, False])
async def test_a_server_gets_the_schema_where_its_profile_says_so(takes_json_schema: bool) -> None:
    async with OpenAIServer([Behaviour(answer=('{"title": ', '"Work"}'))]) as server:
        client = openai_client(base_url=server.base_url, api_key="key")
        profile = ChatModelProfile(takes_json_schema=takes_json_schema)
        async with client:
            model = OpenAICompatibleChatModel(client, "gpt", profile=profile)
            answer = await CHAT.ask(model, REQUEST, Title)
        sent = server.requests[0].body

    assert answer.output.title == "Work"
    assert ("response_format" in sent) is takes_json_schema
    if takes_json_schema:
        assert sent["response_format"]["json_schema"]["schema"] == Title.model_json_schema()


async def test_where_the_grounded_model_takes_over_no_repair_is_asked_for() -> None:
    failing = ScriptedChatModel([[UpstreamFailedError("m", "away")]], name="m")
    chat_model = router_over(failing).choose().chat_model

    with pytest.raises(OutputInvalidError):
        await CHAT.ask(chat_model, REQUEST, Title)

    assert len(failing.requests) == 1
