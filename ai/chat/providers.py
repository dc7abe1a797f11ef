"""What each kind of provider makes of the OpenAI protocol, as data, and clients for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import openai

from ai.chat.openai_compatible import (
    ChatModelProfile,
    OpenAICompatibleChatModel,
    TimeLimits,
    openai_client,
)

ProviderKind = Literal[
    "openai", "azure", "ollama", "vllm", "llama_cpp", "openrouter", "openai_compatible"
]

_NO_KEY = "none"
"""Sent to servers that need no key, as the client insists on one."""
_AZURE_API_VERSION = "2024-10-21"

# Sources: OpenAI's and Azure's reference of chat completions; Ollama docs/openai.md; vLLM
# "OpenAI-compatible server" (continue_final_message); llama.cpp tools/server/README.md (assistant
# prefill); OpenRouter "API reference" (assistant prefill).
PROFILES: Mapping[ProviderKind, ChatModelProfile] = {
    "openai": ChatModelProfile(
        "max_completion_tokens", takes_temperature=False, takes_json_schema=True
    ),
    "azure": ChatModelProfile(
        "max_completion_tokens",
        takes_temperature=False,
        sends_authorization=False,
        takes_json_schema=True,
    ),
    "ollama": ChatModelProfile(continues_prefix=True, takes_json_schema=True),
    "vllm": ChatModelProfile(
        continues_prefix=True,
        takes_json_schema=True,
        continuing={"continue_final_message": True, "add_generation_prompt": False},
    ),
    "llama_cpp": ChatModelProfile(continues_prefix=True, takes_json_schema=True),
    "openrouter": ChatModelProfile(continues_prefix=True),
    "openai_compatible": ChatModelProfile(),
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a chat model is, and what it is called there.

    Attributes:
        key: None for servers that need none.
        api_version: Azure only.
        parameters: Sent with each request.
        takes_temperature: None: as the provider's models usually do.
        continues_prefix: None: as the provider usually does.
    """

    provider: ProviderKind
    base_url: str
    wire_model: str
    key: str | None = None
    api_version: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    takes_temperature: bool | None = None
    continues_prefix: bool | None = None


@dataclass(frozen=True, slots=True)
class ProvidedChatModel:
    """A chat model with the client it owns."""

    chat_model: OpenAICompatibleChatModel
    client: openai.AsyncOpenAI

    async def close(self) -> None:
        """Closes the client's connections; streams that still run are cut off."""
        await self.client.close()


def provide(name: str, endpoint: Endpoint, limits: TimeLimits) -> ProvidedChatModel:
    """A chat model called `name`, with a client of its own; nothing is sent."""
    client = _client(endpoint, limits)
    model = OpenAICompatibleChatModel(
        client, endpoint.wire_model, name=name, limits=limits, profile=profile_of(endpoint)
    )
    return ProvidedChatModel(model, client)


def profile_of(endpoint: Endpoint) -> ChatModelProfile:
    """The provider's profile, with what the endpoint says otherwise."""
    usual = PROFILES[endpoint.provider]
    takes_temperature, continues_prefix = endpoint.takes_temperature, endpoint.continues_prefix
    return ChatModelProfile(
        output_limit_parameter=usual.output_limit_parameter,
        takes_temperature=(
            usual.takes_temperature if takes_temperature is None else takes_temperature
        ),
        reports_usage=usual.reports_usage,
        sends_authorization=usual.sends_authorization,
        continues_prefix=usual.continues_prefix if continues_prefix is None else continues_prefix,
        continuing=usual.continuing,
        takes_json_schema=usual.takes_json_schema,
        extra=endpoint.parameters,
    )


def _client(endpoint: Endpoint, limits: TimeLimits) -> openai.AsyncOpenAI:
    key = endpoint.key or _NO_KEY
    if endpoint.provider != "azure":
        return openai_client(base_url=endpoint.base_url, api_key=key, limits=limits)
    # Azure has the deployment in the path, the version in the query and a header of its own.
    return openai_client(
        base_url=f"{endpoint.base_url}/openai/deployments/{endpoint.wire_model}",
        api_key=key,
        limits=limits,
        headers={"api-key": key},
        query={"api-version": endpoint.api_version or _AZURE_API_VERSION},
    )
