"""Schemas of budgets."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.schemas.common import Input, Output
from services.budgets import BudgetPeriod, BudgetScope

MicroUsd = Annotated[int, Field(ge=0, le=10**15, examples=[5_000_000])]


class BudgetPut(Input):
    """The limits of a budget, in millionths of a dollar."""

    scope: BudgetScope = Field(examples=["course"])
    subject_id: UUID | None = Field(
        default=None, description="Of the course, user or job; null for the school."
    )
    period: BudgetPeriod = Field(description="Days and months are those of UTC.")
    soft_limit_micro_usd: MicroUsd = Field(description="From here on the cheapest tier is asked.")
    hard_limit_micro_usd: MicroUsd = Field(description="Never passed: the grounded model answers.")


class BudgetRead(Output):
    """A budget and what is left of it."""

    id: UUID
    scope: BudgetScope
    subject_id: UUID | None
    period: BudgetPeriod
    period_start: date
    soft_limit_micro_usd: int
    hard_limit_micro_usd: int
    spent_micro_usd: int = Field(description="In the period that began at `period_start`.")
    reserved_micro_usd: int = Field(description="Set aside for calls under way.")


class BudgetList(Output):
    """Every budget."""

    items: list[BudgetRead]
