import numpy as np
import pytest

from ai.chat.chat_model import ChatRequest, Finished, TextDelta
from ai.chat.errors import ChatModelError, UpstreamFailedError, WrongApiKeyError
from ai.chat.scripted import ScriptedChatModel
from ai.prompts.rendered_prompt import RenderedPrompt
from services.answering.generation import TakenOver, generate

REQUEST = ChatRequest(
    RenderedPrompt("tutor.explain@1", "system", "user"), "q", np.zeros(3, np.float32), ()
)
GROUNDED = ScriptedChatModel(
    [["Work is force times displacement [1]. ", "Its unit is the joule [2]."]], name="grounded"
)


async def pieces(model: ScriptedChatModel, grounded: ScriptedChatModel = GROUNDED) -> list:
    return [piece async for piece in generate(model, grounded, REQUEST)]


def text_of(made: list) -> str:
    return "".join(piece.text for piece in made if isinstance(piece, TextDelta))


async def test_a_model_that_works_is_passed_through() -> None:
    made = await pieces(ScriptedChatModel([["Hello", " there"]]))

    assert text_of(made) == "Hello there"
    assert isinstance(made[-1], Finished)
    assert not any(isinstance(piece, TakenOver) for piece in made)


async def test_a_failure_before_the_first_word_hands_over_with_the_reason() -> None:
    model = ScriptedChatModel([[WrongApiKeyError("gpt", "401")]], name="gpt")

    made = await pieces(model)

    assert made[0] == TakenOver(
        "gpt",
        "grounded",
        "The chat model “gpt” does not accept the API key, so the built-in grounded model answers.",
    )
    assert text_of(made) == "Work is force times displacement [1]. Its unit is the joule [2]."


async def test_a_failure_in_mid_answer_is_closed_with_what_was_not_said() -> None:
    model = ScriptedChatModel(
        [["Work is force times displacement [1]. It is mea", UpstreamFailedError("gpt", "cut off")]]
    )

    made = await pieces(model)

    assert text_of(made) == (
        "Work is force times displacement [1]. It is mea…\n\nIts unit is the joule [2]."
    )
    assert isinstance(made[-1], Finished)
    assert "finishes this answer" in next(p for p in made if isinstance(p, TakenOver)).detail


async def test_an_open_code_block_is_closed() -> None:
    model = ScriptedChatModel([["```python\nprint(", UpstreamFailedError("gpt", "cut off")]])

    made = await pieces(model)

    assert text_of(made).startswith("```python\nprint(\n```\n\nWork is")


async def test_a_failing_grounded_model_is_an_error() -> None:
    grounded = ScriptedChatModel([[UpstreamFailedError("grounded", "broken")]])

    with pytest.raises(ChatModelError):
        await pieces(grounded, grounded)
