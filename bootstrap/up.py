"""`neuroshiksha up`: servers, preparation, processes, health, and an orderly end."""

import hashlib
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from bootstrap.embedded import EmbeddedServerError, EmbeddedServers, ServerUrls, embedded_servers
from bootstrap.embedded.ports import describe_holder, is_port_free, next_free_port
from bootstrap.embedded.urls import DATABASE_URL
from bootstrap.file_lock import LockTimeoutError
from bootstrap.home import HOME_VARIABLE, Home
from bootstrap.metrics_folder import emptied, folders_of
from bootstrap.processes import python_command, stop
from bootstrap.supervision.child import ChildSpec
from bootstrap.supervision.errors import ChildStartError, PortBusyError, PreparationError
from bootstrap.supervision.health import is_ready, local_address
from bootstrap.supervision.instance import Instance, claim_instance
from bootstrap.supervision.stop_signals import StopSignals
from bootstrap.supervision.supervisor import Supervisor
from connectors.telemetry.metrics import FOLDER_VARIABLE

SECRET_KEY_VARIABLE = "NEUROSHIKSHA_SECRET_KEY"  # noqa: S105 - a name
ENVIRONMENT_VARIABLE = "NEUROSHIKSHA_ENV"
PUBLIC_URL_VARIABLE = "NEUROSHIKSHA_PUBLIC_URL"
FIRST_PORT = 8000
DEATHS_BEFORE_GIVING_UP = 3
_TICK_SECONDS = 0.2
_FIRST_TICK_SECONDS = 0.05
_SLOW_START_SECONDS = 30.0
_CONTENT_PATIENCE_SECONDS = 5.0
_SERVERS_PAUSE_SECONDS = 5.0
_BACKGROUND_NICENESS = 10  # chat stays quick while a worker computes


@dataclass(frozen=True, slots=True)
class UpOptions:
    """What the command line asks for."""

    host: str = "127.0.0.1"
    port: int = FIRST_PORT
    api_workers: int = 1
    worker: bool = True


@dataclass(frozen=True, slots=True)
class UpCommands:
    """The commands that `up` runs; tests pass small ones."""

    prepare: Sequence[str] = field(default_factory=lambda: python_command("bootstrap.preparation"))
    neuroshiksha: Sequence[str] = field(default_factory=lambda: python_command("cli.main"))
    for_new_database: Sequence[Sequence[str]] = ()
    """Run one after the other, at the first healthy start with a database, before the welcome."""


