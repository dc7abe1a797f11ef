"""The moderator behind an OpenAI-compatible `/moderations` API."""

import orjson

from ai.moderation.moderator import Judgement, ModerationError
from connectors.errors import ServiceCallError
from connectors.http import RetryPolicy
from connectors.remote_service import Endpoint, Patience, RemoteService

CALLS_AT_ONCE = 64
ANSWER_BYTES = 1024 * 1024


class OpenAICompatibleModerator:
    """`Moderator` over HTTP; asked once, as somebody waits. Who opens it closes it."""

    def __init__(self, endpoint: Endpoint, *, seconds: float) -> None:
        patience = Patience(seconds, RetryPolicy(attempts=1), connect_seconds=seconds)
        self._service = RemoteService(endpoint, patience, calls_at_once=CALLS_AT_ONCE)

    async def judge(self, text: str) -> Judgement:
        """What the service says of a text.

        Raises:
            ModerationError: the service is away, busy, slow, refuses, or answers otherwise.

        Source: OpenAI API reference, "Create moderation".
        """
        try:
            answer = await self._service.post(
                "moderations", {"input": text}, limit_bytes=ANSWER_BYTES
            )
        except ServiceCallError as error:
            raise ModerationError(str(error)) from error
        return _judgement(answer)

    async def close(self) -> None:
        """Closes the connections."""
        await self._service.close()


def _judgement(answer: bytes) -> Judgement:
    try:
        (result,) = orjson.loads(answer)["results"]
        categories = result.get("categories", {})
        named = tuple(sorted(str(name) for name, holds in categories.items() if holds is True))
        is_flagged = result["flagged"]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        message = "The moderation service does not answer as a moderation API does."
        raise ModerationError(message) from error
    if not isinstance(is_flagged, bool):
        raise ModerationError("The moderation service does not say whether the text is flagged.")
    return Judgement(is_flagged, named)
