"""The statements that a piece of work sends to PostgreSQL, and the plans it makes for them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from storage.database import Database, Scope


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement with its parameters."""

    text: str
    parameters: Any


@dataclass(slots=True)
class Recording:
    """What was sent, in order."""

    statements: list[Statement] = field(default_factory=list)

    @property
    def queries(self) -> list[Statement]:
        """The statements but those that only set the scope of a transaction."""
        return [
            statement
            for statement in self.statements
            if not statement.text.startswith("SELECT set_config")
        ]


@contextmanager
def recorded_statements(database: Database) -> Iterator[Recording]:
    recording = Recording()

    def record(_connection: Any, _cursor: Any, text: str, parameters: Any, *_: Any) -> None:
        recording.statements.append(Statement(text, parameters))

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", record)
    try:
        yield recording
    finally:
        event.remove(engine, "before_cursor_execute", record)


@contextmanager
def recorded_round_trips(database: Database) -> Iterator[list[str]]:
    """What the driver sends for connections taken from the pool meanwhile, BEGIN and COMMIT too."""
    sent: list[str] = []

    def record(query: Any) -> None:
        sent.append(query.query)

    def watch(connection: Any, *_: Any) -> None:
        connection.driver_connection.add_query_logger(record)

    def forget(connection: Any, *_: Any) -> None:
        if connection is not None:
            connection.driver_connection.remove_query_logger(record)

    pool = database.engine.sync_engine.pool
    event.listen(pool, "checkout", watch)
    event.listen(pool, "checkin", forget)
    try:
        yield sent
    finally:
        event.remove(pool, "checkout", watch)
        event.remove(pool, "checkin", forget)


async def plan_nodes(database: Database, statement: Statement, scope: Scope) -> list[Any]:
    """Every node of the plan that PostgreSQL makes for a statement, outermost first."""
    async with database.transaction(scope) as session:
        connection = await session.connection()
        result = await connection.exec_driver_sql(
            f"EXPLAIN (FORMAT JSON) {statement.text}", statement.parameters
        )
        plan = result.scalar_one()
    parsed = json.loads(plan) if isinstance(plan, str) else plan
    return list(walk(parsed[0]["Plan"]))


def walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from walk(child)
