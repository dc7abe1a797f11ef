"""What a call may cost: which chat model its budgets allow, and what it cost in the end."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from uuid_utils.compat import uuid7

from ai.chat.chat_model import ChatRequest, Usage
from ai.routing.deployment import Price, Tier
from ai.routing.metering import AttemptUsage, estimated_usage
from ai.routing.registry import TUTOR
from ai.routing.router import ChosenModel, ModelRouter
from services.budgets import BudgetService, Reservation
from services.usage import UsageRecorder, cost_micro_usd
from storage.errors import StorageUnavailableError

GROUNDED = "grounded"
LOST = "lost"
"""The outcome of an attempt that ended with its process."""
CHARACTERS_PER_TOKEN = 2
"""For an estimate that is rarely too low: English has about four, Hindi about two."""

SOFT_NOTICE = "The budget for chat models is running low, so the cheapest one is asked first."
HARD_NOTICE = "The budget for chat models is used up, so the built-in grounded model answers."

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class PaidCall:
    """One call, of an answer or of a job: who is asked what, and what it cost once it is over.

    Attributes:
        request: To be put to `chosen`, as often as need be but one after the other: its attempts
            are counted together, and each is reserved for.
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
        estimate = _most(request, self._dearest(chosen))
        call_id = uuid7()
        request = replace(request, attribution=replace(request.attribution, call_id=call_id))
        async with self._budgets.reserve(request.attribution, estimate) as reservation:
            allowance = _Reserved(self, call_id, reservation, self._dearest(chosen))
            call = PaidCall(chosen, replace(request, allowance=allowance))
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

    def cost_so_far(self, call: PaidCall) -> int:
        """What a call has cost until now, in millionths of a dollar."""
        call_id = call.request.attribution.call_id
        return 0 if call_id is None else self._usage.cost_so_far(call_id)

    def count_lost(self, call: PaidCall, deployment: str | None, characters: int) -> None:
        """Counts, to a call that goes on with it, an attempt that ended with its process.

        What it took is estimated by the characters it said; of one that said none, or was the
        grounded model's, nothing is counted.
        """
        definition = self._router.registry.deployments.get(deployment or "")
        if definition is None or not characters:
            return
        self._usage.record(
            AttemptUsage(
                deployment=deployment or "",
                wire_model=definition.wire_model,
                outcome=LOST,
                detail="The process that read it ended.",
                usage=estimated_usage(call.request, characters),
                is_estimated=True,
                first_token_seconds=None,
                latency_seconds=0.0,
                price=definition.price,
                prompt=call.request.prompt.reference,
                attribution=call.request.attribution,
            )
        )

    def price_of(self, deployment: str) -> Price | None:
        """What a deployment costs; None where it was taken out of the registry meanwhile."""
        definition = self._router.registry.deployments.get(deployment)
        return None if definition is None else definition.price

    async def reserve_on_top(
        self, call_id: UUID, reservation: Reservation, most_micro_usd: int
    ) -> bool:
        """Whether a call may cost so much on top of what it has cost; that is then reserved."""
        total = self._usage.cost_so_far(call_id) + most_micro_usd
        try:
            return await self._budgets.extend(reservation, total)
        except StorageUnavailableError as error:
            logger.warning("No more is spent on a call, as no budget can be asked: %s", error)
            return False

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


@dataclass(frozen=True, slots=True)
class _Reserved:
    """The allowance of one call: what is reserved for it, and more where more is to be had."""

    spending: Spending
    call_id: UUID
    reservation: Reservation
    dearest: Price

    async def covers(self, deployment: str, request: ChatRequest) -> bool:
        if self.reservation.budgets == 0:
            return True
        price = self.spending.price_of(deployment) or self.dearest
        most = _most(request, price)
        return await self.spending.reserve_on_top(self.call_id, self.reservation, most)


def _most(request: ChatRequest, price: Price) -> int:
    """What one attempt at a deployment costs at most."""
    characters = len(request.prompt.system) + len(request.prompt.user)
    characters += sum(len(turn.content) for turn in request.history)
    if request.continuation is not None:
        characters += len(request.continuation.said) + len(request.continuation.instruction)
    usage = Usage(-(-characters // CHARACTERS_PER_TOKEN), request.max_output_tokens)
    return cost_micro_usd(usage, price)
