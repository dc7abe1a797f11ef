"""Cursors: opaque, bound to their order, and safe against whatever comes back."""

import base64
import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import InvalidCursorError
from storage.paging import Order, Page, read_cursor, write_cursor

BY_TITLE = Order("title")


def encoded(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",))), st.uuids())
def test_a_cursor_gives_back_what_was_put_in(title, identifier):
    cursor = write_cursor(title, identifier, BY_TITLE)

    assert read_cursor(cursor, BY_TITLE, str) == (title, identifier)


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_keeps_times_to_the_microsecond(time, identifier):
    order = Order("created_at", descending=True)

    assert read_cursor(write_cursor(time, identifier, order), order, datetime) == (time, identifier)


@given(st.text())
def test_any_text_is_a_cursor_or_a_clear_error(text):
    with pytest.raises(InvalidCursorError):
        read_cursor(text, BY_TITLE, str)


@pytest.mark.parametrize(
    "content",
    [
        ["title", False, 7, str(uuid4())],
        ["title", False, "a\0b", str(uuid4())],
        ["title", False, "a", "not an id"],
        ["title", True, "a", str(uuid4())],
        ["created_at", False, "a", str(uuid4())],
        ["title", False, "a"],
        {"title": "a"},
        None,
    ],
)
def test_a_forged_cursor_is_refused(content):
    with pytest.raises(InvalidCursorError):
        read_cursor(encoded(content), BY_TITLE, str)


@pytest.mark.parametrize(("total", "pages"), [(0, 0), (1, 1), (20, 1), (21, 2), (None, None)])
def test_pages_are_counted_in_full_pages(total, pages):
    page = Page((), size=20, total=total, page=1, next_cursor=None)

    assert page.pages == pages
