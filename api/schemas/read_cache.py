"""Schemas of the cache of reads."""

from pydantic import Field

from api.schemas.common import Input, Output, PlainText


class ReadCacheStatisticsRead(Output):
    """What the cache of reads did, in all processes, since its counters began."""

    unchanged: int = Field(
        description="Requests answered 304: what the caller had was still so.", examples=[900]
    )
    hits: int = Field(description="Bodies given again.", examples=[410])
    misses: int = Field(description="Bodies made anew.", examples=[120])
    fills: int = Field(description="Bodies kept.", examples=[118])
    too_large: int = Field(description="Bodies past the limit, not kept.", examples=[2])
    is_available: bool = Field(description="Whether the cache's Redis answers.")


class ReadCachePurge(Input):
    """What to make old; all where no course is named."""

    course: PlainText | None = Field(default=None, max_length=100, examples=["physics"])


class ReadCachePurged(Output):
    """What became of a purge."""

    courses: int = Field(description="Courses whose kept reads are old now.", examples=[1])
