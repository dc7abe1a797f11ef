"""Tells what an OpenAI-compatible upstream did wrong in the words of `ai.chat.errors`."""

import math
import time
from email.utils import parsedate_to_datetime
from typing import assert_never

import aiohttp
import httpx2
import openai

from ai.chat.completion_stream import StreamNotUnderstoodError, StreamReportedError
from ai.chat.errors import (
    ChatModelError,
    MalformedResponseError,
    RateLimitedError,
    RequestRejectedError,
    UnknownChatModelError,
    UpstreamFailedError,
    UpstreamTimedOutError,
    WrongApiKeyError,
)

UpstreamError = (
    openai.APIError
    | httpx2.HTTPError
    | aiohttp.ClientError
    | StreamNotUnderstoodError
    | StreamReportedError
)
"""What the client raises, its connections, and our reader; a rare error of aiohttp comes through
the client as it is."""

_TOO_MANY_REQUESTS = 429
_TIMED_OUT = frozenset({408, 504})
_WRONG_KEY = frozenset({401, 403})
_NOT_FOUND = 404
_CONFLICT = 409
_SERVER_ERROR = 500


def chat_model_error(model: str, error: UpstreamError) -> ChatModelError:
    """Gives the chat model error that says what `error` means to the caller."""
    match error:
        case openai.APIStatusError():
            retry_after = retry_after_seconds(error.response.headers)
            is_unknown_model = error.code == "model_not_found"
            status = _NOT_FOUND if is_unknown_model else error.status_code
            return _by_status(model, status, error.message, retry_after)
        case StreamReportedError():
            message = f"broke off its answer: {error}"
            return _by_status(model, error.status or _SERVER_ERROR, message, None)
        case httpx2.TimeoutException() if isinstance(error.__cause__, TimeoutError):
            return UpstreamTimedOutError(model, "the connection timed out")
        case StreamNotUnderstoodError():
            return MalformedResponseError(model, f"sent what is not a completion stream, {error}")
        # The client also calls a connection that was lost or refused a time-out.
        case openai.APIError() | httpx2.HTTPError() | aiohttp.ClientError():
            cause = error.__cause__ or error
            return UpstreamFailedError(model, f"could not be reached or broke off: {cause}")
        case _:
            assert_never(error)


def retry_after_seconds(headers: httpx2.Headers) -> float | None:
    """Reads how long the upstream asks to be left alone; None where it does not say.

    Source: RFC 9110 section 10.2.3 (seconds or an HTTP date); `retry-after-ms` is OpenAI's.
    """
    for name, unit_seconds in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name)
        if value is None:
            continue
        try:
            seconds = float(value) * unit_seconds
        except ValueError:
            seconds = _seconds_until(value)
        if math.isfinite(seconds):
            return max(0.0, seconds)
    return None


def _seconds_until(http_date: str) -> float:
    try:
        return parsedate_to_datetime(http_date).timestamp() - time.time()
    except ValueError:
        return math.nan


def _by_status(model: str, status: int, message: str, retry_after: float | None) -> ChatModelError:
    if status in _WRONG_KEY:
        return WrongApiKeyError(model, f"does not accept the API key: {message}")
    if status == _NOT_FOUND:
        return UnknownChatModelError(model, f"is not known at this address: {message}")
    if status == _TOO_MANY_REQUESTS:
        return RateLimitedError(model, f"limits the rate: {message}", retry_after)
    if status in _TIMED_OUT:
        return UpstreamTimedOutError(model, f"answered {status}: {message}")
    if status >= _SERVER_ERROR or status == _CONFLICT:
        return UpstreamFailedError(model, f"answered {status}: {message}")
    return RequestRejectedError(model, f"rejects the request ({status}): {message}")
