"""A deployment and an alias, as an operator writes them."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, JsonValue, TypeAdapter
from pydantic.functional_validators import AfterValidator

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$"
KEY_PATTERN = r"^(env:[A-Z][A-Z0-9_]*_API_KEY|file:/[^\x00]+)$"

Name = Annotated[str, Field(pattern=NAME_PATTERN, examples=["gpt-small"])]
Provider = Literal[
    "openai", "azure", "ollama", "vllm", "llama_cpp", "openrouter", "openai_compatible"
]
Capability = Literal["streaming", "json_schema", "vision", "speech", "embeddings"]
Strategy = Literal[
    "in_order", "round_robin", "weighted", "least_busy", "lowest_latency", "cheapest"
]
Seconds = Annotated[float, Field(gt=0, le=3600)]
UsdPerMillion = Annotated[Decimal, Field(ge=0, le=100_000, allow_inf_nan=False)]

_HTTP_URL: TypeAdapter[HttpUrl] = TypeAdapter(HttpUrl)


class Tier(StrEnum):
    """How demanding the questions are that a deployment is meant for, from easy to hard."""

    SIMPLE = "simple"
    STANDARD = "standard"
    COMPLEX = "complex"

    @property
    def rank(self) -> int:
        """Its place from 0, the simplest."""
        return list(Tier).index(self)


def _require_http_url(value: str) -> str:
    _HTTP_URL.validate_python(value)
    return value.rstrip("/")


class _Definition(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Price(_Definition):
    """What a deployment costs, in US dollars per million tokens."""

    input: UsdPerMillion = Decimal(0)
    cached_input: UsdPerMillion | None = None
    """None: as `input`."""
    output: UsdPerMillion = Decimal(0)


class Limits(_Definition):
    """How much a deployment may be asked at once, and how long it may take."""

    concurrent: int = Field(default=256, ge=1, le=100_000)
    """Calls at a time from one process for chat; jobs get a quarter of it on top."""
    waiting: int = Field(default=64, ge=0, le=100_000)
    """Calls that may wait for a place; the next is refused at once."""
    waiting_seconds: Seconds = 2.0
    attempts: int = Field(default=2, ge=1, le=10)
    """How often one call is tried before the first token, the first time included."""
    connect_seconds: Seconds = 5.0
    first_token_seconds: Seconds = 20.0
    between_tokens_seconds: Seconds = 15.0
    answer_seconds: Seconds = 240.0


class Deployment(_Definition):
    """A chat model at one place: provider, address, key, limits, price."""

    provider: Provider = Field(examples=["openai"])
    base_url: Annotated[str, AfterValidator(_require_http_url)] = Field(
        examples=["https://api.openai.com/v1"]
    )
    key: str | None = Field(default=None, pattern=KEY_PATTERN, examples=["env:OPENAI_API_KEY"])
    """Where the key is found, never the key; None for servers that need none."""
    wire_model: str = Field(min_length=1, max_length=200, examples=["gpt-5-mini"])
    """What the server calls the model."""
    version: str = Field(default="", max_length=100, examples=["2025-08-07"])
    api_version: str | None = Field(default=None, max_length=40, examples=["2024-10-21"])
    """Azure only."""
    parameters: dict[str, JsonValue] = Field(default_factory=dict)
    """Sent with each request as they stand, for instance `{"reasoning_effort": "low"}`."""
    takes_temperature: bool | None = None
    """None: as the provider's models usually do."""
    continues_prefix: bool | None = None
    """Whether it can go on from the beginning of an answer; None: as the provider usually does."""
    context_window: int = Field(default=32_768, ge=1024, le=100_000_000)
    capabilities: frozenset[Capability] = frozenset({"streaming"})
    price: Price = Price()
    weight: float = Field(default=1.0, gt=0, le=1_000_000)
    tier: Tier = Tier.STANDARD
    limits: Limits = Limits()
    is_enabled: bool = True


class Alias(_Definition):
    """A name that several deployments stand behind.

    Attributes:
        deployments: Names of deployments; or of other aliases, whose deployments follow here.
        strategy: How the first is chosen; the others follow when it fails.
    """

    deployments: tuple[Name, ...] = Field(min_length=1, max_length=50)
    strategy: Strategy = "in_order"
