"""Who acts: the signed-in user, or the local operator, and the scope of their transactions."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from services.errors import PermissionDeniedError
from storage.database import Scope

Role = Literal["admin", "teacher", "student"]


@dataclass(frozen=True, slots=True)
class Actor:
    """The person on whose behalf a use case runs.

    `is_operator` marks the local account of the command line; what it changes is audited.
    `session_id` is the sign-in they act in; None behind an API key, and for the operator.
    `lacks_second_factor` says that their role needs one that they have not set up.
    """

    user_id: UUID
    email: str
    role: Role
    is_operator: bool = False
    session_id: UUID | None = None
    lacks_second_factor: bool = False

    @property
    def is_admin(self) -> bool:
        """Whether this actor may act in every course."""
        return self.role == "admin"

    @property
    def scope(self) -> Scope:
        """The scope their transactions open with.

        An admin's covers every course, anyone else's the courses they are enrolled in, until
        `services.access.authorise` narrows it to one.
        """
        return Scope(user_id=self.user_id, course_ids=None if self.is_admin else "enrolled")

    def require(self, *roles: Role, action: str) -> None:
        """Passes silently for one of `roles`.

        Raises:
            PermissionDeniedError: for any other role, naming the `action` refused.
        """
        if self.role not in roles:
            raise PermissionDeniedError(action)


__all__ = ["Actor", "Role"]
