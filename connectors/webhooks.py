"""Sends messages to other systems over HTTP, and never into the installation's own network.

The form is that of Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Collection

import httpx2

from connectors.http import USER_AGENT
from connectors.webhook_messages import (
    WebhookFailedError,
    WebhookMessage,
    WebhookRefusedError,
    signature,
)

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
QUOTED_BYTES = 300


class WebhookCaller:
    """Sends messages; each to the address that was looked at, so that no name leads elsewhere."""

    def __init__(
        self,
        private_hosts: Collection[str] = (),
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """Takes hosts that may be called though they are private, `name` or `name:port`."""
        self._private_hosts = frozenset(host.lower() for host in private_hosts)
        timeout = httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
        self._client = httpx2.AsyncClient(
            timeout=timeout,
            follow_redirects=False,
            headers={"User-Agent": USER_AGENT},
            transport=transport,
            trust_env=False,
        )

    async def send(self, url: str, secret: str, message: WebhookMessage) -> int:
        """Sends a message; the status of the answer, which is 2xx.

        Raises:
            WebhookFailedError: it was not reached, or answers otherwise.
            WebhookRefusedError: it is gone (410), or the address may not be called.
        """
        try:
            address = httpx2.URL(url)
        except httpx2.InvalidURL as error:
            raise WebhookRefusedError(f"its address is none: {error}") from error
        host = await self._allowed_address(address)
        headers = {
            "Content-Type": "application/json",
            "Host": address.netloc.decode(),
            "webhook-id": message.id,
            "webhook-timestamp": str(message.timestamp),
            "webhook-signature": signature(secret, message),
        }
        try:
            async with (
                asyncio.timeout(CONNECT_SECONDS + READ_SECONDS),
                self._client.stream(
                    "POST",
                    address.copy_with(host=host),
                    content=message.body,
                    headers=headers,
                    extensions={"sni_hostname": address.host},
                ) as response,
            ):
                said = await _beginning(response)
        except TimeoutError as error:
            raise WebhookFailedError("it did not answer in time") from error
        except httpx2.HTTPError as error:
            raise WebhookFailedError(
                f"it could not be reached: {error or type(error).__name__}"
            ) from error
        return _checked(response.status_code, said)

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def _allowed_address(self, url: httpx2.URL) -> str:
        """The address to connect to, looked up once: a name may not change its mind in between."""
        port = url.port or (443 if url.scheme == "https" else 80)
        named = {url.host.lower(), f"{url.host.lower()}:{port}"}
        is_private_allowed = bool(named & self._private_hosts)
        if url.scheme != "https" and not is_private_allowed:
            raise WebhookRefusedError("only https addresses are called")
        try:
            loop = asyncio.get_running_loop()
            found = await loop.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise WebhookFailedError(f"its name cannot be looked up: {error}") from error
        addresses = [str(entry[4][0]) for entry in found]
        if not is_private_allowed and not all(map(_is_public, addresses)):
            raise WebhookRefusedError("its address is not one of the public internet")
        return addresses[0]


def _is_public(address: str) -> bool:
    """Whether an address is of the public internet; one that hides another counts as that."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None)
    return parsed.is_global and not parsed.is_multicast and (inner is None or inner.is_global)


async def _beginning(response: httpx2.Response) -> str:
    """The first words of an answer; the rest is not read."""
    said = b""
    async for block in response.aiter_bytes():
        said += block
        if len(said) >= QUOTED_BYTES:
            break
    return " ".join(said[:QUOTED_BYTES].decode(errors="replace").split())


def _checked(status: int, said: str) -> int:
    if 200 <= status < 300:
        return status
    message = f"it answered {status}" + (f": {said}" if said else "")
    if status == httpx2.codes.GONE:
        raise WebhookRefusedError(message, status)
    raise WebhookFailedError(message, status)
