"""The embedded PostgreSQL 18 with pgvector: data folder, settings, start and stop."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import psutil

from bootstrap.embedded.account import ServerAccount, server_account
from bootstrap.embedded.binaries import POSTGRES_MAJOR_VERSION, postgres_program
from bootstrap.embedded.errors import EmbeddedServerError, ServerStartError
from bootstrap.embedded.ports import LOOPBACK, remembered_port
from bootstrap.embedded.server import ServerProcess
from bootstrap.home import Home
from bootstrap.log_files import keep_bounded
from bootstrap.processes import ProcessIdentity, launch, stop

USER = "neuroshiksha"
DATABASE = "neuroshiksha"
_FAST_SHUTDOWN = signal.SIGINT
_FOLDER_MODE = 0o700
_INITDB_TIMEOUT_SECONDS = 300
_SHARED_MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108 - looked at for its size only
_AMPLE_SHARED_MEMORY_BYTES = 1024**3

SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # a socket's path is limited to 107 bytes
    "max_connections": "100",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "1GB",
    "jit": "off",  # compiling costs short queries more than it gives
    "huge_pages": "try",
    "random_page_cost": "1.1",
    "track_io_timing": "on",
    "timezone": "UTC",
    "log_checkpoints": "off",
    "log_min_messages": "warning",
    "logging_collector": "off",
}
NOT_DURABLE_SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class EmbeddedPostgres:
    """PostgreSQL on a loopback port with a random password; see `EmbeddedServer`.

    With `durable` false it survives no power cut, which suits tests.
    """

    name = "postgres"

    def __init__(self, home: Home, *, durable: bool) -> None:
        self._data_folder = home.postgres
        self._password = home.secret("postgres-password")
        self._ports_file = home.run / "ports.json"
        self._settings = SETTINGS | ({} if durable else NOT_DURABLE_SETTINGS)
        self._port: int | None = None
        self.log_file = home.logs / "postgres.log"
        self._process = ServerProcess(self.name, self.log_file, _FAST_SHUTDOWN, self._answers)

    @property
    def url(self) -> str:
        """Its address as `postgresql://user:password@host:port/database`."""
        return f"postgresql://{USER}:{self._password}@{LOOPBACK}:{self._port}/{DATABASE}"

    @property
    def identity(self) -> ProcessIdentity | None:
        """The postmaster process."""
        return self._process.identity

    def start(self) -> None:
        """Creates the cluster if there is none, and starts the server."""
        keep_bounded(self.log_file)
        if not self._data_folder.exists():
            self._create_cluster()
        self._require_matching_version()
        end_leftovers(self._data_folder)
        if self._port is None:
            self._port = remembered_port(self._ports_file, self.name)
        program = postgres_program("postgres")
        account = server_account(self._data_folder, program, _FAST_SHUTDOWN)
        settings = self._settings | {"port": str(self._port)} | _shared_memory_settings()
        self._process.watch(
            launch(
                [*account.command_prefix, program, "-D", self._data_folder, *_options(settings)],
                log_file=self.log_file,
                folder=self._data_folder,
                death_signal=_FAST_SHUTDOWN,
            )
        )

    def wait_until_ready(self) -> None:
        """Returns when connections are accepted."""
        self._process.wait_until_ready()

    def is_running(self) -> bool:
        """Whether the postmaster lives."""
        return self._process.is_running()

    def stop(self) -> None:
        """Ends sessions and shuts down with a checkpoint."""
        self._process.stop()

    def _answers(self) -> bool:
        """Whether the postmaster says `ready` in the eighth line of its pid file."""
        lines = _read_pid_file(self._data_folder)
        identity = self.identity
        is_own = identity is not None and lines[:1] == [str(identity.pid)]
        return is_own and len(lines) > 7 and lines[7].strip() == "ready"

    def _require_matching_version(self) -> None:
        version = (self._data_folder / "PG_VERSION").read_text().strip()
        if version != POSTGRES_MAJOR_VERSION:
            message = (
                f"{self._data_folder} was made by PostgreSQL {version}; this release runs"
                f" {POSTGRES_MAJOR_VERSION}. Restore a backup into a new NEUROSHIKSHA_HOME."
            )
            raise EmbeddedServerError(message)

    def _create_cluster(self) -> None:
        """Makes the cluster beside its place and moves it there whole."""
        staging = self._data_folder.with_name(f"{self._data_folder.name}.new")
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(mode=_FOLDER_MODE)
        account = server_account(staging, postgres_program("initdb"), _FAST_SHUTDOWN)
        password_file = staging / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self._password)
        account.give(password_file)
        cluster = staging / "cluster"
        self._run(account, ["initdb", *_initdb_options(cluster, password_file)], staging)
        self._run(
            account,
            ["postgres", "--single", "-D", str(cluster), "postgres"],
            staging,
            statement=f"CREATE DATABASE {DATABASE} OWNER {USER}\n",
        )
        cluster.rename(self._data_folder)
        shutil.rmtree(staging)

    def _run(
        self, account: ServerAccount, command: list[str], folder: Path, statement: str = ""
    ) -> None:
        """Runs a PostgreSQL program to its end, its output kept in the log."""
        program, *arguments = command
        completed = subprocess.run(  # noqa: S603 - argv is made here, no shell
            [*account.command_prefix, postgres_program(program), *arguments],
            input=statement.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=folder,
            check=False,
            timeout=_INITDB_TIMEOUT_SECONDS,
        )
        with self.log_file.open("ab") as log:
            log.write(completed.stdout)
        if completed.returncode != 0:
            raise ServerStartError(self.name, self.log_file)


def end_leftovers(data_folder: Path) -> None:
    """Ends what a kill -9 left behind: a postmaster without parent, its backends, its pid file.

    Only the process that holds the keeper's lock may call it.
    """
    pid_file = data_folder / "postmaster.pid"
    if not pid_file.exists():
        return
    postmaster = _recorded_postmaster(_read_pid_file(data_folder))
    if postmaster is not None:
        stop(postmaster, _FAST_SHUTDOWN, patience_seconds=10)
    for process in _processes_in(data_folder):
        stop(process, signal.SIGQUIT, patience_seconds=5)
    pid_file.unlink(missing_ok=True)


def _recorded_postmaster(pid_file_lines: list[str]) -> psutil.Process | None:
    """The postmaster that wrote the pid file, if it lives; a crash may have cut the file short."""
    try:
        identity = ProcessIdentity(int(pid_file_lines[0]), float(pid_file_lines[2]))
    except (IndexError, ValueError):
        return None
    return identity.find()


def _read_pid_file(data_folder: Path) -> list[str]:
    try:
        return (data_folder / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _processes_in(data_folder: Path) -> list[psutil.Process]:
    """PostgreSQL processes whose working folder is the data folder."""
    resolved = str(data_folder.resolve())
    return [
        process
        for process in psutil.process_iter(["cwd", "name"], ad_value="")
        if process.info["name"] == "postgres" and process.info["cwd"] == resolved
    ]


def _initdb_options(cluster: Path, password_file: Path) -> list[str]:
    return [
        f"--pgdata={cluster}",
        f"--username={USER}",
        "--auth=scram-sha-256",
        f"--pwfile={password_file}",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--no-instructions",
    ]


def _options(settings: dict[str, str]) -> list[str]:
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _shared_memory_settings() -> dict[str, str]:
    """Keeps parallel work out of a small /dev/shm; containers often have 64 MB."""
    try:
        status = os.statvfs(_SHARED_MEMORY_FOLDER)
    except FileNotFoundError:
        return {}
    is_ample = status.f_frsize * status.f_blocks >= _AMPLE_SHARED_MEMORY_BYTES
    return {} if is_ample else {"dynamic_shared_memory_type": "mmap"}
