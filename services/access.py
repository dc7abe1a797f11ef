"""Who may do what in a course: one query finds the course and the actor's role in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Literal, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from pedagogy.modes.policy import ModePolicy, TutorMode
from services.actors import Actor
from services.errors import PermissionDeniedError
from storage.errors import NotFoundError
from storage.repositories.courses import CourseRepository

CourseRole = Literal["owner", "teacher", "assistant", "learner"]
SupportPolicy = Literal["mark", "withhold", "allow"]
"""What becomes of a sentence of an answer that its sources do not bear out."""


class EnteredCourse(Protocol):
    """A row of a course with the role of the user who enters it."""

    @property
    def id(self) -> UUID: ...
    @property
    def slug(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def difficulty(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def corpus_revision(self) -> int: ...
    @property
    def chunk_count(self) -> int: ...
    @property
    def lexical_length(self) -> int: ...
    @property
    def support_policy(self) -> SupportPolicy: ...
    @property
    def tutor_modes(self) -> Sequence[str]: ...
    @property
    def default_mode(self) -> str: ...
    @property
    def hints_before_solution(self) -> int: ...
    @property
    def attempts_before_solution(self) -> int: ...
    @property
    def shows_solutions(self) -> bool: ...
    @property
    def role(self) -> CourseRole | None: ...


class Permission(StrEnum):
    """What a person may do in a course."""

    READ = "read"
    """See the course, its material and its published lessons."""
    ASK = "ask"
    """Chat with the tutor."""
    REVIEW = "review"
    """See drafts and who is enrolled."""
    EDIT = "edit"
    """Change lessons and material."""
    MANAGE = "manage"
    """Change or delete the course itself and its enrolments."""


LEARNER = frozenset({Permission.READ, Permission.ASK})
ASSISTANT = LEARNER | {Permission.REVIEW}
TEACHER = ASSISTANT | {Permission.EDIT}
OWNER = TEACHER | {Permission.MANAGE}
PERMISSIONS: dict[str, frozenset[Permission]] = {
    "learner": LEARNER,
    "assistant": ASSISTANT,
    "teacher": TEACHER,
    "owner": OWNER,
}
ACTIONS = {
    Permission.READ: "see this course",
    Permission.ASK: "ask in this course",
    Permission.REVIEW: "review this course",
    Permission.EDIT: "change this course's content",
    Permission.MANAGE: "manage this course",
}


@dataclass(frozen=True, slots=True)
class CourseAccess:
    """A course the actor may enter, what they are there, and what retrieval needs to know."""

    course_id: UUID
    slug: str
    title: str
    difficulty: str
    language: str
    corpus_revision: int
    chunk_count: int
    lexical_length: int
    support_policy: SupportPolicy
    role: CourseRole | None
    """None for an admin who is not enrolled."""
    permissions: frozenset[Permission]
    modes: ModePolicy = field(default_factory=ModePolicy)
    """Ways of teaching that learners may choose."""


def permissions_of(actor: Actor, role: str | None) -> frozenset[Permission]:
    """What the actor may do in a course where they are enrolled as `role`."""
    if actor.is_admin:
        return OWNER
    return PERMISSIONS[role] if role is not None else frozenset()


async def authorise(
    session: AsyncSession,
    actor: Actor,
    course: UUID | str,
    permission: Permission,
    *,
    subject: tuple[str, object] | None = None,
    is_deleted: bool = False,
) -> CourseAccess:
    """Finds the course by id or slug, checks the permission, and narrows the scope to it.

    One statement; call it first in the transaction. `subject` is what the not-found error names
    when the request was for a part of the course, say `("lesson", lesson_id)`. `is_deleted` looks
    among the deleted courses instead (the newest of that slug), for restoring one.

    Raises:
        NotFoundError: no such course, or the actor is not enrolled: both look the same.
        PermissionDeniedError: enrolled, but the role does not allow it.
    """
    found = await CourseRepository(session).enter(
        course, user_id=actor.user_id, every_course=actor.is_admin, is_deleted=is_deleted
    )
    if found is None:
        raise NotFoundError(*(subject or ("course", course)))
    access = entered(actor, found)
    if permission not in access.permissions:
        raise PermissionDeniedError(ACTIONS[permission])
    return access


def entered(actor: Actor, found: EnteredCourse) -> CourseAccess:
    """What the row of a course and the actor's role in it means for them."""
    return CourseAccess(
        course_id=found.id,
        slug=found.slug,
        title=found.title,
        difficulty=found.difficulty,
        language=found.language,
        corpus_revision=found.corpus_revision,
        chunk_count=found.chunk_count,
        lexical_length=found.lexical_length,
        support_policy=found.support_policy,
        role=found.role,
        permissions=permissions_of(actor, found.role),
        modes=mode_policy_of(found),
    )


def mode_policy_of(found: EnteredCourse) -> ModePolicy:
    """The ways of teaching that the row of a course allows."""
    return _policy(
        tuple(found.tutor_modes),
        found.default_mode,
        found.hints_before_solution,
        found.attempts_before_solution,
        found.shows_solutions,
    )


@lru_cache(maxsize=256)
def _policy(
    allowed: tuple[str, ...], default: str, hints: int, attempts: int, shows_solutions: bool
) -> ModePolicy:
    """Built once for all courses of the same policy: every question of a learner asks for it."""
    return ModePolicy(
        tuple(map(TutorMode, allowed)), TutorMode(default), hints, attempts, shows_solutions
    )


def roles_with(permission: Permission) -> list[str]:
    """The roles in a course that have a permission."""
    return [role for role, permissions in PERMISSIONS.items() if permission in permissions]


__all__ = [
    "CourseAccess",
    "CourseRole",
    "Permission",
    "SupportPolicy",
    "authorise",
    "entered",
    "mode_policy_of",
    "permissions_of",
    "roles_with",
]
