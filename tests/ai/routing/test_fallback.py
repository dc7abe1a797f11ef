import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from ai.chat.chat_model import ChatChunk, ChatModel, ChatRequest, Finished, TakenOver, TextDelta
from ai.chat.errors import (
    ChatModelError,
    RequestRejectedError,
    UpstreamFailedError,
    UpstreamTimedOutError,
    WrongApiKeyError,
)
from ai.chat.scripted import ScriptedChatModel
from ai.routing.fallback import FallbackChatModel
from tests.ai.chat.examples import chunks, ending, request

ASKED = request("What is work?")
CUT = UpstreamFailedError("gpt", "cut off")
FAILING = ScriptedChatModel([[UpstreamTimedOutError("gpt", "silent")]], name="gpt")


def grounded() -> ScriptedChatModel:
    script = ["Work is force times displacement [1]. ", "Its unit is the joule [2]."]
    return ScriptedChatModel([script], name="grounded")


def chain(*models: ChatModel, last: ChatModel | None = None, seconds: float = 60) -> ChatModel:
    return FallbackChatModel(
        models, last or grounded(), instruction="Go on.", answer_seconds=seconds
    )


def text_of(streamed: Sequence[ChatChunk]) -> str:
    return "".join(chunk.text for chunk in streamed if isinstance(chunk, TextDelta))


def takeovers(streamed: Sequence[ChatChunk]) -> list[TakenOver]:
    return [chunk for chunk in streamed if isinstance(chunk, TakenOver)]


async def test_a_model_that_works_is_passed_through() -> None:
    streamed = await chunks(chain(ScriptedChatModel([["Hello", " there"]])), ASKED)

    assert text_of(streamed) == "Hello there"
    assert isinstance(streamed[-1], Finished)
    assert takeovers(streamed) == []


@pytest.mark.parametrize("script", [["[1]"], ["[", "1", "]", " ."], [" ", "\n", "…"]])
async def test_an_answer_that_says_nothing_is_answered_by_the_next_model(script) -> None:
    empty = ScriptedChatModel([script], name="gpt")

    streamed = await chunks(chain(empty, ScriptedChatModel([["Work is energy."]], name="c")), ASKED)

    assert streamed[0] == TakenOver(
        "gpt", "c", "The chat model “gpt” gave an empty answer, so “c” answers."
    )
    assert text_of(streamed) == "Work is energy."


async def test_signs_before_the_first_word_are_kept() -> None:
    model = ScriptedChatModel([["\n", "- [1] ", "Work", " is energy."]])

    assert text_of(await chunks(chain(model), ASKED)) == "\n- [1] Work is energy."


async def test_before_the_first_word_the_next_model_answers_with_one_notice() -> None:
    second = ScriptedChatModel([[UpstreamFailedError("b", "500")]], name="b")
    third = ScriptedChatModel([["Work is energy."]], name="c")

    streamed = await chunks(chain(FAILING, second, third), ASKED)

    assert streamed[0] == TakenOver(
        "gpt", "c", "The chat model “gpt” did not answer in time, so “c” answers."
    )
    assert len(takeovers(streamed)) == 1
    assert text_of(streamed) == "Work is energy."
    assert third.requests[0].continuation is None


async def test_after_it_the_next_model_goes_on_from_what_was_said() -> None:
    first = ScriptedChatModel([["Work is force ", "times ", CUT]], name="gpt")
    second = ScriptedChatModel([["force times ", "displacement."]], name="b")

    streamed = await chunks(chain(first, second), ASKED)

    assert text_of(streamed) == "Work is force times displacement."
    continuation = second.requests[0].continuation
    assert continuation is not None
    assert (continuation.said, continuation.instruction) == ("Work is force times ", "Go on.")
    assert takeovers(streamed)[0].detail.endswith("so “b” finishes this answer.")


async def test_usage_counts_what_both_read_and_wrote() -> None:
    first = ScriptedChatModel([["x" * 40, CUT]], name="gpt")
    second = ScriptedChatModel([["one", "two"]], name="b")
    alone = await ending(second, ASKED)

    streamed = await chunks(chain(first, second), ASKED)

    asked_characters = len(ASKED.prompt.system) + len(ASKED.prompt.user)
    assert isinstance(streamed[-1], Finished)
    assert streamed[-1].usage.completion_tokens == 2 + 10
    assert streamed[-1].usage.prompt_tokens == alone.usage.prompt_tokens + asked_characters // 4


