"""Queries on who is enrolled in a course."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from models import Enrollment, User
from storage.errors import NotFoundError
from storage.paging import AnyRow, Keyset, Order, Page, PageRequest, fetch_page

ORDERS = Keyset(columns={"created_at": Enrollment.created_at}, id_column=Enrollment.user_id)


class EnrollmentRepository:
    """Reads and writes enrolments within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add_owner(self, course_ids: Sequence[UUID], user_id: UUID) -> None:
        """Makes the user the owner of new courses."""
        rows = [
            {"course_id": course_id, "user_id": user_id, "role": "owner"}
            for course_id in course_ids
        ]
        await self._session.execute(insert(Enrollment), rows)

    async def page(
        self, course_id: UUID, request: PageRequest, order: Order, role: str | None
    ) -> Page[AnyRow]:
        """Enrolments of a course, as rows of enrolment and user."""
        statement = (
            select(Enrollment, User)
            .join(User, Enrollment.user_id == User.id)
            .where(Enrollment.course_id == course_id, User.deleted_at.is_(None))
        )
        if role is not None:
            statement = statement.where(Enrollment.role == role)
        return await fetch_page(self._session, statement, ORDERS, request, order)

    async def put(self, course_id: UUID, user_id: UUID, role: str) -> AnyRow:
        """Enrols a living user, or changes their role; the row of enrolment and user.

        Raises:
            NotFoundError: when there is no such user.
        """
        user = await self._session.scalar(
            select(User).where(User.id == user_id, User.deleted_at.is_(None))
        )
        if user is None:
            raise NotFoundError("user", user_id)
        statement = upsert(Enrollment).values(course_id=course_id, user_id=user_id, role=role)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[Enrollment.course_id, Enrollment.user_id], set_={"role": role}
            )
        )
        return await self._row(course_id, user_id)

    async def remove(self, course_id: UUID, user_id: UUID) -> None:
        """Ends an enrolment.

        Raises:
            NotFoundError: when there is none.
        """
        statement = (
            delete(Enrollment)
            .where(Enrollment.course_id == course_id, Enrollment.user_id == user_id)
            .returning(Enrollment.user_id)
        )
        if await self._session.scalar(statement) is None:
            raise NotFoundError("enrolment of user", user_id)

    async def lock_owners(self, course_id: UUID) -> list[UUID]:
        """The owners of a course, whose enrolments nobody else changes until the end."""
        statement = (
            select(Enrollment.user_id)
            .where(Enrollment.course_id == course_id, Enrollment.role == "owner")
            .with_for_update()
        )
        return list(await self._session.scalars(statement))

    async def _row(self, course_id: UUID, user_id: UUID) -> AnyRow:
        statement = (
            select(Enrollment, User)
            .join(User, Enrollment.user_id == User.id)
            .where(Enrollment.course_id == course_id, Enrollment.user_id == user_id)
        )
        return (await self._session.execute(statement)).one()
