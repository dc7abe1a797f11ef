"""Wires what administrators may look at in a running process; nothing where that is off."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bootstrap.adapters import Adapters
from bootstrap.settings import Settings
from services.debugging.service import Debugging, Watched
from services.debugging.tokens import TokenInspector
from services.keyring import KeyRing


def build_debugging(settings: Settings) -> Debugging | None:
    """What the process will keep of itself; None where debugging is off."""
    return Debugging() if settings.is_debugging else None


@asynccontextmanager
async def watching(debugging: Debugging | None, adapters: Adapters) -> AsyncIterator[None]:
    """Watches the process until the context ends, if it is to be watched."""
    if debugging is None:
        yield
        return
    settings = adapters.settings
    tokens = TokenInspector(
        adapters.database,
        KeyRing.of_setting(settings.secret_key.get_secret_value()),
        timedelta(days=settings.session_idle_days),
        adapters.clock,
    )
    watched = Watched(adapters.database, adapters.redis, adapters.redis_cache, tokens)
    with debugging.watching(watched):
        yield
