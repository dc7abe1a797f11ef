"""Reads which rule of the database a refused statement broke."""

from sqlalchemy.exc import IntegrityError

UNIQUE_VIOLATION = "23505"
"""Source: PostgreSQL manual, appendix A, error codes."""


def is_unique_violation(error: IntegrityError) -> bool:
    """Whether a unique value was taken (rather than a check or a foreign key broken)."""
    return getattr(error.orig, "sqlstate", None) == UNIQUE_VIOLATION
