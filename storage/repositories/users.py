"""Queries on users."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from models import User
from storage.constraints import is_unique_violation
from storage.errors import ConflictError, NotFoundError
from storage.paging import Keyset, Order, Page, PageRequest, fetch_page

ORDERS = Keyset(columns={"created_at": User.created_at, "email": User.email}, id_column=User.id)


@dataclass(frozen=True, slots=True)
class UserFilter:
    """What a list of users is narrowed to; None leaves a filter out."""

    email: str | None = None
    role: str | None = None
    is_deleted: bool = False

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """The WHERE conditions of these filters."""
        conditions = [is_gone(self.is_deleted)]
        if self.email is not None:
            conditions.append(has_address(self.email))
        if self.role is not None:
            conditions.append(User.role == self.role)
        return conditions


class UserRepository:
    """Reads and writes users within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, user_id: UUID) -> User | None:
        """The living user of that id, or None."""
        statement = select(User).where(User.id == user_id, is_gone(is_deleted=False))
        return await self._session.scalar(statement)

    async def find_by_email(self, email: str) -> User | None:
        """The living user of that address, however it is written, or None."""
        statement = select(User).where(has_address(email), is_gone(is_deleted=False))
        return await self._session.scalar(statement)

    async def active_among(self, emails: Sequence[str]) -> set[str]:
        """Those of the addresses that have an account which may sign in."""
        found = await self._session.scalars(
            select(User.email).where(
                User.email.in_(emails), User.is_active, User.deleted_at.is_(None)
            )
        )
        return set(found)

    async def get_by_email(self, email: str) -> User:
        """The living user of that address, however it is written.

        Raises:
            NotFoundError: when there is none.
        """
        user = await self.find_by_email(email)
        if user is None:
            raise NotFoundError("user", email)
        return user

    async def email_of(self, user_id: UUID) -> str:
        """The address of a living user.

        Raises:
            NotFoundError: when there is none.
        """
        user = await self.find(user_id)
        if user is None:
            raise NotFoundError("user", user_id)
        return user.email

    async def email_of_any(self, user_id: UUID) -> str:
        """The address of a user, deleted or not.

        Raises:
            NotFoundError: when there is none.
        """
        email = await self._session.scalar(select(User.email).where(User.id == user_id))
        if email is None:
            raise NotFoundError("user", user_id)
        return email

    async def is_deleted(self, user_id: UUID) -> bool:
        """Whether a user is among the deleted; locks the row, so that they stay so."""
        statement = select(User.id).where(User.id == user_id, is_gone(is_deleted=True))
        return await self._session.scalar(statement.with_for_update()) is not None

    async def page(self, request: PageRequest, order: Order, wanted: UserFilter) -> Page[User]:
        """Users that pass the filters."""
        statement = select(User).where(*wanted.conditions)
        page = await fetch_page(self._session, statement, ORDERS, request, order)
        return page.map(lambda row: row[0])

    async def add(self, values: Mapping[str, Any]) -> User:
        """Inserts a user.

        Raises:
            ConflictError: when the address is taken.
        """
        user = await self.add_unless_taken(values)
        if user is None:
            raise ConflictError("user", "email", values["email"])
        return user

    async def add_unless_taken(self, values: Mapping[str, Any]) -> User | None:
        """Inserts a user; None where a living user has the address."""
        statement = (
            insert(User)
            .values(**values)
            .on_conflict_do_nothing(
                index_elements=[User.email_key], index_where=User.deleted_at.is_(None)
            )
            .returning(User)
        )
        return await self._session.scalar(statement)

    async def change(self, user_id: UUID, values: Mapping[str, Any]) -> User:
        """Sets columns of a living user; `updated_at` follows.

        Raises:
            NotFoundError: when there is none.
            ConflictError: when the new address is taken.
        """
        return await self._update(user_id, values, is_deleted=False)

    async def delete(self, user_id: UUID) -> None:
        """Marks a living user deleted.

        Raises:
            NotFoundError: when there is none.
        """
        await self._update(user_id, {"deleted_at": func.now()}, is_deleted=False)

    async def restore(self, user_id: UUID) -> User:
        """Brings a deleted user back.

        Raises:
            NotFoundError: when they are not among the deleted.
            ConflictError: when their address was taken meanwhile.
        """
        return await self._update(user_id, {"deleted_at": None}, is_deleted=True)

    async def _update(self, user_id: UUID, values: Mapping[str, Any], *, is_deleted: bool) -> User:
        statement = (
            update(User)
            .where(User.id == user_id, is_gone(is_deleted))
            .values(**values)
            .returning(User)
            .execution_options(populate_existing=True)
        )
        try:
            user: User | None = await self._session.scalar(statement)
        except IntegrityError as error:
            if not is_unique_violation(error):
                raise
            taken = values.get("email", "of this user")
            raise ConflictError("user", "email", taken) from error
        if user is None:
            raise NotFoundError("user", user_id)
        return user


def has_address(email: str) -> ColumnElement[bool]:
    """Matches whose address looks the same: in any case, full width, with ligatures..."""
    return User.email_key == address_key(email.strip().lower())


def address_key(email: str | InstrumentedAttribute[str]) -> ColumnElement[str]:
    """What is equal for addresses that look the same, as the column `email_key` holds it."""
    return func.lower(func.normalize(email, literal_column("NFKC")))


def is_gone(is_deleted: bool) -> ColumnElement[bool]:
    """Matches deleted users, or living ones."""
    return User.deleted_at.is_not(None) if is_deleted else User.deleted_at.is_(None)
