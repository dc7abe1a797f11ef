"""Schemas of a course's policy."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from api.schemas.common import Input, Output
from pedagogy.modes.policy import ModePolicy, TutorMode
from services.access import SupportPolicy
from services.course_policy import CoursePolicy

Support = Annotated[
    SupportPolicy,
    Field(
        description="`mark`: shown, and marked with a `low_support` notice. `withhold`: not shown;"
        " an answer comes sentence by sentence, each checked. `allow`: shown unmarked.",
        examples=["mark"],
    ),
]
Before = Annotated[int, Field(ge=0, le=20)]


class ModePolicyBody(Input):
    """Ways of teaching that learners may choose, and when a solution is shown."""

    model_config = ConfigDict(from_attributes=True)

    allowed: list[TutorMode] = Field(
        min_length=1, max_length=len(TutorMode), description="In the order to show them in."
    )
    default: TutorMode = Field(description="Of a new conversation; one of those allowed.")
    hints_before_solution: Before = Field(default=2, description="Hints that it waits for.")
    attempts_before_solution: Before = Field(
        default=1, description="Answers of the learner's own that it waits for."
    )
    shows_solutions: bool = Field(default=True, description="Whether solutions are shown at all.")

    @model_validator(mode="after")
    def _default_is_allowed(self) -> Self:
        if len(set(self.allowed)) != len(self.allowed):
            raise ValueError("a mode is named twice")
        if self.default not in self.allowed:
            raise ValueError("the default mode is not among those allowed")
        return self

    @property
    def policy(self) -> ModePolicy:
        """As the services know it."""
        values = self.model_dump()
        return ModePolicy(**{**values, "allowed": tuple(self.allowed)})


class CoursePolicyBody(Input):
    """What the tutor of a course may do."""

    support: Support
    modes: ModePolicyBody | None = Field(
        default=None, description="Absent: the ways of teaching stay as they are."
    )


class CoursePolicyRead(Output):
    """What the tutor of a course may do."""

    support: Support
    modes: ModePolicyBody

    @classmethod
    def of(cls, policy: CoursePolicy) -> Self:
        """The public shape of a policy."""
        modes = ModePolicyBody.model_validate(policy.modes)
        return cls(support=policy.support, modes=modes)