class Purse:
    """Covers some deployments and not others; notes what each was to be asked."""

    def __init__(self, *covered: str) -> None:
        self.covered = covered
        self.asked: list[tuple[str, str]] = []

    async def covers(self, deployment: str, request: ChatRequest) -> bool:
        said = "" if request.continuation is None else request.continuation.said
        self.asked.append((deployment, said))
        return deployment in self.covered


async def test_a_model_that_the_allowance_does_not_cover_is_passed_over() -> None:
    purse = Purse("gpt", "c")
    first = ScriptedChatModel([["Work is ", CUT]], name="gpt")
    dear = ScriptedChatModel([["never"]], name="b")
    third = ScriptedChatModel([["energy."]], name="c")

    streamed = await chunks(chain(first, dear, third), replace(ASKED, allowance=purse))

    assert text_of(streamed) == "Work is energy."
    assert dear.requests == []
    assert purse.asked == [("gpt", ""), ("b", "Work is "), ("c", "Work is ")]
    assert takeovers(streamed) == [
        TakenOver(
            "b",
            "c",
            "The chat model “b” would cost more than the budget has left, so “c” finishes this"
            " answer.",
            "budget",
        )
    ]


async def test_two_models_that_break_off_one_after_the_other_are_both_told() -> None:
    first = ScriptedChatModel([["Work is ", CUT]], name="gpt")
    second = ScriptedChatModel([["force ", UpstreamFailedError("b", "cut off")]], name="b")
    third = ScriptedChatModel([["times displacement."]], name="c")

    streamed = await chunks(chain(first, second, third), ASKED)

    assert text_of(streamed) == "Work is force times displacement."
    assert [(t.model, t.by) for t in takeovers(streamed)] == [("gpt", "b"), ("b", "c")]


async def test_the_grounded_model_answers_where_all_fail_before_a_word() -> None:
    model = ScriptedChatModel([[WrongApiKeyError("gpt", "401")]], name="gpt")

    streamed = await chunks(chain(model), ASKED)

    assert streamed[0] == TakenOver(
        "gpt",
        "grounded",
        "The chat model “gpt” does not accept the API key, so the built-in grounded model answers.",
    )
    assert text_of(streamed) == "Work is force times displacement [1]. Its unit is the joule [2]."


async def test_the_grounded_model_closes_a_broken_answer_with_what_was_not_said() -> None:
    model = ScriptedChatModel([["Work is force times displacement [1]. It is mea", CUT]])

    streamed = await chunks(chain(model), ASKED)

    assert text_of(streamed) == (
        "Work is force times displacement [1]. It is mea…\n\nIts unit is the joule [2]."
    )
    assert isinstance(streamed[-1], Finished)
    assert "finishes this answer" in takeovers(streamed)[0].detail


async def test_an_open_code_block_is_closed() -> None:
    streamed = await chunks(chain(ScriptedChatModel([["```python\nprint(", CUT]])), ASKED)

    assert text_of(streamed).startswith("```python\nprint(\n```\n\nWork is")


async def test_a_failing_grounded_model_is_an_error() -> None:
    broken = ScriptedChatModel([[UpstreamFailedError("grounded", "broken")]], name="grounded")

    with pytest.raises(ChatModelError):
        await chunks(chain(FAILING, last=broken), ASKED)


async def test_a_request_one_model_rejects_is_put_to_the_next() -> None:
    small = ScriptedChatModel([[RequestRejectedError("gpt", "too long")]], name="gpt")

    streamed = await chunks(chain(small, ScriptedChatModel([["Yes."]], name="b")), ASKED)

    assert text_of(streamed) == "Yes."


async def test_once_the_time_is_over_only_the_grounded_model_is_asked() -> None:
    slow = ScriptedChatModel([[0.05, UpstreamTimedOutError("gpt", "silent")]], name="gpt")
    never = ScriptedChatModel([["never"]], name="b")

    streamed = await chunks(chain(slow, never, seconds=0.02), ASKED)

    assert never.requests == []
    assert text_of(streamed).startswith("Work is force")


async def test_every_model_is_told_when_the_answer_must_be_over() -> None:
    model = ScriptedChatModel([["Yes."]], name="b")
    before = asyncio.get_running_loop().time()

    await chunks(chain(model, seconds=60), ASKED)

    deadline = model.requests[0].deadline
    assert deadline is not None
    assert before + 59 < deadline < before + 61
