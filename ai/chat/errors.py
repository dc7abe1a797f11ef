"""What can go wrong with a chat model, divided by what the caller should do about it.

ChatModelError
├── ChatModelUnavailableError       try again later, or ask another model
│   ├── RateLimitedError            after `retry_after_seconds`, where the model says
│   ├── UpstreamFailedError         no connection, 5xx, an error or a cut in mid-stream
│   ├── UpstreamTimedOutError       nothing came in time
│   ├── MalformedResponseError      what came is not the protocol
│   ├── EmptyAnswerError            it ended without a word
│   ├── BreakerOpenError            not asked: it failed too often a moment ago
│   ├── BulkheadFullError           not asked: all its places are taken
│   └── UnaffordableError           not asked: what is left to spend does not cover it
├── RequestRejectedError            fix the request: too long, or not allowed
└── ChatModelMisconfiguredError     page the operator: no wait will mend it
    ├── WrongApiKeyError
    └── UnknownChatModelError
"""

from typing import ClassVar


class ChatModelError(Exception):
    """A chat model could not answer, or not to the end.

    Attributes:
        code: Stable name of the kind, for logs, metrics and the edge.
        model: The name of the chat model that failed.
    """

    code: ClassVar[str] = "chat_model_failed"

    def __init__(self, model: str, message: str) -> None:
        super().__init__(f"Chat model {model!r}: {message}")
        self.model = model


class ChatModelUnavailableError(ChatModelError):
    """The model does not answer now; later, or another model, may."""

    code = "chat_model_unavailable"


class RateLimitedError(ChatModelUnavailableError):
    """The model refuses for now because too much was asked of it.

    Attributes:
        retry_after_seconds: How long it asks to be left alone; None where it does not say.
    """

    code = "chat_model_rate_limited"

    def __init__(self, model: str, message: str, retry_after_seconds: float | None) -> None:
        super().__init__(model, message)
        self.retry_after_seconds = retry_after_seconds


class UpstreamFailedError(ChatModelUnavailableError):
    """The model could not be reached, failed, or broke off in mid-answer."""

    code = "chat_model_upstream_failed"


class UpstreamTimedOutError(ChatModelUnavailableError):
    """The model kept silent for longer than allowed."""

    code = "chat_model_timed_out"


class MalformedResponseError(ChatModelUnavailableError):
    """The model sent something that is not the protocol."""

    code = "chat_model_malformed_response"


class EmptyAnswerError(ChatModelUnavailableError):
    """The model ended its answer without having said anything."""

    code = "chat_model_empty_answer"


class BreakerOpenError(ChatModelUnavailableError):
    """The model was not asked, because it failed too often a moment ago."""

    code = "chat_model_breaker_open"


class BulkheadFullError(ChatModelUnavailableError):
    """The model was not asked, because all its places are taken."""

    code = "chat_model_bulkhead_full"


class UnaffordableError(ChatModelUnavailableError):
    """The model was not asked, because what may still be spent does not cover it."""

    code = "chat_model_unaffordable"


class RequestRejectedError(ChatModelError):
    """The model will not take this request, however often it is sent."""

    code = "chat_request_rejected"


class ChatModelMisconfiguredError(ChatModelError):
    """The installation names a model or a key that does not work."""

    code = "chat_model_misconfigured"


class WrongApiKeyError(ChatModelMisconfiguredError):
    """The model does not accept the API key."""

    code = "chat_model_wrong_api_key"


class UnknownChatModelError(ChatModelMisconfiguredError):
    """There is no model of that name at this address."""

    code = "chat_model_unknown"
