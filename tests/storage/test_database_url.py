"""How a database's address is read."""

import pytest

from storage.database import normalise_database_url


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("postgres://u:p@db.school.edu/n", "postgresql+asyncpg://u:p@db.school.edu/n"),
        (
            "postgresql://u:p@db.school.edu/n?sslmode=require",
            "postgresql+asyncpg://u:p@db.school.edu/n?ssl=require",
        ),
        ("postgresql://u:p@127.0.0.1:5/n", "postgresql+asyncpg://u:p@127.0.0.1:5/n"),
        (
            "postgresql://u:p@localhost/n?sslmode=verify-full",
            "postgresql+asyncpg://u:p@localhost/n?ssl=verify-full",
        ),
        ("", ""),
    ],
)
def test_an_address_is_read_for_the_driver(given: str, read: str) -> None:
    assert normalise_database_url(given) == read
