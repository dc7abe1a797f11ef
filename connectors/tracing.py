"""What ties a call to another service to the request it is made for."""

import re
from contextvars import ContextVar
from secrets import token_hex

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The `X-Request-ID` of the request under way; set at the edge, None outside of one."""
USER_ID: ContextVar[str | None] = ContextVar("user_id", default=None)
"""Whose request it is, once that is known."""
TRACEPARENT: ContextVar[str | None] = ContextVar("traceparent", default=None)
"""The trace that this belongs to: the caller's where it sent a valid one, else the request's."""

_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_SAMPLED = "01"


def is_traceparent(value: str) -> bool:
    """Whether `value` is a trace context of version 00.

    Source: W3C Trace Context, section 3.2.2.
    """
    return _TRACEPARENT.fullmatch(value) is not None


def new_traceparent() -> str:
    """The context of a trace that begins here."""
    return f"00-{token_hex(16)}-{token_hex(8)}-{_SAMPLED}"


def trace_headers() -> dict[str, str]:
    """The headers of one outgoing call: a span of its own in the trace of the request.

    Outside a traced request a trace begins with the call.
    """
    inbound = TRACEPARENT.get()
    if inbound is None:
        trace_id, flags = token_hex(16), _SAMPLED
    else:
        _version, trace_id, _parent, flags = inbound.split("-")
    headers = {"traceparent": f"00-{trace_id}-{token_hex(8)}-{flags}"}
    request_id = REQUEST_ID.get()
    if request_id is not None:
        headers["X-Request-ID"] = request_id
    return headers
