"""A question to the tutor: as it is asked, and once it is accepted."""

from dataclasses import dataclass
from uuid import UUID

from ai.chat.chat_model import ChatTurn
from ai.prompts.template_file import PromptTemplate
from ai.questions.remarks import Remark
from ai.routing.router import ChosenModel
from pedagogy.modes.policy import TutorMode
from pedagogy.modes.states import LearnerMove
from services.access import CourseAccess
from storage.database import Scope

Mode = TutorMode


@dataclass(frozen=True, slots=True)
class StoredProblem:
    """A question of a quiz that a learner turns to."""

    quiz_id: UUID
    question_id: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A place in a conversation other than after its latest message.

    Attributes:
        parent_id: The message that the question follows; None at the beginning.
        question_id: The question itself, where it stands there already and is answered again.
    """

    parent_id: UUID | None
    question_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What a learner asks; `model` names a chat model, None takes the configured one.

    Attributes:
        key: The learner's own name for it, so that sent again it is not asked again.
        earlier: What was said before it, where the asker keeps the conversation; it is given to
            the chat model and not stored, and the conversation that the question opens stands in
            no list. None where the conversation is ours.
        edits: An earlier question of the learner's, beside which it begins a branch.
        follows: The message after which it is asked, where a branch is gone on with.
        branch: Where it stands, if not after the latest message of its conversation.
        mode: The way of teaching; None for that of the conversation, or else of the course.
        move: What the learner does, where they say so; None to tell it by their words.
        takes: A stored problem that they turn to.
    """

    text: str
    conversation_id: UUID | None = None
    mode: Mode | None = None
    model: str | None = None
    key: str | None = None
    earlier: tuple[ChatTurn, ...] | None = None
    edits: UUID | None = None
    follows: UUID | None = None
    branch: Branch | None = None
    move: LearnerMove | None = None
    takes: StoredProblem | None = None

    @property
    def opens_listed(self) -> bool:
        """Whether it opens a conversation that its asker finds in the list of theirs."""
        return self.conversation_id is None and self.earlier is None

    @property
    def is_repeated(self) -> bool:
        """Whether another answer is wanted than the one it has."""
        return self.branch is not None and self.branch.question_id is not None


@dataclass(frozen=True, slots=True)
class AcceptedQuestion:
    """A question that is saved and may be answered, with what it needs from its conversation.

    Attributes:
        remark: What the message is, where it asks nothing of the course.
        summary: What was said before `history`, summed up; empty where nothing is known of it.
        mode: The way of teaching that it is answered in.
        has_problem: Whether a problem of the conversation is open.
    """

    question: Question
    chosen: ChosenModel
    prompt: PromptTemplate
    access: CourseAccess
    scope: Scope
    message_id: UUID
    conversation_id: UUID
    history: tuple[ChatTurn, ...]
    remark: Remark | None = None
    summary: str = ""
    mode: Mode = TutorMode.EXPLAIN
    has_problem: bool = False

    @property
    def is_tutored(self) -> bool:
        """Whether more is to be done than to explain: a state is kept, a key perhaps guarded."""
        asked = self.question
        return (
            self.mode is not TutorMode.EXPLAIN
            or self.has_problem
            or asked.move is not None
            or asked.takes is not None
        )
