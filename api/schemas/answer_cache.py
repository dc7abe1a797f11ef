"""Schemas of the answer cache."""

from pydantic import Field, model_validator

from api.schemas.common import Input, Output, PlainText


class CacheStatisticsRead(Output):
    """What the answer cache did, in all processes, since its counters began."""

    hits_exact: int = Field(description="The same question, asked again.", examples=[120])
    hits_semantic: int = Field(description="A question that means the same.", examples=[31])
    misses: int = Field(examples=[410])
    fills: int = Field(description="Answers that were kept.", examples=[380])
    rejected: int = Field(
        description="Likely hits held back for a number, unit, negation or name.", examples=[12]
    )
    saved_tokens: int = Field(description="Estimated by the answers given again.", examples=[98000])
    saved_micro_usd: int = Field(description="Likewise, in millionths of a dollar.", examples=[410])
    questions: int = Field(description="Questions that can be found by meaning.", examples=[377])
    is_available: bool = Field(description="Whether the cache's Redis answers.")


class CachePurge(Input):
    """Which answers to forget; all where nothing is named."""

    course: PlainText | None = Field(default=None, max_length=100, examples=["physics"])
    tag: PlainText | None = Field(
        default=None,
        max_length=200,
        description="`model:NAME`, `prompt:NAME@VERSION`, `mode:NAME` or `document:ID`.",
        examples=["prompt:tutor.explain@1"],
    )

    @model_validator(mode="after")
    def _refuse_both(self) -> "CachePurge":
        if self.course is not None and self.tag is not None:
            raise ValueError("name a course or a tag, not both")
        return self


class CachePurged(Output):
    """What became of a purge."""

    answers: int = Field(description="Answers that were forgotten.", examples=[42])
