"""What a call may cost: which chat model its budgets allow, and what it cost in the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from decimal import Decimal

from uuid_utils.compat import uuid7

from ai.chat.chat_model import ChatRequest, Usage
from ai.routing.deployment import Price, Tier
from ai.routing.registry import TUTOR
from ai.routing.router import ChosenModel, ModelRouter
from services.budgets import BudgetService
from services.usage import UsageRecorder, cost_micro_usd

GROUNDED = "grounded"
CHARACTERS_PER_TOKEN = 2
"""For an estimate that is rarely too low: English has about four, Hindi about two."""

SOFT_NOTICE = "The budget for chat models is running low, so the cheapest one is asked first."
HARD_NOTICE = "The budget for chat models is used up, so the built-in grounded model answers."


@dataclass(slots=True)
class PaidCall:
    """One call, of an answer or of a job: who is asked what, and what it cost once it is over.

    Attributes:
        request: To be put to `chosen`, as often as need be: its attempts are counted together.
        notice: What the reader should know of the budget.
        may_be_paid: False where only the grounded model, which is free, may answer.
    """

    chosen: ChosenModel
    request: ChatRequest
    notice: str | None = None
    may_be_paid: bool = True
    cost_micro_usd: int = 0


class Spending:
    """Reserves before a call, chooses by what is left, settles after it."""

    def __init__(self, router: ModelRouter, usage: UsageRecorder, budgets: BudgetService) -> None:
        self._router = router
        self._usage = usage
        self._budgets = budgets

    @asynccontextmanager
    async def call(self, chosen: ChosenModel, request: ChatRequest) -> AsyncIterator[PaidCall]:
        """The call that the budgets allow, in the place of the one chosen.

        Raises:
            StorageUnavailableError: the budgets cannot be asked.
        """
        estimate = self._estimate(chosen, request)
        call_id = uuid7()
        request = replace(request, attribution=replace(request.attribution, call_id=call_id))
        async with self._budgets.reserve(request.attribution, estimate) as reservation:
            call = PaidCall(chosen, request)
            if reservation.standing == "exhausted":
                call.chosen, call.notice = self._router.choose(GROUNDED), HARD_NOTICE
                call.may_be_paid = False
            elif reservation.standing == "past_soft_limit":
                call.chosen = self._router.choose(chosen.asked_as, Tier.SIMPLE)
                call.notice = SOFT_NOTICE
            try:
                yield call
            finally:
                call.cost_micro_usd = self._usage.take_cost(call_id)
                reservation.cost_micro_usd = call.cost_micro_usd

    def _estimate(self, chosen: ChosenModel, request: ChatRequest) -> int:
        """What the call costs at most at the dearest deployment that may answer it."""
        characters = len(request.prompt.system) + len(request.prompt.user)
        characters += sum(len(turn.content) for turn in request.history)
        usage = Usage(-(-characters // CHARACTERS_PER_TOKEN), request.max_output_tokens)
        return cost_micro_usd(usage, self._dearest(chosen))

    def _dearest(self, chosen: ChosenModel) -> Price:
        """The highest prices of the chain; behind a deployment's own name the tutor's stand too."""
        registry = self._router.registry
        names = {*(registry.behind(chosen.asked_as) or ()), *(registry.behind(TUTOR) or ())}
        deployments = registry.deployments
        prices = [deployments[name].price for name in names if name in deployments]
        return Price(
            input=max((price.input for price in prices), default=Decimal(0)),
            output=max((price.output for price in prices), default=Decimal(0)),
        )
