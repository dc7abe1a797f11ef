"""What a course lets its tutor do: sentences that sources do not bear out, ways of teaching."""

from dataclasses import dataclass
from uuid import UUID

from pedagogy.modes.policy import ModePolicy
from services.access import Permission, SupportPolicy, authorise
from services.actors import Actor
from services.courses import record
from storage.database import Database
from storage.repositories.courses import CourseRepository


@dataclass(frozen=True, slots=True)
class CoursePolicy:
    """The policy of a course.

    Attributes:
        support: `mark` shows a sentence of low support and marks it, `withhold` does not show
            it, `allow` shows it and only stores its support.
        modes: Ways of teaching that learners may choose, and when solutions are shown.
    """

    support: SupportPolicy
    modes: ModePolicy


class CoursePolicyService:
    """Reads and sets the policies of courses."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, actor: Actor, course: UUID | str) -> CoursePolicy:
        """The policy of a course, for everyone in it.

        Raises:
            NotFoundError: no such course for this actor.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.READ)
        return CoursePolicy(access.support_policy, access.modes)

    async def replace(
        self,
        actor: Actor,
        course: UUID | str,
        support: SupportPolicy,
        modes: ModePolicy | None = None,
    ) -> CoursePolicy:
        """Sets the policy; answers that begin from now on follow it.

        Without `modes` the ways of teaching stay as they are.

        Raises:
            NotFoundError: no such course for this actor.
            PermissionDeniedError: the actor does not teach it.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.EDIT)
            values: dict[str, object] = {"support_policy": support}
            if modes is not None:
                values |= {
                    "tutor_modes": list(modes.allowed),
                    "default_mode": modes.default,
                    "hints_before_solution": modes.hints_before_solution,
                    "attempts_before_solution": modes.attempts_before_solution,
                    "shows_solutions": modes.shows_solutions,
                }
            await CourseRepository(session).change(access.course_id, values)
            await record(session, "course.policy", actor, access.course_id, values)
        return CoursePolicy(support, modes or access.modes)
