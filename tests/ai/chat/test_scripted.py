import pytest

from ai.chat.chat_model import TextDelta
from ai.chat.errors import UpstreamFailedError
from ai.chat.scripted import ScriptedChatModel
from tests.ai.chat.examples import answer, ending, request

ASKED = request("What is work?")


async def test_scripts_are_played_in_order_and_the_last_one_again() -> None:
    model = ScriptedChatModel([["one"], ["two"]])

    answers = [await answer(model, ASKED) for _ in range(3)]

    assert answers == ["one", "two", "two"]


async def test_requests_are_kept_for_the_test_to_look_at() -> None:
    model = ScriptedChatModel([["one"]])

    await answer(model, ASKED)

    assert model.requests == [ASKED]


async def test_an_error_in_the_script_is_raised_after_the_deltas_before_it() -> None:
    model = ScriptedChatModel([["Work ", UpstreamFailedError("scripted", "broke off")]])
    stream = model.stream(ASKED)

    assert await anext(stream) == TextDelta("Work ")
    with pytest.raises(UpstreamFailedError):
        await anext(stream)


async def test_the_finish_reason_is_as_given() -> None:
    model = ScriptedChatModel([["No."]], finish_reason="refused")

    assert (await ending(model, ASKED)).reason == "refused"


def test_a_model_without_a_script_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one script"):
        ScriptedChatModel([])
