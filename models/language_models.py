"""The chat-model layer's rows: deployments, prompts, usage, budgets, cached answers.

Here *model* in a table's name means a language model, as operators say it.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, TextArray, Timestamps, UuidKey


class ModelDeployment(Timestamps, Base):
    """A deployment an admin added or changed at run time; it shadows one of the models file."""

    __tablename__ = "model_deployments"

    name: Mapped[str] = mapped_column(primary_key=True)
    definition: Mapped[Json]
    """As an entry of the models file; a key is named by reference, never held here."""
    is_enabled: Mapped[bool] = mapped_column(server_default=text("true"))


class ModelAlias(Timestamps, Base):
    """Which deployments stand behind a name such as `tutor`, in the order of fallback."""

    __tablename__ = "model_aliases"

    name: Mapped[str] = mapped_column(primary_key=True)
    deployments: Mapped[TextArray]
    strategy: Mapped[str]


class PromptVersion(Base):
    """A version of a prompt template written by API; files hold the first versions."""

    __tablename__ = "prompt_versions"

    name: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    evaluation: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class PromptActivation(Base):
    """Which versions of a prompt are in use, and the share of turns each gets."""

    __tablename__ = "prompt_activations"

    id: Mapped[UuidKey]
    name: Mapped[str]
    weights: Mapped[Json]
    """Version to weight, for instance `{"1": 90, "2": 10}`."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))

    __table_args__ = (Index("ix_prompt_activations_name_id", "name", "id"),)


class UsageRecord(Base):
    """One attempt at an upstream call: tokens, money, time and what became of it."""

    __tablename__ = "usage_records"
    __table_args__ = (
        Index("ix_usage_records_created_at_id", "created_at", "id"),
        Index("ix_usage_records_course_id_created_at", "course_id", "created_at"),
        Index("ix_usage_records_user_id_created_at", "user_id", "created_at"),
    )

    id: Mapped[UuidKey]
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    course_id: Mapped[UUID | None] = mapped_column(ForeignKey("courses.id", ondelete="SET NULL"))
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))
    message_id: Mapped[UUID | None]
    purpose: Mapped[str]
    deployment: Mapped[str]
    wire_model: Mapped[str]
    prompt: Mapped[str | None]
    outcome: Mapped[str]
    prompt_tokens: Mapped[int] = mapped_column(server_default="0")
    cached_tokens: Mapped[int] = mapped_column(server_default="0")
    completion_tokens: Mapped[int] = mapped_column(server_default="0")
    cost_micro_usd: Mapped[int] = mapped_column(BigInteger, server_default="0")
    first_token_ms: Mapped[float | None]
    latency_ms: Mapped[float]


class Budget(Timestamps, Base):
    """Money that may be spent on chat models in a period by the school, a course, a user or a job.

    `spent` and `reserved` are changed by one conditional UPDATE each, so that concurrent calls
    cannot pass the hard limit together.
    """

    __tablename__ = "budgets"
    __table_args__ = (
        CheckConstraint("scope IN ('school', 'course', 'user', 'job')", name="scope"),
        CheckConstraint("period IN ('day', 'month', 'total')", name="period"),
        CheckConstraint("(scope = 'school') = (subject_id IS NULL)", name="subject"),
        CheckConstraint("soft_limit_micro_usd BETWEEN 0 AND hard_limit_micro_usd", name="limits"),
        CheckConstraint("spent_micro_usd >= 0 AND reserved_micro_usd >= 0", name="not_negative"),
        Index(
            "uq_budgets_scope_subject_id_period",
            "scope",
            "subject_id",
            "period",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[UuidKey]
    scope: Mapped[str]
    subject_id: Mapped[UUID | None]
    period: Mapped[str]
    period_start: Mapped[date] = mapped_column(server_default=func.current_date())
    soft_limit_micro_usd: Mapped[int] = mapped_column(BigInteger)
    hard_limit_micro_usd: Mapped[int] = mapped_column(BigInteger)
    spent_micro_usd: Mapped[int] = mapped_column(BigInteger, server_default="0")
    reserved_micro_usd: Mapped[int] = mapped_column(BigInteger, server_default="0")


class BudgetReservation(Base):
    """Money set aside for a call under way; the sweep frees what a dead process left."""

    __tablename__ = "budget_reservations"
    __table_args__ = (Index("ix_budget_reservations_expires_at", "expires_at"),)

    id: Mapped[UuidKey]
    budget_id: Mapped[UUID] = mapped_column(
        ForeignKey("budgets.id", ondelete="CASCADE"), primary_key=True
    )
    amount_micro_usd: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[datetime]


class CachedQuestion(Base):
    """A question whose answer lies in the cache, for finding it by meaning; payload in Redis."""

    __tablename__ = "cached_questions"
    __table_args__ = (
        Index("ix_cached_questions_scope_hash", "course_id", "scope_hash"),
        Index("ix_cached_questions_expires_at", "expires_at"),
    )

    id: Mapped[UuidKey]
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"))
    scope_hash: Mapped[str]
    """sha256 of everything of the cache key but the question itself."""
    question: Mapped[str]
    vector: Mapped[Any] = mapped_column(HALFVEC)
    guards: Mapped[Json]
    """Numbers, units, negations and names that a semantic hit must have in common."""
    cache_key: Mapped[str] = mapped_column(unique=True)
    tags: Mapped[TextArray]
    hits: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
