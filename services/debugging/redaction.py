"""Takes secrets out of what is shown of requests and log lines."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

HIDDEN = "[hidden]"
SECRET_HEADERS = frozenset(
    {"authorization", "cookie", "set-cookie", "x-csrf-token", "proxy-authorization", "x-api-key"}
)
SECRET_NAMES = re.compile(
    r"pass|secret|token|otp|^code$|api_?key|^key$|authorization|cookie|credential|ticket|signature",
    re.IGNORECASE,
)
"""Names of fields whose values are not shown, wherever they stand."""
IN_TEXT = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 " + HIDDEN),
    (re.compile(r"\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]+"), HIDDEN),
    (re.compile(r"\bnsk_[\w-]{8,}"), HIDDEN),
    (re.compile(r"\bsk-[\w-]{8,}"), HIDDEN),
    (re.compile(r"(\w+://[^\s:/@]*):[^\s@/]+@"), r"\1:" + HIDDEN + "@"),
    (
        re.compile(
            r"(?i)\b([\w-]*(?:password|secret|token|api_?key|ticket)[\w-]*[\"']?\s*[=:]\s*)"
            r"[\"']?[^\s\"',&]+"
        ),
        r"\1" + HIDDEN,
    ),
)
SIGNED_PATH = re.compile(r"(/signed-assets/[^/]+/[^/]+/)[0-9a-fA-F]+")


def without_secrets(text: str) -> str:
    """A line of text without tokens, keys, and passwords in addresses."""
    for pattern, replacement in IN_TEXT:
        text = pattern.sub(replacement, text)
    return SIGNED_PATH.sub(r"\1" + HIDDEN, text)


def shown_headers(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers of a request or response, secret ones hidden."""
    shown = {}
    for raw_name, raw_value in headers:
        name = raw_name.decode("latin-1").lower()
        value = raw_value.decode("latin-1")
        shown[name] = HIDDEN if name in SECRET_HEADERS else without_secrets(value)
    return shown


def shown_query(query: bytes) -> str:
    """A query string, secret parameters hidden."""
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return urlencode(
        [(name, HIDDEN if SECRET_NAMES.search(name) else value) for name, value in pairs],
        safe="[]",
    )


def shown_body(body: bytes, *, is_whole: bool) -> str:
    """The beginning of a body as text, secrets hidden.

    What was cut off can no longer be read as JSON; its secrets are looked for as in a log line.
    """
    if is_whole:
        try:
            return orjson.dumps(_hidden(orjson.loads(body))).decode()
        except orjson.JSONDecodeError:
            pass
    return without_secrets(body.decode("utf-8", errors="replace"))


def _hidden(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, Mapping):
        return {
            name: HIDDEN if SECRET_NAMES.search(name) and inner is not None else _hidden(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_hidden(inner) for inner in value]
    return without_secrets(value) if isinstance(value, str) else value