class Up:
    """One run of the whole installation in this terminal."""

    def __init__(
        self,
        home: Home,
        options: UpOptions,
        commands: UpCommands,
        announce: Callable[[str], None],
    ) -> None:
        self._home = home
        self._options = options
        self._commands = commands
        self._announce = announce
        self.address = local_address(options.host, options.port)

    def run(self, environment: Mapping[str, str], welcome: Callable[[str], str]) -> None:
        """Runs until a stop signal comes; prints `welcome(address)` once the service is healthy.

        Call it from the main thread.

        Raises:
            UpError: when the service cannot be started.
            EmbeddedServerError: when its servers cannot.
        """
        with StopSignals() as signals:
            try:
                self._run(environment, welcome, signals)
            except KeyboardInterrupt:
                self._announce("stopped before the start was complete")

    def _run(
        self, environment: Mapping[str, str], welcome: Callable[[str], str], signals: StopSignals
    ) -> None:
        with ExitStack() as stack:
            instance = stack.enter_context(claim_instance(self._home, self.address))
            self._require_free_port()
            servers = self._open_servers(stack, environment)
            urls = ServerUrls.from_environment(environment) if servers is None else servers.urls
            child_environment = self._child_environment(environment, urls)
            self._run_to_the_end(self._commands.prepare, child_environment)
            signals.supervise()
            self._announce("starting the service")
            supervisor = Supervisor(
                self._child_specs(child_environment), self._home, self._announce
            )
            stack.callback(lambda: self._announce("stopped"))
            stack.callback(supervisor.stop, signals.is_forced)
            supervisor.start()
            instance.record(supervisor.identities)
            if self._await_health(supervisor, instance, signals):
                marker = self._home.run / _content_marker(environment.get(DATABASE_URL, ""))
                self._load_first_content(child_environment, marker, signals)
                self._announce(welcome(self.address))
                self._supervise(supervisor, instance, servers, signals)
            self._announce("stopping ...")

    def _require_free_port(self) -> None:
        host, port = self._options.host, self._options.port
        if not is_port_free(port, host):
            raise PortBusyError(port, describe_holder(port), next_free_port(port, host))

    def _open_servers(
        self, stack: ExitStack, environment: Mapping[str, str]
    ) -> EmbeddedServers | None:
        given = ServerUrls.from_environment(environment)
        if given.database_url and given.redis_url:
            return None
        self._announce(f"starting PostgreSQL and Redis (data in {self._home.root})")
        return stack.enter_context(embedded_servers(self._home, given))

    def _child_environment(
        self, environment: Mapping[str, str], urls: ServerUrls
    ) -> dict[str, str]:
        return {
            ENVIRONMENT_VARIABLE: "embedded",
            SECRET_KEY_VARIABLE: self._home.secret("secret-key"),
            PUBLIC_URL_VARIABLE: self.address,
            **{name: value for name, value in environment.items() if value},
            HOME_VARIABLE: str(self._home.root),
            "PYTHONUNBUFFERED": "1",
            **urls.as_environment(),
            FOLDER_VARIABLE: str(emptied(folders_of(self._home.root) / "all")),
        }

    def _child_specs(self, environment: Mapping[str, str]) -> list[ChildSpec]:
        options = self._options
        command = tuple(self._commands.neuroshiksha)
        listen = ("--host", options.host, "--port", str(options.port))
        serve = (*command, "serve", *listen, "--workers", str(options.api_workers))
        specs = [ChildSpec("api", serve, environment, shows_warnings=True)]
        if options.worker:
            specs += [
                ChildSpec(name, (*command, name), environment, niceness=_BACKGROUND_NICENESS)
                for name in ("worker", "beat")
            ]
        return specs

    def _run_to_the_end(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Runs a command on this terminal.

        Raises:
            PreparationError: when it fails.
        """
        completed = subprocess.run(  # noqa: S603 - argv is made by this package, no shell
            command, env=environment, cwd=self._home.root, check=False
        )
        if completed.returncode != 0:
            message = f"{' '.join(command)} failed with exit code {completed.returncode}; see above"
            raise PreparationError(message)

    def _load_first_content(
        self, environment: Mapping[str, str], marker: Path, signals: StopSignals
    ) -> None:
        """Runs the commands for a new database, once; a failure is told, and ends nothing."""
        if marker.exists():
            return
        for command in self._commands.for_new_database:
            with subprocess.Popen(  # noqa: S603 - argv is made by this package, no shell
                command, env=environment, cwd=self._home.root, start_new_session=True
            ) as process:
                while process.poll() is None:
                    if signals.wait(_FIRST_TICK_SECONDS):
                        stop(process, signal.SIGTERM, _CONTENT_PATIENCE_SECONDS)
                        return
            if process.returncode != 0:
                self._announce(f"{' '.join(command)} failed with exit code {process.returncode}")
                return
        marker.touch()

    def _await_health(
        self, supervisor: Supervisor, instance: Instance, signals: StopSignals
    ) -> bool:
        """Whether the service became healthy before a stop signal came."""
        started = monotonic()
        has_warned = False
        while not is_ready(self.address):
            if signals.wait(_FIRST_TICK_SECONDS):
                return False
            if supervisor.tick():
                instance.record(supervisor.identities)
            for child in supervisor.children:
                if child.deaths >= DEATHS_BEFORE_GIVING_UP:
                    raise ChildStartError(child.spec.name, child.log_file)
            if not has_warned and monotonic() - started > _SLOW_START_SECONDS:
                self._announce(f"still waiting for the service (logs in {self._home.logs})")
                has_warned = True
        return True

    def _supervise(
        self,
        supervisor: Supervisor,
        instance: Instance,
        servers: EmbeddedServers | None,
        signals: StopSignals,
    ) -> None:
        look_again_at = monotonic()
        while not signals.wait(_TICK_SECONDS):
            if servers is not None and monotonic() >= look_again_at:
                look_again_at = monotonic() + self._kept_running(servers)
            if supervisor.tick():
                with suppress(OSError):  # a full disk must not end what it leaves running
                    instance.record(supervisor.identities)

    def _kept_running(self, servers: EmbeddedServers) -> float:
        """Sees to it that the servers run; in how many seconds to look again.

        What keeps them from it, such as a full disk, is told and waited for.
        """
        try:
            servers.ensure_running()
        except (EmbeddedServerError, LockTimeoutError, OSError) as error:
            self._announce(f"PostgreSQL and Redis do not run; trying again: {error}")
            return _SERVERS_PAUSE_SECONDS
        return 0.0


def _content_marker(given_database_url: str) -> str:
    """The name of the file that says that a database has had its first content.

    Of a given address the password does not count, so that a changed one changes nothing.
    """
    if not given_database_url:
        return "first-content-embedded"
    place = urlsplit(given_database_url)
    named = f"{place.hostname}:{place.port or ''}{place.path}"
    return f"first-content-{hashlib.sha256(named.encode()).hexdigest()[:16]}"
