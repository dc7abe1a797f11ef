"""Schemas of asking, answers and conversations."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from api.schemas.common import (
    Input,
    LocatorRead,
    Output,
    PlainText,
    Title,
    WhereKnown,
    refuse_null_characters,
)
from api.schemas.feedback import FeedbackRead
from pedagogy.modes.states import LearnerMove
from services.answering.questions import Mode, Question, StoredProblem
from services.conversations import FoundConversation
from storage.repositories.messages import StoredMessage

MAXIMUM_QUESTION_CHARACTERS = 8_000

QuestionText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAXIMUM_QUESTION_CHARACTERS),
    AfterValidator(refuse_null_characters),
]


class ProblemChoice(Input):
    """A question of a published quiz."""

    quiz_id: UUID
    question_id: PlainText = Field(max_length=40, examples=["q1"])


MOVES: Final[Mapping[str, LearnerMove]] = {
    "hint": LearnerMove.ASK_HINT,
    "solution": LearnerMove.ASK_SOLUTION,
    "next": LearnerMove.TAKE_PROBLEM,
}


class ChatCreate(Input):
    """A question to the tutor of a course."""

    message: QuestionText = Field(
        description=f"The question, at most {MAXIMUM_QUESTION_CHARACTERS:,} characters.",
        examples=["Why does a heavier pendulum not swing faster?"],
    )
    conversation_id: UUID | None = Field(
        default=None, description="Continues a conversation of yours; absent opens a new one."
    )
    edits: UUID | None = Field(
        default=None,
        description="An earlier question of yours, instead of which this one is asked: it begins a"
        " branch of that conversation. The branch before stays readable.",
    )
    follows: UUID | None = Field(
        default=None,
        description="The message of that conversation after which the question is asked: goes on"
        " with the branch that ends there. Absent: the latest one.",
    )
    mode: Mode | None = Field(
        default=None,
        description="How the tutor teaches, one of the modes that the course allows. Absent: as"
        " before in the conversation, else as the course has it.",
        examples=["hints"],
    )
    move: Literal["hint", "solution", "next"] | None = Field(
        default=None,
        description="What you do about the open problem, where your message does not say it: ask"
        " for a hint or for the solution, or go on to the next question.",
    )
    problem: ProblemChoice | None = Field(
        default=None, description="A question of a quiz to work on with the tutor."
    )
    model: PlainText | None = Field(
        default=None,
        max_length=200,
        description="A chat model by name; an unknown one is answered by the configured one,"
        " with a notice.",
        examples=["tutor"],
    )

    def as_question(self, key: str | None) -> Question:
        """The question, under the Idempotency-Key it came with."""
        problem = self.problem
        return Question(
            self.message,
            self.conversation_id,
            self.mode,
            self.model,
            key=key,
            edits=self.edits,
            follows=self.follows,
            move=None if self.move is None else MOVES[self.move],
            takes=None if problem is None else StoredProblem(problem.quiz_id, problem.question_id),
        )


class UsageRead(Output):
    """What an answer took."""

    prompt_tokens: int | None
    completion_tokens: int | None
    cost_micro_usd: int | None = Field(description="Millionths of a US dollar.")


class SourceRead(Output):
    """A passage the answer may cite."""

    n: int = Field(description="The number it is cited by.", examples=[1])
    chunk_id: int
    document_id: UUID
    document_version: int
    document_title: str
    locator: LocatorRead
    text: str
    score: float
    chunk_ids: list[int] | None = Field(
        default=None,
        description="The passage's chunks in order, where neighbours are shown as one passage.",
    )
    kind: WhereKnown[Literal["correction"]] = Field(
        default=None, description="`correction`: a teacher says it in place of an answer."
    )


class CitationRead(Output):
    """A span of a source that an answer rests on."""

    n: int
    chunk_id: int
    document_version: int
    quote: str = Field(description="Stands verbatim at its offsets in the document's text.")
    char_start: int
    char_end: int
    support: float = Field(description="0 to 1: how well the quote carries the sentence.")


class SentenceRead(Output):
    """A sentence of the answer, with what supports it."""

    char_start: int = Field(description="In code points of the answer.")
    char_end: int
    support: float
    citations: list[int]
    verdict: WhereKnown[Literal["supported", "partly", "contradicted", "not_found"]] = Field(
        default=None, description="What a judging chat model says; absent where none was asked."
    )


class NoticedSentence(Output):
    """A sentence of the answer that a notice is about."""

    char_start: int = Field(description="In code points of the answer.")
    char_end: int
    support: float


class NoticeRead(Output):
    """Something the reader should know about the answer."""

    code: str = Field(examples=["fallback"])
    detail: str
    sentences: WhereKnown[list[NoticedSentence]] = Field(
        default=None, description="Which sentences it is about; absent where it is about all."
    )


class ChatAnswer(Output):
    """A whole answer: the `done` event with the text and its sources."""

    message_id: UUID
    conversation_id: UUID
    content: str
    finish_reason: Literal["stop", "length", "stopped", "refused"]
    model: str
    mode: Mode
    prompt: str
    cached: bool
    usage: UsageRead
    citations: list[CitationRead]
    sentences: list[SentenceRead]
    groundedness: float | None
    confidence: float | None
    sources: list[SourceRead]
    notices: list[NoticeRead]


class FailureRead(Output):
    """Why an answer failed."""

    code: str = Field(examples=["interrupted"])
    detail: str


class AnswerCorrectedRead(Output):
    """What a teacher says in place of an answer."""

    body: str
    version: int
    updated_at: datetime


class MessageRead(Output):
    """A question or an answer as it is stored."""

    id: UUID
    conversation_id: UUID
    parent_id: UUID | None = Field(description="The message it follows; null at the beginning.")
    role: Literal["user", "assistant"]
    content: str
    status: Literal["streaming", "complete", "stopped", "failed"]
    created_at: datetime
    completed_at: datetime | None
    mode: str | None
    model: str | None
    prompt: str | None
    finish_reason: str | None
    usage: UsageRead
    sources: list[SourceRead]
    citations: list[CitationRead]
    sentences: list[SentenceRead]
    notices: list[NoticeRead]
    groundedness: float | None
    confidence: float | None
    error: FailureRead | None
    feedback: FeedbackRead | None = Field(description="Your rating of the answer.")
    correction: AnswerCorrectedRead | None = Field(
        description="What a teacher says in place of the answer, since it was given."
    )

    @classmethod
    def of(cls, message: StoredMessage) -> "MessageRead":
        """The public shape of a stored message."""
        usage = UsageRead.model_validate(message)
        values = {name: getattr(message, name) for name in cls.model_fields if name != "usage"}
        return cls.model_validate({**values, "usage": usage})


class ConversationRead(Output):
    """A conversation of yours."""

    id: UUID
    course_id: UUID
    course_slug: str = Field(examples=["physics"])
    title: str = Field(examples=["Why does a heavier pendulum not swing faster?"])
    created_at: datetime
    updated_at: datetime


class MarkRead(Output):
    """A word that was looked for."""

    char_start: int = Field(description="In code points of the excerpt.")
    char_end: int


class HitRead(Output):
    """Where a search found its words."""

    message_id: UUID | None = Field(description="Null where only the title holds them.")
    text: str = Field(description="What stands around the first of them; … where it is cut.")
    marks: list[MarkRead]


class ConversationListed(ConversationRead):
    """A conversation of yours in a list."""

    hit: WhereKnown[HitRead] = Field(
        default=None, description="In a search: where its words stand; absent otherwise."
    )

    @classmethod
    def of(cls, found: FoundConversation) -> "ConversationListed":
        """The public shape of a conversation that a search found."""
        excerpt = found.hit.snippet
        marks = [MarkRead(char_start=start, char_end=end) for start, end in excerpt.marks]
        return cls(
            **ConversationRead.model_validate(found.conversation).model_dump(),
            hit=HitRead(message_id=found.hit.message_id, text=excerpt.text, marks=marks),
        )


class VersionRead(Output):
    """One of the messages that follow the same one."""

    message_id: UUID
    leaf: UUID = Field(description="What `leaf` may name to read the latest branch through it.")


class OpenProblemRead(Output):
    """The problem that a conversation is at."""

    text: str = Field(description="Markdown, without the key.")
    quiz_id: UUID | None = Field(description="Of a quiz's question; null for one of your own.")
    question_id: str | None
    hints: int
    answers: int
    is_open: bool = Field(description="Whether its solution is still yours to find.")
    may_be_shown: bool = Field(description="Whether the solution may be asked for now.")
    missing: str = Field(description="What it waits for, in words; empty where for nothing.")


class TutorStateRead(Output):
    """Where you and the tutor are in a conversation."""

    mode: Mode
    problem: OpenProblemRead | None


class ConversationWithMessages(ConversationRead):
    """A conversation with the latest messages of one branch, oldest first."""

    messages: list[MessageRead]
    leaves: list[UUID] = Field(
        description="The last messages of its branches, the latest first: what `leaf` may name."
    )
    forks: list[list[VersionRead]] = Field(
        description="Where messages of this branch have others in their place: the versions of a"
        " question or an answer, the oldest first."
    )
    tutor: TutorStateRead = Field(description="How the tutor teaches here, and the open problem.")


class ConversationUpdate(Input):
    """What may change in a conversation."""

    title: Title = Field(examples=["Pendulums"])
