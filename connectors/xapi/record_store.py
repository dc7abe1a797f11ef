"""A learning record store over HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx2

from connectors.http import RetryPolicy, ServiceLimits, retry_after_seconds, service_client
from connectors.xapi.errors import (
    RecordStoreRefusesUsError,
    RecordStoreUnavailableError,
    StatementsRefusedError,
)
from connectors.xapi.statements import Statement

VERSION = "1.0.3"
READ_SECONDS = 20.0
QUOTED_CHARACTERS = 300
_REFUSES_US = frozenset({401, 403, 404, 405})
_BUSY = frozenset({408, 425, 429})
_OK, _REDIRECT, _SERVER_ERROR = 200, 300, 500


@dataclass(frozen=True, slots=True)
class RecordStoreAddress:
    """Where a store is, and who we are there."""

    endpoint: str
    key: str
    secret: str = field(repr=False)


async def send_statements(
    address: RecordStoreAddress,
    statements: Sequence[Statement],
    transport: httpx2.AsyncBaseTransport | None = None,
) -> int:
    """Gives statements to a store, all or none; the status it answered. Asked once.

    Statements that it has already, with the same ids, are no error.

    Raises:
        RecordStoreUnavailableError: it could not be reached, is busy or broken.
        RecordStoreRefusesUsError: the key or the address is wrong.
        StatementsRefusedError: one of the statements, or their number, does not suit it.

    Source: xAPI 1.0.3, part 3, section 2.1.2, POST Statements.
    """
    client = service_client(
        address.endpoint.rstrip("/") + "/",
        headers={"X-Experience-API-Version": VERSION},
        limits=ServiceLimits(read_seconds=READ_SECONDS, connections=1),
        retries=RetryPolicy(attempts=1),  # who sends repeats, in order
        transport=transport,
    )
    async with client:
        try:
            response = await client.post(
                "statements", json=list(statements), auth=(address.key, address.secret)
            )
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            message = f"not reached: {error or type(error).__name__}"
            raise RecordStoreUnavailableError(message) from error
    if _OK <= response.status_code < _REDIRECT:
        return response.status_code
    raise _refusal(response)


def _refusal(response: httpx2.Response) -> Exception:
    status = response.status_code
    said = f"{status}: {' '.join(response.text.split())[:QUOTED_CHARACTERS]}"
    if status in _BUSY or status >= _SERVER_ERROR:
        return RecordStoreUnavailableError(said, status, retry_after_seconds(response.headers))
    if status in _REFUSES_US or status < _OK or _REDIRECT <= status < 400:
        return RecordStoreRefusesUsError(said, status)
    return StatementsRefusedError(said, status)
