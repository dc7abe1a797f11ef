"""Proofs beside the password: a second factor, and accounts at other providers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class SecondFactor(Base):
    """A user's authenticator app (TOTP)."""

    __tablename__ = "second_factors"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    secret: Mapped[bytes]
    """Encrypted with a key of the installation."""
    last_counter: Mapped[int | None] = mapped_column(BigInteger)
    """Of the last code taken in: it and all before it are used up."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    confirmed_at: Mapped[datetime | None]
    """Null until the first code was right; nobody is asked for codes before."""


class RecoveryCode(Base):
    """What stands in for a code of a lost authenticator app, once."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    """sha256; the code itself is not kept."""


class ExternalIdentity(Base):
    """A user's account at a provider of OpenID Connect."""

    __tablename__ = "external_identities"
    __table_args__ = (Index("ix_external_identities_user_id", "user_id"),)

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    """What the issuer calls them; an e-mail address may change hands, this does not."""
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_used_at: Mapped[datetime] = mapped_column(server_default=func.now())
