"""Schemas of usage reports."""

from pydantic import Field

from api.schemas.common import Output
from storage.repositories.usage import UsageGrouping


class UsageTotalRead(Output):
    """What was used under one heading."""

    key: str = Field(description="Day, id or deployment; empty: none.", examples=["2026-11-23"])
    name: str = Field(description="How people call it.", examples=["physics"])
    attempts: int = Field(description="Calls, the failed ones among them.", examples=[14])
    failed: int = Field(examples=[1])
    prompt_tokens: int = Field(examples=[21_000])
    cached_tokens: int = Field(description="Of the prompt's, read cheaply.", examples=[8_000])
    completion_tokens: int = Field(examples=[4_200])
    cost_micro_usd: int = Field(description="In millionths of a dollar.", examples=[15_400])


class UsageReport(Output):
    """Totals under each heading."""

    group_by: UsageGrouping
    totals: list[UsageTotalRead]
