"""The remote moderator: what it sends, and that it fails in one way."""

from collections.abc import AsyncIterator

import pytest

from ai.moderation.moderator import Judgement, ModerationError
from connectors.moderation import OpenAICompatibleModerator
from connectors.remote_service import Endpoint
from tests.support.remote_services import Fault, RemoteServices


@pytest.fixture
async def moderator(remote: RemoteServices) -> AsyncIterator[OpenAICompatibleModerator]:
    endpoint = Endpoint("moderation service", remote.base_url, "key", "judge")
    opened = OpenAICompatibleModerator(endpoint, seconds=2.0)
    yield opened
    await opened.close()


async def test_a_text_is_judged_by_its_categories(
    remote: RemoteServices, moderator: OpenAICompatibleModerator
) -> None:
    good = await moderator.judge("What is work?")
    bad = await moderator.judge("A bomb with poison")

    assert good == Judgement(is_flagged=False)
    assert bad == Judgement(is_flagged=True, categories=("self-harm", "violence"))
    first, _ = remote.requests
    assert first.path == "/v1/moderations"
    assert first.headers["authorization"] == "Bearer key"
    assert first.body == {"model": "judge", "input": "What is work?"}


@pytest.mark.parametrize(
    "fault",
    [
        *("rate_limited", "server_error", "wrong_key", "hang", "cut_off", "not_json"),
        *("wrong_json", "too_much"),
    ],
)
async def test_every_failure_is_one_error_after_one_request(
    remote: RemoteServices, moderator: OpenAICompatibleModerator, fault: Fault
) -> None:
    remote.always = fault

    with pytest.raises(ModerationError):
        await moderator.judge("What is work?")

    assert len(remote.requests) == 1
