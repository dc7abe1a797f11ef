"""`neuroshiksha serve` as a process: what it logs, and WebSockets through it."""

import asyncio
import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest
from websockets.asyncio.client import connect

from tests.support.encoder import exported_encoder
from tests.support.service import People
from tests.support.socket_client import SocketClient, address, ticket_for

pytestmark = pytest.mark.server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_a_websocket_through_the_process_and_no_ticket_in_its_log(
    people: People, settings, tmp_path: Path
) -> None:
    person = await people.add("student")
    port, log = free_port(), tmp_path / "log"
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "all-MiniLM-L6-v2").symlink_to(exported_encoder().folder)
    environment = {
        **os.environ,
        "NEUROSHIKSHA_ENV": "embedded",
        "NEUROSHIKSHA_HOME": str(tmp_path),
        "NEUROSHIKSHA_SECRET_KEY": settings.secret_key.get_secret_value(),
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "REDIS_CACHE_URL": settings.redis_cache_url.get_secret_value(),
    }
    command = [sys.executable, "-m", "cli.main", "serve", "--port", str(port)]
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, stdout=out, stderr=out
        )
    try:
        async with httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{port}/api/v1", headers=person.headers
        ) as http:
            await until_ready(http, process, log)
            ticket = await ticket_for(http)
            async with connect(address(http, ticket)) as connection:
                pong = await SocketClient(connection).answered(type="ping", id="p")
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()

    logged = log.read_text()
    assert pong["event"] == "pong"
    assert "Uvicorn running" in logged
    assert ticket not in logged
    assert "connection open" not in logged


async def until_ready(
    http: httpx2.AsyncClient, process: asyncio.subprocess.Process, log: Path
) -> None:
    while process.returncode is None:
        try:
            response = await http.get("/auth/options")
        except httpx2.TransportError:
            await asyncio.sleep(0.05)
        else:
            assert response.status_code == 200, response.text
            return
    raise RuntimeError(await asyncio.to_thread(log.read_text))
