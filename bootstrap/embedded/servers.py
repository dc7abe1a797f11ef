"""The way to the servers: those given by URL, joined to embedded ones for the rest."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic, sleep

from bootstrap.embedded.errors import EmbeddedServerError, ServersInUseError
from bootstrap.embedded.keeper_process import KeeperProcess
from bootstrap.embedded.state import USERS_LOCK, ServersState, read_state
from bootstrap.embedded.urls import ServerUrls
from bootstrap.file_lock import LockTimeoutError, exclusive_lock, is_locked, shared_lock
from bootstrap.home import Home

START_TIMEOUT_SECONDS = 180.0
STOP_TIMEOUT_SECONDS = 30.0
_START_LOCK = "start.lock"
_POLL_SECONDS = 0.02
_EXIT_SECONDS = 2.0
_NONE_GIVEN = ServerUrls()


class EmbeddedServers:
    """Embedded servers in use by this process; made by `embedded_servers`."""

    def __init__(self, home: Home, given: ServerUrls, *, durable: bool) -> None:
        self._home = home
        self._given = given
        self._durable = durable
        self._keeper: KeeperProcess | None = None

    @property
    def urls(self) -> ServerUrls:
        """The addresses of all servers, given or embedded."""
        state = read_state(self._home.run)
        return self._given.or_else(ServerUrls() if state is None else state.urls)

    def ensure_running(self) -> None:
        """Starts the keeper if none lives; its servers come back on their old ports.

        Raises:
            EmbeddedServerError: when they do not start, or run without a kind needed here.
        """
        with exclusive_lock(self._home.run / _START_LOCK, START_TIMEOUT_SECONDS):
            if not _keeper_lives(read_state(self._home.run)):
                if self._keeper is not None:
                    self._keeper.reap()
                self._keeper = KeeperProcess(
                    self._home,
                    postgres=not self._given.database_url,
                    redis=not self._given.redis_url,
                    durable=self._durable,
                )
                self._keeper.wait_until_ready(START_TIMEOUT_SECONDS)
        self._require_needed_kinds()

    def await_stop(self) -> None:
        """Returns when the keeper has stopped the servers, or when others still use them."""
        deadline = monotonic() + STOP_TIMEOUT_SECONDS
        users_lock = self._home.run / USERS_LOCK
        while _keeper_lives(read_state(self._home.run)) and monotonic() < deadline:
            if is_locked(users_lock, by_sharers=True):
                return
            sleep(_POLL_SECONDS)
        if self._keeper is not None:
            self._keeper.reap(_EXIT_SECONDS)

    def _require_needed_kinds(self) -> None:
        for variable, url in self.urls.as_environment().items():
            if not url:
                message = (
                    f"The servers of {self._home.root} were started with {variable} set. Set it"
                    " to the same value here, or use another NEUROSHIKSHA_HOME."
                )
                raise ServersInUseError(message)


@contextmanager
def embedded_servers(
    home: Home, given: ServerUrls = _NONE_GIVEN, *, durable: bool = True
) -> Iterator[EmbeddedServers]:
    """Joins the embedded servers of a home, starting them if need be, for what is not given.

    They run while anyone uses them, and leave when the last user does; a caller who is the
    last waits until they have stopped. Nothing that a kill -9 left behind is in the way.

    Raises:
        EmbeddedServerError: when they do not start, or run without a kind needed here.
    """
    home.create()
    servers = EmbeddedServers(home, given, durable=durable)
    with ExitStack() as stack:
        stack.callback(servers.await_stop)
        try:
            stack.enter_context(shared_lock(home.run / USERS_LOCK, START_TIMEOUT_SECONDS))
            servers.ensure_running()
        except LockTimeoutError as error:
            raise EmbeddedServerError(str(error)) from error
        yield servers


@contextmanager
def servers_for(home: Home, given: ServerUrls, *, durable: bool = True) -> Iterator[ServerUrls]:
    """The addresses of all servers: as given, the rest embedded; none of these if all are given.

    Raises:
        EmbeddedServerError: when embedded ones do not start.
    """
    if given.database_url and given.redis_url:
        yield given
        return
    with embedded_servers(home, given, durable=durable) as servers:
        yield servers.urls


def _keeper_lives(state: ServersState | None) -> bool:
    return state is not None and state.keeper.is_running()
