"""What makes two requests the same: their Idempotency-Key, and the hash of what they ask for."""

import hashlib
from collections.abc import Sequence
from typing import Any

import orjson

from services.errors import KeyReusedError


def request_hash(asked: Sequence[Any]) -> str:
    """sha256 of what is asked for, whoever asks and under whichever key."""
    return hashlib.sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).hexdigest()


def require_same_request(earlier_hash: str | None, new_hash: str) -> None:
    """Passes silently where a key comes again with the request that it came with before.

    Raises:
        KeyReusedError: it comes with another one.
    """
    if earlier_hash != new_hash:
        raise KeyReusedError
