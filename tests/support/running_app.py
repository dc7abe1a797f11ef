"""An application served by uvicorn in the test's own loop, so that streams really stream."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn

from cli.serve import WEBSOCKET_OPTIONS


class _QuietServer(uvicorn.Server):
    """A server that leaves the signals of the test process alone, and stops when it is told."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.leaving = asyncio.Event()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.leaving.wait()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def running_app(app: Any) -> AsyncIterator[str]:
    """Gives the base URL of an app that runs until the context ends, lifespan included."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=2,
            **WEBSOCKET_OPTIONS,
        )
        server = _QuietServer(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:
            if serving.done():
                serving.result()
                raise RuntimeError("the app did not start; see the log above")
            await asyncio.sleep(0.005)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            server.leaving.set()
            await serving
