"""Takes secrets out of what is logged, wherever they stand."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

HIDDEN = "[redacted]"
SECRET_NAMES = re.compile(
    r"(?i)(^|_|-)(password|passwd|secret|token|authorization|cookie|api[_-]?key|ticket|otp"
    r"|code_verifier|private[_-]?key|signature|csrf|credential)s?$"
)
"""Fields whose values nobody should read; `prompt_tokens` is none of them."""
COUNTED = frozenset({"prompt_tokens", "completion_tokens", "cached_tokens", "tokens"})
HARMLESS = frozenset(
    {
        *("timestamp", "level", "logger", "request_id", "user_id", "trace_id", "message_id"),
        *("method", "route", "outcome", "model"),
    }
)
"""Fields that this service fills itself with what is no secret; not searched, as every line has
them."""
_SECRETS = re.compile(
    r"""(?ix)
    (?P<scheme>\b(?:bearer|basic)\s+)[a-z0-9._~+/=-]{8,}
  | (?P<start>\bnsk_|\bsk-|\bghp_|\bxox[abp]-)[a-z0-9_-]{8,}
  | \beyJ[a-z0-9_-]+\.[a-z0-9_-]+\.[a-z0-9_-]*
  | (?P<user>://[^\s/:@]*:)[^\s/@]+(?=@)
  | (?P<name>\b(?:ticket|token|access_token|refresh_token|password|secret|signature|api[_-]?key
      |client_secret|otp)["']?\s*[=:]\s*["']?)[^\s&"',;]{4,}
  | (?P<path>/signed-assets/[^/\s]+/[^/\s]+/)[^/\s?]+
    """
)
"""Tokens by their schemes and prefixes, JSON Web Tokens, passwords in addresses, named values."""
_HINTS = (
    *("bearer", "basic", "nsk_", "sk-", "ghp_", "xox", "eyj", "://", "ticket", "token", "password"),
    *("secret", "signature", "api", "otp", "signed-assets"),
)
"""One of them stands in every secret; most lines hold none and need not be searched further."""


def redacted(text: str) -> str:
    """The text without the secrets that can be known by how they look."""
    folded = text.lower()
    if any(hint in folded for hint in _HINTS):
        return _SECRETS.sub(_hidden, text)
    return text


def redacted_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a line, at any depth, without secrets."""
    return {name: _redacted(name, value) for name, value in fields.items()}


def _redacted(name: str, value: object) -> object:
    if name in HARMLESS or value is None:
        return value
    if _is_secret(name):
        return HIDDEN
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, int | float):
        return value
    if isinstance(value, Mapping):
        return redacted_fields(value)
    if isinstance(value, list | tuple):
        return [_redacted("", each) for each in value]
    return value


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    return name not in COUNTED and SECRET_NAMES.search(name) is not None


def _hidden(found: re.Match[str]) -> str:
    kept = next((part for part in found.groups() if part is not None), "")
    return kept + HIDDEN
