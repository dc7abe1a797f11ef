"""A chat model as jobs ask it: within the budgets, at the job's cost, never the grounded one."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from ai.chat.chat_model import ChatChunk, ChatRequest, TakenOver
from ai.chat.errors import ChatModelUnavailableError, UnaffordableError
from ai.chat.grounded import GROUNDED_NAME
from ai.routing.router import ChosenModel
from services.answering.spending import HARD_NOTICE, Spending
from services.job_running import JobProgress


class PaidChatModel:
    """Reserves before each call, counts its cost to the job, and says when nobody can write.

    The grounded model ends every chain, but writes no such thing as a job wants: where it would
    have to, an error says so.
    """

    def __init__(self, chosen: ChosenModel, spending: Spending, progress: JobProgress) -> None:
        self._chosen = chosen
        self._spending = spending
        self._progress = progress

    @property
    def name(self) -> str:
        """The name of the chain."""
        return self._chosen.chat_model.name

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatChunk, None]:
        """Streams what the chat model says.

        Raises:
            UnaffordableError: A budget is used up.
            ChatModelUnavailableError: Every deployment of the chain has failed.
            ChatModelError: As the chat model does.
        """
        async with self._spending.call(self._chosen, request) as call:
            if not call.may_be_paid:
                raise UnaffordableError(self.name, HARD_NOTICE)
            chat_model = call.chosen.chat_model
            try:
                async with aclosing(chat_model.stream(call.request)) as chunks:
                    async for chunk in chunks:
                        if isinstance(chunk, TakenOver) and chunk.by == GROUNDED_NAME:
                            raise _gave_up(chunk)
                        yield chunk
            finally:
                self._progress.cost_micro_usd += self._spending.cost_so_far(call)


def _gave_up(chunk: TakenOver) -> ChatModelUnavailableError:
    kind = UnaffordableError if chunk.cause == "budget" else ChatModelUnavailableError
    return kind(chunk.model, chunk.detail)
