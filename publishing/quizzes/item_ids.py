"""Ids for questions that come with names of any kind."""

import re

_REFUSED = re.compile(r"[^a-z0-9]+")
_LENGTH = 40


class ItemIds:
    """Gives each name an id that no other has."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def for_(self, *names: str | None) -> str:
        """An id out of the first name that has letters or digits; `question` where none has."""
        slugs = (_REFUSED.sub("-", (name or "").lower()).strip("-")[:_LENGTH] for name in names)
        slug = next((slug.strip("-") for slug in slugs if slug), "question")
        unique, number = slug, 2
        while unique in self._given:
            unique = f"{slug[: _LENGTH - 5].strip('-')}-{number}"
            number += 1
        self._given.add(unique)
        return unique
