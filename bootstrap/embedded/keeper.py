"""The keeper: a process that runs the embedded servers for as long as anyone uses them.

Every user holds a shared lock on `run/users.lock`; the kernel drops it however the user ends.
When the keeper gets that lock alone, nobody is left: it stops the servers in order and ends.
Started by `bootstrap.embedded.servers`, which reads one line of JSON from its output:
`{"error": null}` when the servers answer, else the message.
"""

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from time import monotonic

from bootstrap.backoff import BackOff
from bootstrap.embedded.errors import EmbeddedServerError
from bootstrap.embedded.postgres import EmbeddedPostgres
from bootstrap.embedded.redis import EmbeddedRedis
from bootstrap.embedded.server import EmbeddedServer
from bootstrap.embedded.state import USERS_LOCK, ServersState, read_state, remove_state, write_state
from bootstrap.embedded.urls import ServerUrls
from bootstrap.file_lock import LockTimeoutError, exclusive_lock
from bootstrap.home import Home
from bootstrap.log_files import keep_bounded
from bootstrap.processes import ProcessIdentity, stop

_KEEPER_LOCK = "keeper.lock"
TAKE_OVER_WITHIN_SECONDS = 30.0
_WATCH_SECONDS = 0.2


class Keeper:
    """Starts servers, restarts those that die, and stops them in reverse order."""

    def __init__(self, home: Home, servers: Sequence[EmbeddedServer]) -> None:
        self._home = home
        self._servers = servers
        self._backoffs = {server.name: BackOff(monotonic()) for server in servers}
        self._restart_at: dict[str, float] = {}
        self._is_recorded = False

    def start(self) -> None:
        """Starts all servers together and returns when all answer.

        Raises:
            EmbeddedServerError: when one does not; those started are stopped again.
        """
        end_recorded_servers(self._home)
        try:
            for server in self._servers:
                server.start()
            for server in self._servers:
                server.wait_until_ready()
        except EmbeddedServerError:
            self.stop()
            raise
        self._write_state()

    def watch(self) -> None:
        """Restarts, after its delay, every server that has died; keeps logs bounded."""
        for server in self._servers:
            keep_bounded(server.log_file)
            now = monotonic()
            if server.is_running():
                continue
            if server.name not in self._restart_at:
                self._restart_at[server.name] = now + self._backoffs[server.name].next_delay(now)
            elif now >= self._restart_at[server.name]:
                self._restart(server)
        if not self._is_recorded:
            with suppress(OSError):  # a full disk; the next watch tries again
                self._write_state()

    def stop(self) -> None:
        """Stops all servers, the last started first."""
        for server in reversed(self._servers):
            server.stop()
        remove_state(self._home.run)

    def _restart(self, server: EmbeddedServer) -> None:
        del self._restart_at[server.name]
        self._backoffs[server.name].note_start(monotonic())
        with suppress(EmbeddedServerError, OSError):  # the next watch tries again, later
            server.start()
            server.wait_until_ready()
            self._is_recorded = False

    def _write_state(self) -> None:
        urls = {server.name: server.url for server in self._servers}
        write_state(
            self._home.run,
            ServersState(
                keeper=ProcessIdentity.of(os.getpid()),
                urls=ServerUrls(
                    urls.get("postgres", ""), urls.get("redis", ""), urls.get("redis-cache", "")
                ),
                servers={
                    server.name: server.identity
                    for server in self._servers
                    if server.identity is not None
                },
            ),
        )
        self._is_recorded = True


def end_recorded_servers(home: Home) -> None:
    """Ends servers that outlived a keeper which was killed."""
    state = read_state(home.run)
    if state is None:
        return
    for identity in state.servers.values():
        process = identity.find()
        if process is not None:
            stop(process, signal.SIGINT, patience_seconds=10)
    remove_state(home.run)


def main() -> int:
    """Runs the keeper to its end; see the module."""
    arguments = _parse_arguments()
    home = Home(arguments.home)
    os.chdir(home.root)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with ExitStack() as stack:
        try:
            keeper_lock = exclusive_lock(home.run / _KEEPER_LOCK, TAKE_OVER_WITHIN_SECONDS)
            stack.enter_context(keeper_lock)
            keeper = Keeper(home, _chosen_servers(home, arguments))
            keeper.start()
        except (EmbeddedServerError, LockTimeoutError, OSError) as error:
            _report(str(error))
            return 1
        _report(None)
        _keep(keeper, home, ended)
    return 0


def _keep(keeper: Keeper, home: Home, ended: threading.Event) -> None:
    """Watches until nobody uses the servers, then stops them while newcomers wait."""
    with ExitStack() as stack:
        while not ended.wait(_WATCH_SECONDS):
            try:
                stack.enter_context(exclusive_lock(home.run / USERS_LOCK))
                break
            except LockTimeoutError:
                keeper.watch()
        keeper.stop()


def _chosen_servers(home: Home, arguments: argparse.Namespace) -> list[EmbeddedServer]:
    servers: list[EmbeddedServer] = []
    if arguments.postgres:
        servers.append(EmbeddedPostgres(home, durable=not arguments.not_durable))
    if arguments.redis:
        servers += [EmbeddedRedis.for_streams(home), EmbeddedRedis.for_caches(home)]
    return servers


def _report(error: str | None) -> None:
    """Tells the starter, which may have ended meanwhile, and lets go of its pipe."""
    with suppress(BrokenPipeError):
        sys.stdout.write(json.dumps({"error": error}) + "\n")
        sys.stdout.flush()
    null_device = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null_device, sys.stdout.fileno())
    os.close(null_device)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--redis", action="store_true")
    parser.add_argument("--not-durable", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
