"""The chat models that the models file or the settings name, behind a router."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from ai.prompts.registry import PromptRegistry
from ai.routing.breaker import BreakerSharing
from ai.routing.deployment import Alias, Deployment, Limits
from ai.routing.metering import AttemptListener
from ai.routing.models_file import read_models_file
from ai.routing.registry import TUTOR, Registry, read_key
from ai.routing.routed_deployment import OpenedChatModel, RoutingTools
from ai.routing.router import ModelRouter
from bootstrap.settings import Settings

OPENAI_BASE_URL = "https://api.openai.com/v1"
CONTINUING_PROMPT = "conversation.continue"


@asynccontextmanager
async def open_router(
    settings: Settings,
    prompts: PromptRegistry,
    sharing: BreakerSharing,
    listen: Callable[[Deployment], AttemptListener] | None = None,
) -> AsyncIterator[ModelRouter]:
    """A router over what the settings name, open until the context ends.

    Nothing is sent before the first question, so a wrong key or address shows only then.

    Raises:
        ModelsFileError: The models file cannot be used.
    """
    key = settings.openai_api_key.get_secret_value() or None

    def open_chat_model(name: str, definition: Deployment) -> OpenedChatModel:
        # The settings' upstream has its key there and no reference to it; no other address gets it.
        of_settings = None if settings.models_file else base.deployments.get(name)
        if of_settings and (definition.key, definition.base_url) == (None, of_settings.base_url):
            return _open(name, definition, key)
        return _open(name, definition, read_key(definition.key))

    base = base_registry(settings)
    tools = RoutingTools(
        open_chat_model=open_chat_model,
        sharing=sharing,
        monotonic=time.monotonic,
        now=lambda: datetime.now(UTC),
        sleep=asyncio.sleep,
        listen=listen,
    )
    router = ModelRouter(tools, base, instruction=prompts.render(CONTINUING_PROMPT).user)
    try:
        yield router
    finally:
        await router.close()


def require_usable_models_file(settings: Settings) -> None:
    """Passes silently when there is no models file, or one that can be used.

    Raises:
        ModelsFileError: It cannot be used; says line and field.
    """
    if settings.models_file is not None:
        read_models_file(settings.models_file)


def base_registry(settings: Settings) -> Registry:
    """The registry of the models file; without one, of the settings' upstream, if there is any.

    Raises:
        ModelsFileError: The models file cannot be used.
    """
    if settings.models_file is not None:
        return read_models_file(settings.models_file)
    if settings.uses_built_in_model:
        return Registry()
    base_url = settings.openai_base_url or OPENAI_BASE_URL
    deployment = Deployment(
        provider="openai" if base_url.startswith(OPENAI_BASE_URL) else "openai_compatible",
        base_url=base_url,
        wire_model=settings.chat_model,
        limits=Limits(
            first_token_seconds=settings.first_token_timeout_seconds,
            between_tokens_seconds=settings.between_tokens_timeout_seconds,
        ),
    )
    alias = Alias(deployments=(settings.chat_model,))
    return Registry({settings.chat_model: deployment}, {TUTOR: alias})


def _open(name: str, definition: Deployment, key: str | None) -> OpenedChatModel:
    # The client costs 30 MB and half a second, which an installation without a key need not pay.
    from ai.chat.openai_compatible import TimeLimits
    from ai.chat.providers import Endpoint, provide

    limits = definition.limits
    endpoint = Endpoint(
        provider=definition.provider,
        base_url=definition.base_url,
        wire_model=definition.wire_model,
        key=key,
        api_version=definition.api_version,
        parameters=definition.parameters,
        takes_temperature=definition.takes_temperature,
        continues_prefix=definition.continues_prefix,
    )
    return provide(
        name,
        endpoint,
        TimeLimits(
            connect_seconds=limits.connect_seconds,
            first_token_seconds=limits.first_token_seconds,
            between_tokens_seconds=limits.between_tokens_seconds,
            answer_seconds=limits.answer_seconds,
        ),
    )
