"""Learning record stores, and what was sent to them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger, func
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Timestamps, UuidKey


class LearningRecordStore(Timestamps, Base):
    """A system that is told of learning by xAPI statements, and how far it has been told."""

    __tablename__ = "learning_record_stores"

    id: Mapped[UuidKey]
    name: Mapped[str] = mapped_column(unique=True)
    endpoint: Mapped[str]
    key: Mapped[str]
    sealed_secret: Mapped[bytes]
    names_learners: Mapped[bool] = mapped_column(server_default="false")
    """Whether it is told names and addresses instead of pseudonyms."""
    is_active: Mapped[bool] = mapped_column(server_default="true")
    transaction_id: Mapped[int] = mapped_column(BigInteger)
    sequence: Mapped[int] = mapped_column(BigInteger)
    statement_count: Mapped[int] = mapped_column(BigInteger, server_default="0")
    failures: Mapped[int] = mapped_column(server_default="0")
    """In a row; the next pause depends on it."""
    next_attempt_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_error: Mapped[str | None]


class StatementDelivery(Base):
    """One attempt to give statements to a store."""

    __tablename__ = "statement_deliveries"
    __table_args__ = (
        CheckConstraint("outcome IN ('sent', 'refused', 'postponed')", name="outcome"),
        Index("ix_statement_deliveries_store_id_id", "store_id", "id"),
        Index("ix_statement_deliveries_attempted_at", "attempted_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    store_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_record_stores.id", ondelete="CASCADE")
    )
    attempted_at: Mapped[datetime] = mapped_column(server_default=func.now())
    outcome: Mapped[str]
    statements: Mapped[int]
    status: Mapped[int | None] = mapped_column(SmallInteger)
    detail: Mapped[str] = mapped_column(server_default="")


class RefusedStatement(Base):
    """An event whose statement a store does not take; it is left out until somebody retries."""

    __tablename__ = "refused_statements"
    __table_args__ = (Index("ix_refused_statements_sequence", "sequence"),)

    store_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_record_stores.id", ondelete="CASCADE"), primary_key=True
    )
    sequence: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("learning_events.sequence", ondelete="CASCADE"), primary_key=True
    )
    refused_at: Mapped[datetime] = mapped_column(server_default=func.now())
    status: Mapped[int | None] = mapped_column(SmallInteger)
    detail: Mapped[str]
