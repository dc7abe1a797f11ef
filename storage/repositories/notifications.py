"""What people are told: written for many at once, read by each, delivered through channels."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from models import (
    Announcement,
    Course,
    Enrollment,
    Notification,
    NotificationDelivery,
    NotificationSettings,
    User,
)
from storage.paging import AnyRow, AnySelect, Keyset, Order, Page, PageRequest, fetch_page

KEYSET = Keyset({"created_at": Notification.created_at}, Notification.id)
NEWEST_FIRST = Order("created_at", descending=True)
SETTING_COLUMNS = (
    NotificationSettings.choices,
    NotificationSettings.digest,
    NotificationSettings.quiet_from_minute,
    NotificationSettings.quiet_until_minute,
    NotificationSettings.time_zone,
)

TAKE_DUE = text("""
WITH first AS (
    SELECT user_id, channel FROM notification_deliveries
    WHERE ended_at IS NULL AND due_at <= now()
    ORDER BY due_at, notification_id LIMIT 1 FOR UPDATE SKIP LOCKED
)
SELECT deliveries.notification_id, deliveries.user_id, deliveries.channel
FROM notification_deliveries AS deliveries JOIN first USING (user_id, channel)
WHERE deliveries.ended_at IS NULL AND deliveries.due_at <= now()
ORDER BY deliveries.notification_id LIMIT :limit FOR UPDATE OF deliveries SKIP LOCKED
""")
POSTPONE = text("""
UPDATE notification_deliveries SET
    attempts = attempts + 1, error = :error,
    due_at = now() + make_interval(secs => least(30 * 2 ^ attempts, 3600)),
    ended_at = CASE WHEN attempts + 1 >= :given_up_after THEN now() END
WHERE channel = :channel AND notification_id = ANY(:ids)
""")
ANNOUNCE_DUE_REVIEWS = text("""
WITH due AS (
    SELECT memories.learner_id, memories.course_id, count(*) AS cards
    FROM card_memories AS memories
    JOIN enrollments ON enrollments.user_id = memories.learner_id
        AND enrollments.course_id = memories.course_id
    JOIN courses ON courses.id = memories.course_id AND courses.deleted_at IS NULL
    WHERE memories.due_at <= now() AND NOT EXISTS (
        SELECT 1 FROM notifications
        WHERE notifications.user_id = memories.learner_id AND notifications.kind = :kind
          AND notifications.course_id = memories.course_id
          AND (notifications.created_at > now() - interval '20 hours'
               OR notifications.is_shown AND notifications.read_at IS NULL)
    ) AND NOT EXISTS (
        SELECT 1 FROM announcements
        WHERE announcements.kind = :kind AND announcements.course_id = memories.course_id
          AND announcements.payload ->> 'user_id' = memories.learner_id::text
    )
    GROUP BY memories.learner_id, memories.course_id LIMIT :limit
)
INSERT INTO announcements (id, kind, course_id, payload)
SELECT gen_random_uuid(), :kind, course_id,
       jsonb_build_object('user_id', learner_id, 'cards', cards)
FROM due
""")


@dataclass(frozen=True, slots=True)
class StoredSettings:
    """What somebody chose, as its row says it."""

    choices: dict[str, list[str]]
    digest: str
    quiet_from_minute: int | None
    quiet_until_minute: int | None
    time_zone: str


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody to be told; without settings for who chose nothing."""

    user_id: UUID
    settings: StoredSettings | None


@dataclass(frozen=True, slots=True)
class NewNotification:
    """Something that somebody is told, and when through which channels."""

    id: UUID
    user_id: UUID
    is_shown: bool
    channels: tuple[str, ...]
    due_at: datetime


@dataclass(frozen=True, slots=True)
class StoredNotification:
    """A notification with the course it is about."""

    id: UUID
    kind: str
    course_id: UUID | None
    course_title: str | None
    course_slug: str | None
    payload: dict[str, Any]
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """What waits for one person in one channel, locked until the transaction's end."""

    user_id: UUID
    email: str
    display_name: str
    channel: str
    notifications: tuple[StoredNotification, ...]

    @property
    def ids(self) -> list[UUID]:
        """Of the notifications."""
        return [one.id for one in self.notifications]


