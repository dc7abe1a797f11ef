"""Sources that are addresses: fetched first, then files like any other."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from connectors.web import FetchError, fetch
from ingestion.errors import SourceUnavailableError
from services.ingestion.report import Reason
from services.ingestion.sources import SourceFile

SCHEMES = ("http://", "https://")
AT_ONCE = 4


def is_address(argument: str) -> bool:
    """Whether an argument is an http(s) address rather than a path."""
    return argument.lower().startswith(SCHEMES)


async def fetch_sources(
    addresses: Sequence[str], scratch: Path, *, limit_bytes: int
) -> list[SourceFile]:
    """The files behind the addresses, in their order; one that gives nothing has its fault.

    Args:
        addresses: http or https.
        scratch: an existing folder to keep them in; it must outlive the run.
        limit_bytes: of one file.
    """
    places = asyncio.Semaphore(AT_ONCE)

    async def source(number: int, address: str) -> SourceFile:
        folder = scratch / f"web-{number}"
        folder.mkdir()
        async with places:
            try:
                fetched = await fetch(address, folder, limit_bytes=limit_bytes)
            except FetchError as error:
                fault = Reason(str(error), SourceUnavailableError.code)
                return SourceFile(folder, address, fault, is_failure=True)
        return SourceFile(fetched.path, fetched.key)

    async with asyncio.TaskGroup() as fetching:
        tasks = [
            fetching.create_task(source(number, address))
            for number, address in enumerate(addresses)
        ]
    return [task.result() for task in tasks]
