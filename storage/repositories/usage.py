"""Usage records: written in batches, read as totals."""

from collections.abc import Sequence, Set
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal, assert_never, get_args
from uuid import UUID

from sqlalchemy import SQLColumnExpression, String, cast, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from uuid_utils.compat import uuid7

from models import Course, Job, UsageRecord, User

UsageGrouping = Literal["day", "user", "course", "model"]
GROUPINGS: tuple[UsageGrouping, ...] = get_args(UsageGrouping)


@dataclass(frozen=True, slots=True)
class NewUsageRecord:
    """One attempt at a deployment."""

    user_id: UUID | None
    course_id: UUID | None
    job_id: UUID | None
    message_id: UUID | None
    purpose: str
    deployment: str
    wire_model: str
    prompt: str
    outcome: str
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    cost_micro_usd: int
    first_token_ms: float | None
    latency_ms: float
    id: UUID = field(default_factory=uuid7)
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class UsageTotal:
    """What was used under one heading.

    Attributes:
        key: The day, the deployment, or the id of the user or course; empty where there is none.
        name: How people call it: an e-mail address, a course's slug.
        attempts: Calls, the failed ones among them.
    """

    key: str
    name: str
    attempts: int
    failed: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    cost_micro_usd: int


class UsageRepository:
    """The rows of `usage_records`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, records: Sequence[NewUsageRecord]) -> None:
        """Adds records in one go; one that is there already is left as it is.

        A writer that was cancelled may not know that its commit arrived, and writes again.

        Raises:
            IntegrityError: A user, course or job that one of them names is gone.
        """
        statement = insert(UsageRecord).on_conflict_do_nothing(index_elements=[UsageRecord.id])
        await self._session.execute(statement, [asdict(record) for record in records])

    async def without_gone(self, records: Sequence[NewUsageRecord]) -> list[NewUsageRecord]:
        """The records without the users, courses and jobs that have been deleted meanwhile."""
        users = await self._there(User.id, {record.user_id for record in records})
        courses = await self._there(Course.id, {record.course_id for record in records})
        jobs = await self._there(Job.id, {record.job_id for record in records})
        return [
            replace(
                record,
                user_id=record.user_id if record.user_id in users else None,
                course_id=record.course_id if record.course_id in courses else None,
                job_id=record.job_id if record.job_id in jobs else None,
            )
            for record in records
        ]

    async def _there(self, key: InstrumentedAttribute[UUID], wanted: Set[UUID | None]) -> Set[UUID]:
        return set(await self._session.scalars(select(key).where(key.in_(wanted - {None}))))

    async def totals(
        self,
        start: datetime,
        end: datetime,
        group_by: UsageGrouping,
        *,
        user_id: UUID | None = None,
    ) -> list[UsageTotal]:
        """Totals by day (UTC), user, course or deployment in `start <= created_at < end`."""
        key, name = _heading(group_by)
        statement = (
            select(
                func.coalesce(key, "").label("key"),
                func.coalesce(name, "").label("name"),
                func.count().label("attempts"),
                func.count().filter(UsageRecord.outcome != "ok").label("failed"),
                *(
                    func.coalesce(func.sum(column), 0).label(column.key)
                    for column in (
                        UsageRecord.prompt_tokens,
                        UsageRecord.cached_tokens,
                        UsageRecord.completion_tokens,
                        UsageRecord.cost_micro_usd,
                    )
                ),
            )
            .select_from(UsageRecord)
            .outerjoin(User, User.id == UsageRecord.user_id)
            .outerjoin(Course, Course.id == UsageRecord.course_id)
            .where(UsageRecord.created_at >= start, UsageRecord.created_at < end)
            .group_by(key, name)
            .order_by(key)
        )
        if user_id is not None:
            statement = statement.where(UsageRecord.user_id == user_id)
        rows = (await self._session.execute(statement)).all()
        return [
            UsageTotal(row.key, row.name, row.attempts, row.failed, *map(int, row[4:]))
            for row in rows
        ]


def _heading(group_by: UsageGrouping) -> tuple[SQLColumnExpression[Any], SQLColumnExpression[Any]]:
    match group_by:
        case "day":
            day = func.to_char(func.timezone("UTC", UsageRecord.created_at), "YYYY-MM-DD")
            return day, day
        case "user":
            return cast(UsageRecord.user_id, String), User.email
        case "course":
            return cast(UsageRecord.course_id, String), Course.slug
        case "model":
            return UsageRecord.deployment, UsageRecord.wire_model
        case _:
            assert_never(group_by)
