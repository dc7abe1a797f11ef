"""The marks of courses, which tell whether what was read of them is still true."""

from uuid import UUID

from sqlalchemy import func, literal, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from models import CourseMark, Enrollment


class CourseMarksRepository:
    """Reads the marks that triggers renew, and renews them where somebody asks for it."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of_course(self, course_id: UUID) -> UUID:
        """The mark of a course that is there; read it before what it vouches for."""
        statement = select(CourseMark.mark).where(CourseMark.course_id == course_id)
        return (await self._session.execute(statement)).scalar_one()

    async def of_courses(self, user_id: UUID, *, every_course: bool) -> str:
        """One mark for all courses that a user may see, and for their roles in them."""
        parts = func.concat(CourseMark.course_id, CourseMark.mark, Enrollment.role)
        in_order = aggregate_order_by(literal(""), CourseMark.course_id)
        together = func.coalesce(func.string_agg(parts, in_order), "")
        statement = select(func.md5(together))
        statement = statement.select_from(CourseMark).join(
            Enrollment,
            (Enrollment.course_id == CourseMark.course_id) & (Enrollment.user_id == user_id),
            isouter=every_course,
        )
        mark: str = (await self._session.execute(statement)).scalar_one()
        return mark

    async def renew(self, course_id: UUID | None = None) -> int:
        """Makes all that was read of a course old, or of every course; how many they are."""
        statement = update(CourseMark).values(mark=func.gen_random_uuid())
        if course_id is not None:
            statement = statement.where(CourseMark.course_id == course_id)
        renewed = await self._session.scalars(statement.returning(CourseMark.course_id))
        return len(renewed.all())
