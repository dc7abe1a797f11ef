"""The chat model that the settings name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ai.chat.chat_model import ChatModel
from ai.chat.grounded import GroundedChatModel
from bootstrap.settings import Settings

OPENAI_BASE_URL = "https://api.openai.com/v1"
NO_KEY = "none"
"""Sent to servers that need no key, as the client insists on one."""


@asynccontextmanager
async def open_chat_model(settings: Settings) -> AsyncIterator[ChatModel]:
    """The configured upstream's model, or the grounded one where there is no upstream.

    Nothing is sent before the first question, so a wrong key or address shows only then.
    """
    if settings.uses_built_in_model:
        yield GroundedChatModel()
        return
    # The client costs 30 MB and half a second, which an installation without a key need not pay.
    from ai.chat.openai_compatible import (
        ChatModelProfile,
        OpenAICompatibleChatModel,
        TimeLimits,
        openai_client,
    )

    limits = TimeLimits(
        first_token_seconds=settings.first_token_timeout_seconds,
        between_tokens_seconds=settings.between_tokens_timeout_seconds,
    )
    base_url = settings.openai_base_url or OPENAI_BASE_URL
    profile = ChatModelProfile()
    if base_url.startswith(OPENAI_BASE_URL):
        profile = ChatModelProfile("max_completion_tokens", takes_temperature=False)
    client = openai_client(
        base_url=base_url,
        api_key=settings.openai_api_key.get_secret_value() or NO_KEY,
        limits=limits,
    )
    async with client:
        yield OpenAICompatibleChatModel(client, settings.chat_model, limits=limits, profile=profile)
