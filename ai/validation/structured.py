"""Output in the shape of a Pydantic model, from any chat model."""

import re
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from ai.chat.chat_model import ChatModel, ChatRequest, ChatTurn
from ai.chat.errors import EmptyAnswerError
from ai.chat.written_text import written_text
from ai.prompts.registry import PromptRegistry
from ai.prompts.rendered_prompt import RenderedPrompt
from ai.validation.errors import OutputInvalidError

REPAIR_PROMPT = "output.repair"
SCHEMA_PROMPT = "output.schema"

Output = TypeVar("Output", bound=BaseModel)

_FENCED = re.compile(r"```(?:json)?\s*\n(.*?)\n\s*```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class StructuredAnswer(Generic[Output]):
    """An output that fits its schema; `is_repaired` says whether it took two turns."""

    output: Output
    is_repaired: bool


class StructuredChat:
    """Asks chat models for JSON objects of a given shape."""

    def __init__(self, prompts: PromptRegistry) -> None:
        self._prompts = prompts

    async def ask(
        self, chat_model: ChatModel, request: ChatRequest, shape: type[Output]
    ) -> StructuredAnswer[Output]:
        """The answer to `request` as a `shape`; where it does not fit, one repair is asked for.

        The schema goes with the request twice: as a parameter, for servers that hold the model to
        it, and in words for all others.

        Raises:
            OutputInvalidError: The repaired output does not fit either; or the grounded model has
                taken over, which cannot write to a schema and is asked for no repair.
            ChatModelError: The chat model failed, or said nothing.
        """
        schema = shape.model_json_schema()
        written = orjson.dumps(schema).decode()
        asked = replace(
            request,
            prompt=_with_schema(request.prompt, self._prompts, written),
            output_schema=schema,
        )
        first = await _whole_text(chat_model, asked)
        try:
            return StructuredAnswer(parsed(first, shape), is_repaired=False)
        except ValidationError as error:
            faults = _faults(error)
        repair = self._prompts.render(REPAIR_PROMPT, schema=written, errors=faults)
        turns = (ChatTurn("user", asked.prompt.user), ChatTurn("assistant", first))
        second = await _whole_text(
            chat_model,
            replace(
                asked,
                prompt=replace(asked.prompt, user=repair.user),
                history=(*request.history, *turns),
            ),
        )
        try:
            return StructuredAnswer(parsed(second, shape), is_repaired=True)
        except ValidationError as error:
            raise OutputInvalidError(chat_model.name, _faults(error)) from error


def parsed(text: str, shape: type[Output]) -> Output:
    """Reads the JSON object of an output, whatever a chat model wrote around it.

    Raises:
        pydantic.ValidationError: There is none, or it does not fit.
    """
    fenced = _FENCED.search(text)
    inner = fenced[1] if fenced is not None else text
    start, end = inner.find("{"), inner.rfind("}")
    found = inner[start : end + 1] if 0 <= start < end else inner
    return shape.model_validate_json(found)


def _with_schema(prompt: RenderedPrompt, prompts: PromptRegistry, schema: str) -> RenderedPrompt:
    instruction = prompts.render(SCHEMA_PROMPT, schema=schema).system
    return replace(prompt, system=f"{prompt.system}\n\n{instruction}")


async def _whole_text(chat_model: ChatModel, request: ChatRequest) -> str:
    written = await written_text(chat_model, request)
    if written.taken_over is not None:
        raise OutputInvalidError(chat_model.name, [written.taken_over])
    if not written.text.strip():
        raise EmptyAnswerError(chat_model.name, "gave an empty output")
    return written.text


def _faults(error: ValidationError) -> list[str]:
    details: list[Any] = error.errors(include_url=False, include_context=False)
    return [f"{'.'.join(map(str, fault['loc'])) or 'output'}: {fault['msg']}" for fault in details]
