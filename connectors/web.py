"""Fetches pages and files by their http(s) address, bounded in time and size."""

import mimetypes
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import httpx2

CONNECT_TIMEOUT_SECONDS = 10.0
READ_TIMEOUT_SECONDS = 30.0
MAX_REDIRECTS = 5
USER_AGENT = "NeuroShiksha-ingest"
PAGE_EXTENSION = ".html"


class FetchError(Exception):
    """An address gave nothing; the message says why."""


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """What an address gave.

    Attributes:
        path: where it was written; its extension tells the type.
        key: host and path of the address.
    """

    path: Path
    key: str


async def fetch(address: str, folder: Path, *, limit_bytes: int) -> FetchedFile:
    """Writes what an address gives into a folder.

    Raises:
        FetchError: when the server does not answer, refuses, or gives more than `limit_bytes`.
    """
    timeout = httpx2.Timeout(READ_TIMEOUT_SECONDS, connect=CONNECT_TIMEOUT_SECONDS)
    try:
        async with (
            httpx2.AsyncClient(
                timeout=timeout,
                follow_redirects=True,
                max_redirects=MAX_REDIRECTS,
                headers={"User-Agent": USER_AGENT},
            ) as client,
            client.stream("GET", address) as response,
        ):
            response.raise_for_status()
            return await _write(response, address, folder, limit_bytes)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise FetchError(f"it could not be fetched: {error or type(error).__name__}") from error


async def _write(
    response: httpx2.Response, address: str, folder: Path, limit_bytes: int
) -> FetchedFile:
    key = _key(address, response.headers.get("content-type", ""))
    path = folder / PurePosixPath(key).name
    size = 0
    with path.open("wb") as file:
        async for block in response.aiter_bytes():
            size += len(block)
            if size > limit_bytes:
                raise FetchError(f"it is larger than {limit_bytes >> 20} MiB")
            file.write(block)
    return FetchedFile(path, key)


def _key(address: str, content_type: str) -> str:
    """Host and path, with the extension of the content type where the path has none."""
    parts = urlsplit(address)
    segments = [part for part in unquote(parts.path).split("/") if part not in {"", ".", ".."}]
    key = "/".join([parts.hostname or "unknown", *segments])
    if len(segments) and PurePosixPath(key).suffix:
        return key
    extension = mimetypes.guess_extension(content_type.partition(";")[0].strip())
    return key + (extension or PAGE_EXTENSION)
