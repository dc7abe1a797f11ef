"""Schemas of prompts: versions, previews, weights."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from ai.prompts.template_file import MAXIMUM_TEMPLATE_CHARACTERS
from api.schemas.common import STORABLE, Input, Output

MAXIMUM_VERSIONS_IN_USE = 10

TemplateBody = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAXIMUM_TEMPLATE_CHARACTERS),
    STORABLE,
]
VersionNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]
Weight = Annotated[int, Field(ge=0, le=1000)]
BODY_EXAMPLE = (
    "{% block system %}Answer from the sources.{% endblock %}"
    "{% block user %}{{ question | as_data }}{% endblock %}"
)


class PromptVersionCreate(Input):
    """A new version of a prompt."""

    body: TemplateBody = Field(
        description="A block `system` and a block `user` of Jinja, with the prompt's variables.",
        examples=[BODY_EXAMPLE],
    )
    description: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), STORABLE
    ] = Field(
        description="What it makes the model do, in one sentence.",
        examples=["Explains with an analogy first."],
    )


class PromptPreviewCreate(Input):
    """What to render: a text, or a version; neither takes the newest of the files."""

    body: TemplateBody | None = Field(default=None, examples=[BODY_EXAMPLE])
    version: VersionNumber | None = Field(default=None, examples=[1])
    values: dict[str, Any] = Field(
        default_factory=dict,
        description="In place of the samples of these variables.",
        examples=[{"question": "What is power?"}],
    )

    @model_validator(mode="after")
    def _has_one_text(self) -> "PromptPreviewCreate":
        if self.body is not None and self.version is not None:
            raise ValueError("give a body or a version, not both")
        return self


class PromptActivationCreate(Input):
    """Which versions to use from now on: one for all, or several by weight."""

    version: VersionNumber | None = Field(default=None, examples=[1001])
    weights: dict[VersionNumber, Weight] | None = Field(
        default=None,
        max_length=MAXIMUM_VERSIONS_IN_USE,
        description="Version to weight; a conversation keeps its version while they stay.",
        examples=[{"1": 90, "1001": 10}],
    )

    @model_validator(mode="after")
    def _has_one_choice(self) -> "PromptActivationCreate":
        if (self.version is None) == (self.weights is None):
            raise ValueError("give either a version or weights")
        return self

    @property
    def chosen(self) -> dict[int, int]:
        """The weights asked for; a single version has all of it."""
        return self.weights if self.weights is not None else {self.version or 0: 1}


class PromptEvaluationReplace(Input):
    """What an evaluation of a version found."""

    evaluation: dict[str, Any] = Field(
        description="Any figures; shown beside the version.",
        examples=[{"questions": 200, "groundedness": 0.94}],
    )


class PromptVariableRead(Output):
    """A variable that a prompt reads."""

    name: str = Field(examples=["question"])
    description: str
    sample: Any


class PromptVersionRead(Output):
    """A version of a prompt."""

    version: int = Field(description="From 1 for files, from 1001 for those written by API.")
    description: str
    body: str
    is_built_in: bool = Field(description="Whether it came in a file.")
    created_at: datetime | None = Field(description="Null for one that came in a file.")
    created_by: UUID | None
    evaluation: dict[str, Any] | None


class PromptActivationRead(Output):
    """Weights that were in use from a moment on."""

    weights: dict[int, int]
    created_at: datetime
    created_by: UUID | None


class PromptSummaryRead(Output):
    """A prompt in the list."""

    name: str = Field(examples=["tutor.explain"])
    description: str
    versions: list[int] = Field(examples=[[1, 1001]])
    weights: dict[int, int] = Field(description="In use now.", examples=[{"1": 90, "1001": 10}])


class PromptRead(Output):
    """A prompt with its versions and the latest activations, newest first."""

    name: str = Field(examples=["tutor.explain"])
    description: str
    variables: list[PromptVariableRead]
    weights: dict[int, int] = Field(description="In use now.")
    versions: list[PromptVersionRead]
    activations: list[PromptActivationRead]


class PromptPreviewRead(Output):
    """A prompt filled in."""

    system: str
    user: str
