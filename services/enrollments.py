"""Who is in a course, and as what."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from models import Enrollment, User
from services.access import CourseAccess, CourseRole, Permission, authorise
from services.actors import Actor
from services.errors import InvalidValueError
from storage.database import Database
from storage.paging import Order, Page, PageRequest
from storage.repositories.audit import AuditRepository
from storage.repositories.enrollments import EnrollmentRepository
from storage.repositories.users import UserRepository


@dataclass(frozen=True, slots=True)
class EnrollmentView:
    """A person's place in a course."""

    user_id: UUID
    email: str
    display_name: str
    role: CourseRole
    created_at: datetime


class EnrollmentService:
    """Lists, enrols and removes people; a course always keeps an owner."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self,
        actor: Actor,
        course: UUID | str,
        request: PageRequest,
        order: Order,
        role: CourseRole | None,
    ) -> Page[EnrollmentView]:
        """A page of the people in a course.

        Raises:
            NotFoundError: no such course, or the actor is not enrolled.
            PermissionDeniedError: when the actor is a learner there.
            InvalidCursorError: when the cursor is not one of this list.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.REVIEW)
            page = await EnrollmentRepository(session).page(access.course_id, request, order, role)
        return page.map(lambda row: view_of(row[0], row[1]))

    async def enrol(
        self, actor: Actor, course: UUID | str, person: UUID | str, role: CourseRole
    ) -> EnrollmentView:
        """Enrols a person, known by id or e-mail address, or changes their role.

        Raises:
            NotFoundError: no such course or person, or the actor is not enrolled.
            PermissionDeniedError: when the actor may not manage the course.
            InvalidValueError: when the course would be left without an owner.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.MANAGE)
            if isinstance(person, str):
                email = person.strip().lower()
                person = (await UserRepository(session).get_by_email(email)).id
            if role != "owner":
                await keep_an_owner(session, access.course_id, person)
            enrollment, user = await EnrollmentRepository(session).put(
                access.course_id, person, role
            )
            await record(session, "enrollment.put", actor, access, person, role)
        return view_of(enrollment, user)

    async def remove(self, actor: Actor, course: UUID | str, user_id: UUID) -> None:
        """Ends a person's enrolment; everyone may end their own.

        Raises:
            NotFoundError: no such course or enrolment, or the actor is not enrolled.
            PermissionDeniedError: when it is another's and the actor may not manage the course.
            InvalidValueError: when the course would be left without an owner.
        """
        permission = Permission.READ if user_id == actor.user_id else Permission.MANAGE
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, permission)
            await keep_an_owner(session, access.course_id, user_id)
            await EnrollmentRepository(session).remove(access.course_id, user_id)
            await record(session, "enrollment.remove", actor, access, user_id)


async def keep_an_owner(session: AsyncSession, course_id: UUID, user_id: UUID) -> None:
    """Passes silently unless this person is the last owner of the course.

    Raises:
        InvalidValueError: when they are.
    """
    enrollments = EnrollmentRepository(session)
    owners = await enrollments.lock_owners(course_id)
    if owners == [user_id]:
        message = "This is the course's only owner. Make someone else an owner first."
        raise InvalidValueError("role", message)


def view_of(enrollment: Enrollment, user: User) -> EnrollmentView:
    """The view of a row."""
    return EnrollmentView(
        user_id=user.id,
        email=user.email,
        display_name=user.display_name,
        role=cast("CourseRole", enrollment.role),
        created_at=enrollment.created_at,
    )


async def record(
    session: AsyncSession,
    action: str,
    actor: Actor,
    access: CourseAccess,
    user_id: UUID,
    role: CourseRole | None = None,
) -> None:
    """Adds the audit event of an act on an enrolment."""
    await AuditRepository(session).record(
        action,
        actor_id=actor.user_id,
        subject=str(user_id),
        course_id=access.course_id,
        details={} if role is None else {"role": role},
    )
