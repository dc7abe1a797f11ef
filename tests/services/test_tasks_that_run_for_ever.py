"""What a process does all its life long goes on after a fault that nobody thought of."""

import asyncio
from typing import Any, cast

import pytest

from services import model_following
from services.answering import keeper as keeping
from services.answering.following import AnswerFollower
from services.answering.keeper import AnswerKeeper
from services.model_following import RegistryFollower

ANY: Any = None
SOON_SECONDS = 30


class Faulty:
    """Fails the first time that it is asked, and notes when it is asked again."""

    def __init__(self, then: object) -> None:
        self._then = then
        self._was_asked = False
        self.is_asked_again = asyncio.Event()

    def ask(self) -> Any:
        if self._was_asked:
            self.is_asked_again.set()
            return self._then
        self._was_asked = True
        raise RuntimeError("nobody thought of this")


async def test_the_keeper_of_leases_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(keeping, "TICK_SECONDS", 0.01)
    places = Faulty(0)
    engine = type("Engine", (), {"epochs": {}})
    keeper = AnswerKeeper(ANY, cast("Any", engine), lease_seconds=30)

    keeper.sweep(cast("Any", "never called"), places.ask)
    async with asyncio.timeout(SOON_SECONDS):
        await places.is_asked_again.wait()
    await keeper.close()

    assert "nobody thought of this" in caplog.text


async def test_the_follower_of_answers_told_elsewhere_goes_on() -> None:
    streams = Faulty({})

    class Streams:
        async def read(self, *_: object) -> Any:
            return streams.ask()

    follower = AnswerFollower(ANY, cast("Any", Streams()))
    async with asyncio.timeout(SOON_SECONDS), follower.following(ANY):
        await streams.is_asked_again.wait()
    await follower.close()


async def test_the_follower_of_the_registry_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_following, "EXCHANGE_SECONDS", 0.01)
    monkeypatch.setattr(model_following, "EXCHANGES_PER_REFRESH", 1_000_000)
    exchange = Faulty({})

    class News:
        async def exchange(self, _: object) -> Any:
            return exchange.ask()

    router = type("Router", (), {"deployments": {}})
    follower = RegistryFollower(ANY, cast("Any", router), News())
    follower._following = asyncio.create_task(follower._follow())
    async with asyncio.timeout(SOON_SECONDS):
        await exchange.is_asked_again.wait()
    await follower.close()
