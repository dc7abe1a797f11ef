"""Conditions that several lists share."""

from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, literal_column
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

SIMPLE: ColumnElement[Any] = literal_column("'simple'::regconfig")
SPACE: ColumnElement[str] = literal_column("' '::text")


def holds_words(
    title: InstrumentedAttribute[str], body: InstrumentedAttribute[str], words: str
) -> ColumnElement[bool]:
    """Rows whose title and body hold the words, in web-search syntax (quotes, `-`, `or`).

    The expression is that of the tables' `..._words` indexes, to the letter, so that they serve.
    """
    vector = func.to_tsvector(SIMPLE, title + SPACE + body)
    return vector.bool_op("@@")(func.websearch_to_tsquery(SIMPLE, words))


def holds_tag(tags: InstrumentedAttribute[list[str]], tag: str) -> ColumnElement[bool]:
    """Rows with exactly this tag among theirs; served by a GIN index."""
    return tags.bool_op("@>")(cast([tag], ARRAY(Text)))
