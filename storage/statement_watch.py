"""Tells of each statement that an engine sends, by whichever way, once it has ended."""

import time
from collections.abc import Callable
from typing import Any

from asyncpg.connection import LoggedQuery
from sqlalchemy import AdaptedConnection, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

STARTED = "neuroshiksha_started"


StatementListener = Callable[[str, float, str | None], None]
"""Takes a statement that has ended: its text without values, its seconds, and the kind of the error
if it failed. Called in the context of whoever sent it."""


class StatementWatch:
    """Tells of an engine's statements from its making until it is stopped.

    Those of sessions come by SQLAlchemy's events. What is sent on the driver's own connection goes
    past them, and what SQLAlchemy prepares goes past the driver's log, so neither is told twice.
    """

    def __init__(self, engine: AsyncEngine, tell: StatementListener) -> None:
        self._tell = tell
        self._is_over = False
        sync: Any = engine.sync_engine
        self._listeners = (
            (sync, "before_cursor_execute", self._begin),
            (sync, "after_cursor_execute", self._end),
            (sync, "handle_error", self._fail),
            (sync.pool, "checkout", self._take),
        )
        for target, name, listener in self._listeners:
            event.listen(target, name, listener)

    def stop(self) -> None:
        """Ends it."""
        self._is_over = True
        for target, name, listener in self._listeners:
            event.remove(target, name, listener)

    def _begin(
        self, _1: object, _2: object, _text: str, _3: object, context: object, _4: object
    ) -> None:
        setattr(context, STARTED, time.perf_counter())

    def _end(
        self, _1: object, _2: object, text: str, _3: object, context: object, _4: object
    ) -> None:
        self._tell(text, time.perf_counter() - getattr(context, STARTED), None)

    def _fail(self, failure: ExceptionContext) -> None:
        started = getattr(failure.execution_context, STARTED, None)
        if failure.statement is not None and started is not None:
            error = type(failure.original_exception).__name__
            self._tell(failure.statement, time.perf_counter() - started, error)

    def _take(self, connection: AdaptedConnection, record: ConnectionPoolEntry, _: object) -> None:
        if self not in record.info:
            record.info[self] = True
            connection.driver_connection.add_query_logger(self._log)

    def _log(self, query: LoggedQuery) -> None:
        if not self._is_over:
            error = None if query.exception is None else type(query.exception).__name__
            self._tell(query.query, query.elapsed, error)
