"""The nouns: SQLAlchemy tables only, no queries."""

from models.base import PARTITION_COUNT, Base
from models.chat import AnswerFeedback, Conversation, Message, QuestionKey
from models.corpus import (
    Chunk,
    ChunkVector,
    Document,
    DocumentVersion,
    Embedder,
    LexicalPosting,
    chunk_ids,
)
from models.courses import Course, Lesson
from models.jobs import Job, JobEvent
from models.language_models import (
    Budget,
    BudgetReservation,
    CachedQuestion,
    ModelAlias,
    ModelDeployment,
    PromptActivation,
    PromptVersion,
    UsageRecord,
)
from models.people import ApiKey, AuditEvent, Enrollment, SocketTicket, User

__all__ = [
    "PARTITION_COUNT",
    "AnswerFeedback",
    "ApiKey",
    "AuditEvent",
    "Base",
    "Budget",
    "BudgetReservation",
    "CachedQuestion",
    "Chunk",
    "ChunkVector",
    "Conversation",
    "Course",
    "Document",
    "DocumentVersion",
    "Embedder",
    "Enrollment",
    "Job",
    "JobEvent",
    "Lesson",
    "LexicalPosting",
    "Message",
    "ModelAlias",
    "ModelDeployment",
    "PromptActivation",
    "PromptVersion",
    "QuestionKey",
    "SocketTicket",
    "UsageRecord",
    "User",
    "chunk_ids",
]
