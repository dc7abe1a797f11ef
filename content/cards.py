"""Flashcards, for spaced repetition."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from content.base import Content, ItemId, Language, Line, Markdown, Sources


class Flashcard(Content):
    """A question on the front, its answer on the back."""

    id: ItemId
    front: Markdown
    back: Markdown
    concepts: tuple[Line, ...] = ()
    sources: Sources = ()


class Deck(Content):
    """Cards in their order; their ids are unique."""

    title: Line
    language: Language = "en"
    cards: Annotated[tuple[Flashcard, ...], Field(min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        ids = [card.id for card in self.cards]
        if len(set(ids)) != len(ids):
            raise ValueError("two cards have the same id")
        return self
