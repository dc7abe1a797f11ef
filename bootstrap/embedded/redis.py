"""The embedded Redis servers: one for broker and streams, one for caches."""

import os
import signal
import socket
from pathlib import Path

from bootstrap.embedded.account import server_account
from bootstrap.embedded.binaries import redis_server_program
from bootstrap.embedded.ports import LOOPBACK, remembered_port
from bootstrap.embedded.server import ServerProcess
from bootstrap.home import Home
from bootstrap.log_files import keep_bounded
from bootstrap.processes import ProcessIdentity, launch

_FOLDER_MODE = 0o700
_ANSWER_TIMEOUT_SECONDS = 1.0

DURABLE_SETTINGS = {
    "appendonly": "yes",
    "appendfsync": "everysec",
    "maxmemory-policy": "noeviction",
}
CACHE_SETTINGS = {"appendonly": "no", "maxmemory": "128mb", "maxmemory-policy": "allkeys-lru"}
_COMMON_SETTINGS = {
    "bind": LOOPBACK,
    "save": '""',
    "daemonize": "no",
    "loglevel": "warning",
    "dir": ".",
}


class EmbeddedRedis:
    """Redis on a loopback port with a random password; see `EmbeddedServer`."""

    def __init__(self, name: str, folder: Path, home: Home, settings: dict[str, str]) -> None:
        self.name = name
        self._folder = folder
        self._settings = _COMMON_SETTINGS | settings
        self._password = home.secret("redis-password")
        self._ports_file = home.run / "ports.json"
        self._port: int | None = None
        self.log_file = home.logs / f"{name}.log"
        self._process = ServerProcess(name, self.log_file, signal.SIGTERM, self._answers)

    @classmethod
    def for_streams(cls, home: Home) -> "EmbeddedRedis":
        """The broker's server: evicts nothing, loses at most a second at a power cut."""
        return cls("redis", home.redis, home, DURABLE_SETTINGS)

    @classmethod
    def for_caches(cls, home: Home) -> "EmbeddedRedis":
        """The cache's server: 128 MB, least recently used goes first, nothing on disk."""
        return cls("redis-cache", home.redis_cache, home, CACHE_SETTINGS)

    @property
    def url(self) -> str:
        """Its address as `redis://:password@host:port/0`."""
        return f"redis://:{self._password}@{LOOPBACK}:{self._port}/0"

    @property
    def identity(self) -> ProcessIdentity | None:
        """The server's process."""
        return self._process.identity

    def start(self) -> None:
        """Writes the configuration and starts the server."""
        keep_bounded(self.log_file)
        if self._port is None:
            self._port = remembered_port(self._ports_file, self.name)
        self._folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        program = redis_server_program()
        account = server_account(self._folder, program, signal.SIGTERM)
        configuration = self._write_configuration(self._port)
        account.give(configuration)
        self._process.watch(
            launch(
                [*account.command_prefix, program, configuration],
                log_file=self.log_file,
                folder=self._folder,
                death_signal=signal.SIGTERM,
            )
        )

    def wait_until_ready(self) -> None:
        """Returns when the server answers PING, its data loaded."""
        self._process.wait_until_ready()

    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process.is_running()

    def stop(self) -> None:
        """Writes what is unwritten and shuts down."""
        self._process.stop()

    def _write_configuration(self, port: int) -> Path:
        """The configuration, in a file because a command line would show the password."""
        settings = self._settings | {"port": str(port), "requirepass": self._password}
        path = self._folder / "redis.conf"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(f"{name} {value}\n" for name, value in settings.items())
        return path

    def _answers(self) -> bool:
        try:
            with socket.create_connection(
                (LOOPBACK, self._port or 0), timeout=_ANSWER_TIMEOUT_SECONDS
            ) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\nQUIT\r\n".encode())
                return b"+PONG" in connection.makefile("rb").read()
        except OSError:
            return False
