"""Messages to other systems: signed as the standard says, and never to where they must not go."""

import asyncio

import httpx2
import pytest

from connectors.webhook_messages import (
    WebhookFailedError,
    WebhookMessage,
    WebhookRefusedError,
    new_secret,
    signature,
)
from connectors.webhooks import WebhookCaller

# The example of the specification, as its libraries test it.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = WebhookMessage("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
LOCAL = "hooks.localhost"


def answering(status: int, seen: list[httpx2.Request]) -> httpx2.MockTransport:
    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(status, text="because")

    return httpx2.MockTransport(answer)


def test_a_message_is_signed_as_the_standard_says() -> None:
    assert signature(SECRET, MESSAGE) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert new_secret().startswith("whsec_")
    assert new_secret() != new_secret()


async def test_a_message_goes_to_the_address_that_was_looked_at() -> None:
    seen: list[httpx2.Request] = []
    caller = WebhookCaller(["127.0.0.1:8080"], answering(204, seen))

    status = await caller.send("http://127.0.0.1:8080/in?x=1", SECRET, MESSAGE)

    await caller.close()
    assert status == 204
    assert str(seen[0].url) == "http://127.0.0.1:8080/in?x=1"
    assert seen[0].content == MESSAGE.body
    assert seen[0].headers["webhook-id"] == MESSAGE.id
    assert seen[0].headers["webhook-signature"] == signature(SECRET, MESSAGE)


@pytest.mark.parametrize(
    "url",
    [
        "http://93.184.216.34/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fd00::1]/",
        "https://2130706433/",
        "https://0/",
        "https://100.64.0.1/",
    ],
)
async def test_what_is_not_of_the_public_internet_is_not_called(url: str) -> None:
    seen: list[httpx2.Request] = []
    caller = WebhookCaller(transport=answering(204, seen))

    with pytest.raises(WebhookRefusedError):
        await caller.send(url, SECRET, MESSAGE)

    await caller.close()
    assert seen == []


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (500, WebhookFailedError),
        (302, WebhookFailedError),
        (429, WebhookFailedError),
        (410, WebhookRefusedError),
    ],
)
async def test_an_answer_that_is_no_success_is_told_with_its_status(
    status: int, error: type[WebhookFailedError | WebhookRefusedError]
) -> None:
    seen: list[httpx2.Request] = []
    caller = WebhookCaller(["127.0.0.1"], answering(status, seen))

    with pytest.raises(error) as told:
        await caller.send("https://127.0.0.1/", SECRET, MESSAGE)

    await caller.close()
    assert told.value.status == status
    assert "because" in str(told.value)
    assert len(seen) == 1


async def test_nobody_there_is_a_failure() -> None:
    caller = WebhookCaller(["127.0.0.1"])

    with pytest.raises(WebhookFailedError):
        await asyncio.wait_for(caller.send("http://127.0.0.1:9/", SECRET, MESSAGE), 20)

    await caller.close()
