"""Everything that debugging watches in one process, started and stopped together."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from redis.asyncio import Redis

from services.debugging.event_loop import LoopMonitor
from services.debugging.log_lines import LogLines
from services.debugging.memory import MemoryInspector
from services.debugging.profiling import ProfileTaker
from services.debugging.requests import RequestRecorder
from services.debugging.statements import StatementTable
from services.debugging.tokens import TokenInspector
from storage.database import MAINTENANCE, Database, PoolState
from storage.redis_figures import RedisFigures, redis_figures
from storage.repositories.debugging import DebuggingRepository, JobFigures, ServerConnections


@dataclass(frozen=True, slots=True)
class Watched:
    """What the process talks to."""

    database: Database
    redis: Redis
    redis_cache: Redis
    tokens: TokenInspector

    @property
    def pool(self) -> PoolState:
        """The connections of this process to PostgreSQL."""
        return self.database.pool

    async def connections(self) -> list[ServerConnections]:
        """Those of all processes, as PostgreSQL sees them."""
        async with self.database.transaction(MAINTENANCE) as session:
            return await DebuggingRepository(session).connections()

    async def jobs(self) -> list[JobFigures]:
        """Jobs by kind and status."""
        async with self.database.transaction(MAINTENANCE) as session:
            return await DebuggingRepository(session).jobs()

    async def redis_servers(self) -> list[RedisFigures]:
        """The two Redis databases."""
        return [
            await redis_figures("broker and streams", self.redis),
            await redis_figures("cache", self.redis_cache),
        ]


@dataclass(slots=True)
class Debugging:
    """What one process keeps of itself for administrators; all of it bounded."""

    statements: StatementTable = field(default_factory=StatementTable)
    requests: RequestRecorder = field(default_factory=RequestRecorder)
    loop: LoopMonitor = field(default_factory=LoopMonitor)
    memory: MemoryInspector = field(default_factory=MemoryInspector)
    profiles: ProfileTaker = field(default_factory=ProfileTaker)
    log: LogLines = field(default_factory=LogLines)
    _watched: Watched | None = None

    @property
    def watched(self) -> Watched:
        """What the process talks to, while it runs."""
        if self._watched is None:
            raise RuntimeError("debugging has not started")
        return self._watched

    @contextmanager
    def watching(self, watched: Watched) -> Iterator[None]:
        """Watches until the context ends, within the event loop."""
        self._watched = watched
        statements = watched.database.watch(self.statements.note)
        self.loop.start()
        self.log.start()
        try:
            yield
        finally:
            self.log.stop()
            self.loop.stop()
            statements.stop()
            self.memory.trace(False)
            self._watched = None