class NotificationRepository:
    """The rows of `notifications`, their deliveries and settings."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def person(self, user_id: UUID) -> list[Addressee]:
        """The one person, if their account is in use."""
        return await self._addressees(_people().where(User.id == user_id))

    async def learners(self, course_id: UUID, after: UUID | None, limit: int) -> list[Addressee]:
        """Learners of a course by id, from after one on."""
        statement = (
            _people()
            .join(Enrollment, Enrollment.user_id == User.id)
            .where(Enrollment.course_id == course_id, Enrollment.role == "learner")
            .order_by(User.id)
            .limit(limit)
        )
        if after is not None:
            statement = statement.where(User.id > after)
        return await self._addressees(statement)

    async def add(
        self,
        announcement_id: UUID,
        course_id: UUID | None,
        kind: str,
        payload: dict[str, Any],
        new: Sequence[NewNotification],
    ) -> None:
        """Writes what people are told; who was told of it before is left out."""
        if not new:
            return
        about = {
            "announcement_id": announcement_id,
            "course_id": course_id,
            "kind": kind,
            "payload": payload,
        }
        rows = [
            {"id": one.id, "user_id": one.user_id, "is_shown": one.is_shown, **about} for one in new
        ]
        statement = upsert(Notification).values(rows).on_conflict_do_nothing()
        added = set(await self._session.scalars(statement.returning(Notification.id)))
        deliveries = [
            {
                "notification_id": one.id,
                "channel": channel,
                "user_id": one.user_id,
                "due_at": one.due_at,
            }
            for one in new
            if one.id in added
            for channel in one.channels
        ]
        if deliveries:
            await self._session.execute(insert(NotificationDelivery), deliveries)

    async def page(
        self, user_id: UUID, request: PageRequest, *, is_unread: bool
    ) -> Page[StoredNotification]:
        """What stands on somebody's page, the newest first.

        Raises:
            InvalidCursorError: when the cursor is damaged.
        """
        statement = _with_course().where(Notification.user_id == user_id, Notification.is_shown)
        if is_unread:
            statement = statement.where(Notification.read_at.is_(None))
        page = await fetch_page(self._session, statement, KEYSET, request, NEWEST_FIRST)
        return page.map(_stored)

    async def unread_count(self, user_id: UUID, at_most: int) -> int:
        """How many were not read, counted up to a bound."""
        unread = (
            select(Notification.id)
            .where(
                Notification.user_id == user_id,
                Notification.is_shown,
                Notification.read_at.is_(None),
            )
            .limit(at_most)
            .subquery()
        )
        return await self._session.scalar(select(func.count()).select_from(unread)) or 0

    async def mark_read(self, user_id: UUID, ids: Sequence[UUID] | None) -> None:
        """Marks some as read, or all; those of others are left alone."""
        statement = update(Notification).where(
            Notification.user_id == user_id, Notification.read_at.is_(None)
        )
        if ids is not None:
            statement = statement.where(Notification.id.in_(ids))
        await self._session.execute(statement.values(read_at=func.now()))

    async def settings(self, user_id: UUID) -> StoredSettings | None:
        """What somebody chose; None where they chose nothing."""
        statement = select(*SETTING_COLUMNS).where(NotificationSettings.user_id == user_id)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else StoredSettings(*row)

    async def put_settings(self, user_id: UUID, chosen: StoredSettings) -> None:
        """Sets what somebody chose."""
        values = {name: getattr(chosen, name) for name in StoredSettings.__dataclass_fields__}
        statement = upsert(NotificationSettings).values(user_id=user_id, **values)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[NotificationSettings.user_id], set_=values
            )
        )

    async def take_due(self, limit: int) -> DueDelivery | None:
        """All that is due for one person in one channel, who waits longest first."""
        rows = (await self._session.execute(TAKE_DUE, {"limit": limit})).all()
        if not rows:
            return None
        statement = (
            _with_course()
            .where(Notification.id.in_([row.notification_id for row in rows]))
            .order_by(Notification.created_at, Notification.id)
        )
        told = tuple(_stored(row) for row in await self._session.execute(statement))
        person = await self._session.get(User, rows[0].user_id)
        assert person is not None  # noqa: S101 - deliveries refer to them
        return DueDelivery(person.id, person.email, person.display_name, rows[0].channel, told)

    async def end(self, due: DueDelivery, error: str | None) -> None:
        """Notes that it was delivered, or why it never will be."""
        statement = update(NotificationDelivery).where(
            NotificationDelivery.channel == due.channel,
            NotificationDelivery.notification_id.in_(due.ids),
        )
        await self._session.execute(statement.values(ended_at=func.now(), error=error))

    async def postpone(self, due: DueDelivery, error: str, *, given_up_after: int) -> None:
        """Has it delivered later, or no more after so many attempts."""
        values = {
            "channel": due.channel,
            "ids": due.ids,
            "error": error[:500],
            "given_up_after": given_up_after,
        }
        await self._session.execute(POSTPONE, values)

    async def of_ids(self, ids: Sequence[UUID]) -> list[StoredNotification]:
        """Those of the notifications that are still there, the oldest first."""
        statement = (
            _with_course()
            .where(Notification.id.in_(ids))
            .order_by(Notification.created_at, Notification.id)
        )
        return [_stored(row) for row in await self._session.execute(statement)]

    async def announce_due_reviews(self, kind: str, limit: int) -> int:
        """Announces to learners that cards are due, once a day and not while one is unread."""
        values = {"kind": kind, "limit": limit}
        result = await self._session.execute(ANNOUNCE_DUE_REVIEWS, values)
        return int(getattr(result, "rowcount", 0))

    async def forget_old(self, days: int) -> None:
        """Removes notices, with their deliveries, and announcements given up, that are so old."""
        limit = func.now() - timedelta(days=days)
        await self._session.execute(delete(Notification).where(Notification.created_at < limit))
        await self._session.execute(delete(Announcement).where(Announcement.created_at < limit))

    async def _addressees(self, statement: AnySelect) -> list[Addressee]:
        rows = (await self._session.execute(statement)).all()
        return [
            Addressee(row[0], None if row[1] is None else StoredSettings(*row[1:])) for row in rows
        ]


def _people() -> AnySelect:
    return (
        select(User.id, *SETTING_COLUMNS)
        .outerjoin(NotificationSettings, NotificationSettings.user_id == User.id)
        .where(User.deleted_at.is_(None), User.is_active)
    )


def _with_course() -> AnySelect:
    return select(Notification, Course.title, Course.slug).outerjoin(
        Course, Course.id == Notification.course_id
    )


def _stored(row: AnyRow) -> StoredNotification:
    notification, title, slug = row
    return StoredNotification(
        id=notification.id,
        kind=notification.kind,
        course_id=notification.course_id,
        course_title=title,
        course_slug=slug,
        payload=notification.payload,
        created_at=notification.created_at,
        read_at=notification.read_at,
    )
