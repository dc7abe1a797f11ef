"""Reads server-sent events as a browser would."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    id: str
    name: str
    data: dict[str, Any]


async def received_events(response: httpx2.Response) -> AsyncIterator[ReceivedEvent]:
    """Gives the events of a response as they come; comments are passed over."""
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line == "" and fields:
            yield ReceivedEvent(fields["id"], fields["event"], json.loads(fields["data"]))
            fields = {}
        elif line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
