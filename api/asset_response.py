"""A kept file as a response: ranges, an ETag that is its hash, never run as a page of ours."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import HTTPException, Request
from fastapi.responses import FileResponse, StreamingResponse
from starlette.responses import Response

from api.entity_tags import names_tag
from services.authoring.assets import OpenedAsset
from storage.repositories.assets import StoredAsset

FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {}}, "description": "The file."},
    206: {"content": {"application/octet-stream": {}}, "description": "The range asked for."},
    304: {"description": "The caller has it already."},
}
SHOWN_IN_PLACE = ("video/", "audio/", "image/", "text/vtt")
ONE_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})", re.ASCII)


async def asset_response(request: Request, opened: OpenedAsset) -> Response:
    """The bytes asked for; 304 to who names the hash in `If-None-Match`.

    Raises:
        HTTPException: 416 for a range that the file does not have.
        NotFoundError: its bytes are lost.
        StorageUnavailableError: the store cannot be reached.
    """
    asset = opened.asset
    headers = {
        "ETag": f'"{asset.content_hash}"',
        "Cache-Control": "private, max-age=0, must-revalidate",
        "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    }
    if names_tag(request.headers.get("if-none-match"), asset.content_hash):
        return Response(status_code=304, headers=headers)
    is_shown = asset.media_type.startswith(SHOWN_IN_PLACE)
    where = "inline" if is_shown else "attachment"
    if opened.path is not None:
        return FileResponse(
            opened.path,
            filename=asset.name,
            media_type=asset.media_type,
            headers=headers,
            content_disposition_type=where,
        )
    headers["Content-Disposition"] = f"{where}; filename*=UTF-8''{quote(asset.name)}"
    return await _streamed(request, opened, headers)


async def _streamed(
    request: Request, opened: OpenedAsset, headers: Mapping[str, str]
) -> StreamingResponse:
    """The same of a file that is kept elsewhere."""
    size = opened.asset.byte_size
    wanted = _wanted_range(request, opened.asset)
    start, end = wanted or (0, size)
    told = {**headers, "Accept-Ranges": "bytes", "Content-Length": str(end - start)}
    if wanted is not None:
        told["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return StreamingResponse(
        await opened.read(start, end),
        status_code=200 if wanted is None else 206,
        headers=told,
        media_type=opened.asset.media_type,
    )


def _wanted_range(request: Request, asset: StoredAsset) -> tuple[int, int] | None:
    """Where the one range asked for begins and ends; None for the whole.

    Several ranges, and ranges of what was another file (`If-Range`), are answered by the whole.
    Source: RFC 9110, sections 13.1.5 and 14.2.
    """
    found = ONE_RANGE.fullmatch(request.headers.get("range", ""))
    is_same = request.headers.get("if-range", f'"{asset.content_hash}"')
    if found is None or found[0] == "bytes=-" or is_same != f'"{asset.content_hash}"':
        return None
    first, last = found[1], found[2]
    if first:
        start, end = int(first), min(int(last or asset.byte_size) + 1, asset.byte_size)
    else:
        start, end = max(0, asset.byte_size - int(last)), asset.byte_size
    if start >= end:
        raise HTTPException(
            416,
            f"The file has {asset.byte_size} bytes.",
            {"Content-Range": f"bytes */{asset.byte_size}"},
        )
    return start, end
