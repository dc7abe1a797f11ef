"""Pages of a list: by number, or by keyset cursor where the list is long."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Row, Select, func, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from storage.errors import InvalidCursorError

Item = TypeVar("Item")
Other = TypeVar("Other")
Column = InstrumentedAttribute[Any]
AnySelect = Select[*tuple[Any, ...]]
AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which part of a list is wanted: page `page` (from 1), or what follows `cursor`."""

    page: int = 1
    size: int = 20
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A named sort order; ties are broken by id, so that every order is total."""

    name: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One part of a list.

    `total` and `page` are None after a cursor: a keyset page counts nothing.
    """

    items: tuple[Item, ...]
    size: int
    total: int | None
    page: int | None
    next_cursor: str | None

    @property
    def pages(self) -> int | None:
        """How many pages there are, where the rows were counted."""
        return None if self.total is None else -(-self.total // self.size)

    def map(self, change: Callable[[Item], Other]) -> "Page[Other]":
        """The same page with every item changed."""
        items = tuple(change(item) for item in self.items)
        return Page(items, self.size, self.total, self.page, self.next_cursor)


@dataclass(frozen=True, slots=True)
class Keyset:
    """Sort columns of one table by public name, and its id column."""

    columns: Mapping[str, Column]
    id_column: Column

    def ordered(self, statement: AnySelect, request: PageRequest, order: Order) -> AnySelect:
        """The statement sorted and cut to the page, plus one row that tells whether more follow.

        Raises:
            InvalidCursorError: when the cursor is damaged or was made for another order.
        """
        column = self.columns[order.name]
        keys = (column, self.id_column)
        directed = [key.desc() if order.descending else key.asc() for key in keys]
        statement = statement.order_by(*directed).limit(request.size + 1)
        if request.cursor is None:
            return statement.offset((request.page - 1) * request.size)
        last = tuple_(*read_cursor(request.cursor, order, column.type.python_type))
        row = tuple_(*keys)
        return statement.where(row < last if order.descending else row > last)

    def cursor_after(self, entity: object, order: Order) -> str:
        """The cursor that continues after `entity`."""
        value = getattr(entity, self.columns[order.name].key)
        return write_cursor(value, getattr(entity, self.id_column.key), order)


async def fetch_page(
    session: AsyncSession,
    statement: AnySelect,
    keyset: Keyset,
    request: PageRequest,
    order: Order,
) -> Page[Any]:
    """Runs a list statement; each row's first column is the entity that the keyset sorts by.

    Two statements for a numbered page (rows and total), one for a keyset page.

    Raises:
        InvalidCursorError: when the cursor is damaged or was made for another order.
    """
    rows: Sequence[Any] = (await session.execute(keyset.ordered(statement, request, order))).all()
    shown = rows[: request.size]
    has_more = len(rows) > request.size
    cursor = keyset.cursor_after(shown[-1][0], order) if has_more else None
    if request.cursor is not None:
        return Page(tuple(shown), request.size, None, None, cursor)
    total = await session.scalar(
        statement.with_only_columns(func.count(), maintain_column_froms=True)
    )
    return Page(tuple(shown), request.size, total or 0, request.page, cursor)


def write_cursor(value: object, identifier: UUID, order: Order) -> str:
    """An opaque, URL-safe token of a place in an order."""
    plain = value.isoformat() if isinstance(value, datetime) else value
    content = [order.name, order.descending, plain, str(identifier)]
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def read_cursor(cursor: str, order: Order, kind: type) -> tuple[object, UUID]:
    """The sort value, of type `kind`, and the id that `write_cursor` put in.

    Raises:
        InvalidCursorError: when it is damaged or was made for another order.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        content = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        name, descending, plain, identifier = content
        value = datetime.fromisoformat(plain).astimezone(UTC) if kind is datetime else plain
        place = value, UUID(identifier)
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidCursorError from error
    is_usable = type(value) is kind and "\0" not in str(value)
    if (name, descending) != (order.name, order.descending) or not is_usable:
        raise InvalidCursorError
    return place


__all__ = ["AnyRow", "AnySelect", "Keyset", "Order", "Page", "PageRequest", "fetch_page"]
