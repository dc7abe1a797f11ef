"""A chat model that says what it was told to, for tests and demonstrations."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence

from ai.chat.chat_model import ChatChunk, ChatRequest, Finished, FinishReason, TextDelta, Usage
from ai.chat.errors import ChatModelError


class ScriptedChatModel:
    """Plays one script per request, in order; the last one again for all that follow.

    A script is a sequence of steps: a string is given as a delta, a `ChatModelError` is raised,
    a number is a pause in seconds. Requests are kept for a test to look at.

    Attributes:
        requests: Every request streamed so far, in order.
    """

    def __init__(
        self,
        scripts: Iterable[Sequence[str | float | ChatModelError]],
        *,
        name: str = "scripted",
        finish_reason: FinishReason = "stop",
    ) -> None:
        self._scripts = tuple(tuple(script) for script in scripts)
        if not self._scripts:
            raise ValueError("ScriptedChatModel needs at least one script")
        self._name = name
        self._finish_reason: FinishReason = finish_reason
        self.requests: list[ChatRequest] = []

    @property
    def name(self) -> str:
        """The name given at construction."""
        return self._name

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        """Plays the next script.

        Raises:
            ChatModelError: Where the script says so.
        """
        script = self._scripts[min(len(self.requests), len(self._scripts) - 1)]
        self.requests.append(request)
        completion_tokens = 0
        for step in script:
            if isinstance(step, ChatModelError):
                raise step
            if isinstance(step, str):
                completion_tokens += 1
                yield TextDelta(step)
            else:
                await asyncio.sleep(step)
        prompt_tokens = len(f"{request.prompt.system} {request.prompt.user}".split())
        yield Finished(self._finish_reason, Usage(prompt_tokens, completion_tokens))
