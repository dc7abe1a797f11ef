"""A way to a server that a test can cut and mend."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class SeverableWay:
    """Forwards to a TCP server while it is whole; cut, it refuses and drops connections."""

    host: str
    port: int
    local_port: int = 0
    is_cut: bool = False
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def leading_to(self, url: str) -> str:
        """The URL of the server, credentials and all, by this way."""
        parts = urlsplit(url)
        credentials, at, _ = parts.netloc.rpartition("@")
        return parts._replace(netloc=f"{credentials}{at}127.0.0.1:{self.local_port}").geturl()

    def cut(self) -> None:
        self.is_cut = True
        for writer in self._writers:
            writer.close()

    def mend(self) -> None:
        self.is_cut = False

    async def forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            writer.close()
            return
        far_reader, far_writer = await asyncio.open_connection(self.host, self.port)
        self._writers |= {writer, far_writer}
        pumps = [
            asyncio.create_task(_pump(reader, far_writer)),
            asyncio.create_task(_pump(far_reader, writer)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            writer.close()
            far_writer.close()
            self._writers -= {writer, far_writer}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(65536):
            writer.write(piece)


@asynccontextmanager
async def severable_way(host: str, port: int) -> AsyncIterator[SeverableWay]:
    """A way to that server through `local_port`."""
    way = SeverableWay(host, port)
    server = await asyncio.start_server(way.forward, "127.0.0.1", 0)
    way.local_port = server.sockets[0].getsockname()[1]
    try:
        yield way
    finally:
        way.cut()
        server.close()
