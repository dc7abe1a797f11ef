"""The declarative base, the naming convention and the column types every table shares."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, MetaData, SmallInteger, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from uuid_utils.compat import uuid7

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

PARTITION_COUNT = 16
"""Hash partitions of every table that is partitioned by course."""

UuidKey = Annotated[UUID, mapped_column(primary_key=True, default=uuid7)]
"""Time-ordered (version 7), so that keys are also an order of creation."""

Json = Annotated[dict[str, Any], mapped_column(JSONB)]
TextArray = Annotated[list[str], mapped_column(ARRAY(Text), server_default="{}")]
SmallNumber = Annotated[int, mapped_column(SmallInteger)]


class Base(DeclarativeBase):
    """Base of all tables; relations are loaded only when a query says so."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads this class attribute
        datetime: DateTime(timezone=True),
        str: Text(),
    }


class Timestamps:
    """When a row was made and last changed (UTC)."""

    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class SoftDelete:
    """A row with `deleted_at` set is gone for every reader but restore and purge."""

    deleted_at: Mapped[datetime | None]


__all__ = [
    "PARTITION_COUNT",
    "Base",
    "Json",
    "SmallNumber",
    "SoftDelete",
    "TextArray",
    "Timestamps",
    "UuidKey",
]
