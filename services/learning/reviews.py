"""Spaced repetition: which cards are due, and what a look at one does."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content.cards import Deck, Flashcard
from content.kinds import ContentKind
from pedagogy.events.kinds import CardReviewed
from pedagogy.mastery.self_ratings import SELF_RATED_GUESS, SHARES
from pedagogy.reviews.scheduling import CardMemory, Recall, ReviewScheduler
from services.access import Permission, authorise
from services.actors import Actor
from services.errors import InvalidValueError, KeyReusedError
from services.learning.events import estimated_events, tell
from services.learning.tracing import MasteryTracer, Practised
from storage.database import Database
from storage.errors import ConflictError, NotFoundError
from storage.repositories.attempts import AttemptRepository
from storage.repositories.card_memories import CardMemoryRepository, StoredDeck
from storage.repositories.contents import ContentsRepository

MOST_DECKS = 200
TOO_FAR_AHEAD = timedelta(minutes=5)
"""A clock that goes faster than ours by more than this is wrong."""


@dataclass(frozen=True, slots=True)
class CardName:
    """Which card it is: the deck, and the card's id in it, written with a dot between."""

    deck_id: UUID
    card_id: str

    @classmethod
    def of(cls, text: str) -> "CardName":
        """The card that a name stands for.

        Raises:
            NotFoundError: it is no card's.
        """
        deck, _, card = text.partition(".")
        try:
            return cls(UUID(deck), card)
        except ValueError:
            raise NotFoundError("card", text) from None

    def __str__(self) -> str:
        return f"{self.deck_id}.{self.card_id}"


@dataclass(frozen=True, slots=True)
class DueCard:
    """A card that is to be seen again, or for the first time.

    Attributes:
        memory: None for a card that the learner never saw.
        chance_of_recall: How likely it is remembered now; None for one never seen.
    """

    name: CardName
    course_id: UUID
    course_slug: str
    deck_title: str
    card: Flashcard
    memory: CardMemory | None
    chance_of_recall: float | None


@dataclass(frozen=True, slots=True)
class DueCards:
    """Cards in the order to see them in: due ones by when they fell due, then new ones."""

    cards: tuple[DueCard, ...]
    due_count: int
    new_count: int


@dataclass(frozen=True, slots=True)
class GivenReview:
    """What a learner says of a card.

    Attributes:
        reviewed_at: When they looked at it, where that was before now (offline).
        idempotency_key: Their name for the request.
    """

    recall: Recall
    reviewed_at: datetime | None = None
    idempotency_key: str | None = None


class ReviewService:
    """Learners see their due cards and say how well they remembered them."""

    def __init__(
        self, database: Database, scheduler: ReviewScheduler, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._scheduler = scheduler
        self._clock = clock

    async def due(
        self, actor: Actor, course: UUID | str | None, limit: int, new_limit: int
    ) -> DueCards:
        """The actor's due cards of one course or of all theirs, and so many new ones.

        Raises:
            NotFoundError: no such course for this actor.
        """
        now = self._clock()
        async with self._database.transaction(actor.scope) as session:
            course_id = None
            if course is not None:
                access = await authorise(session, actor, course, Permission.READ)
                course_id = access.course_id
            cards = CardMemoryRepository(session)
            decks = await cards.decks(course_id, MOST_DECKS)
            memories = await cards.memories(actor.user_id, [deck.id for deck in decks])
        listed = [card for deck in decks for card in self._listed(deck, memories, now)]
        seen = [card for card in listed if card.memory is not None and card.memory.due_at <= now]
        unseen = [card for card in listed if card.memory is None]
        seen.sort(key=_due_at)
        return DueCards((*seen[:limit], *unseen[:new_limit]), len(seen), len(unseen))

    async def review(self, actor: Actor, card: str, given: GivenReview) -> CardMemory:
        """Keeps what a learner says of a card, and when it is due again.

        Sent again under the same key, the memory of the first one is given back.

        Raises:
            NotFoundError: there is no such card for this actor.
            InvalidValueError: the review is from the future.
            KeyReusedError: the key stands for a review of another card, another recall or in
                another course.
        """
        now, name = self._clock(), CardName.of(card)
        at = given.reviewed_at or now
        if at > now + TOO_FAR_AHEAD:
            raise InvalidValueError("reviewed_at", "A review is not made in the future.")
        async with self._database.transaction(actor.scope) as session:
            course_id, card_seen = await _entered_card(session, actor, name)
            await AttemptRepository(session).lock_learning(actor.user_id, course_id)
            cards = CardMemoryRepository(session)
            earlier = await _earlier_review(cards, actor, name, given)
            if earlier is not None:
                return earlier
            before = await cards.memory(actor.user_id, name.deck_id, name.card_id)
            memory = self._scheduler.reviewed(
                None if before is None else CardMemory(**before), given.recall, min(at, now)
            )
            await cards.put(actor.user_id, name.deck_id, name.card_id, course_id, asdict(memory))
            values = {
                "course_id": course_id,
                "learner_id": actor.user_id,
                "deck_id": name.deck_id,
                "card_id": name.card_id,
                "recall": given.recall.value,
                "reviewed_at": memory.last_reviewed_at,
                "memory": _as_json(memory),
                "idempotency_key": given.idempotency_key,
            }
            try:
                await cards.add_review(values)
            except ConflictError:  # with a row of another course, which is out of sight here
                raise KeyReusedError from None
            practised = Practised(
                "card",
                str(name),
                SHARES[given.recall.value],
                SELF_RATED_GUESS,
                memory.last_reviewed_at,
            )
            traced = await MasteryTracer(session).keep_practised(
                practised, actor.user_id, course_id, card_seen.concepts
            )
            event = CardReviewed(
                deck_id=name.deck_id,
                card_id=name.card_id,
                recall=given.recall.value,
                stability=memory.stability,
                due_at=memory.due_at,
            )
            events = [event, *estimated_events(traced)]
            await tell(session, course_id, actor.user_id, memory.last_reviewed_at, events)
        return memory

    def _listed(
        self,
        deck: StoredDeck,
        memories: Mapping[tuple[UUID, str], Mapping[str, Any]],
        now: datetime,
    ) -> list[DueCard]:
        content = Deck.model_validate(deck.body)
        listed = []
        for card in content.cards:
            found = memories.get((deck.id, card.id))
            memory = None if found is None else CardMemory(**found)
            chance = None if memory is None else self._scheduler.chance_of_recall(memory, now)
            listed.append(
                DueCard(
                    CardName(deck.id, card.id),
                    deck.course_id,
                    deck.course_slug,
                    content.title,
                    card,
                    memory,
                    chance,
                )
            )
        return listed


async def _entered_card(
    session: AsyncSession, actor: Actor, name: CardName
) -> tuple[UUID, Flashcard]:
    """The course of a card that the actor may see, and the card."""
    subject = ("card", str(name))
    contents = ContentsRepository(session)
    course_id = await contents.course_of(name.deck_id, ContentKind.DECK)
    if course_id is None:
        raise NotFoundError(*subject)
    await authorise(session, actor, course_id, Permission.READ, subject=subject)
    head = await contents.head(name.deck_id)
    if head.published_version is None:
        raise NotFoundError(*subject)
    stored = await contents.version(name.deck_id, head.published_version)
    cards = {card.id: card for card in Deck.model_validate(stored.body).cards}
    if name.card_id not in cards:
        raise NotFoundError(*subject)
    return course_id, cards[name.card_id]


async def _earlier_review(
    cards: CardMemoryRepository, actor: Actor, name: CardName, given: GivenReview
) -> CardMemory | None:
    if given.idempotency_key is None:
        return None
    row = await cards.review_of_key(actor.user_id, given.idempotency_key)
    if row is None:
        return None
    if (row.deck_id, row.card_id, row.recall) != (name.deck_id, name.card_id, given.recall.value):
        raise KeyReusedError
    moments = {
        field: datetime.fromisoformat(row.memory[field]) for field in ("last_reviewed_at", "due_at")
    }
    return CardMemory(**{**row.memory, **moments})


def _as_json(memory: CardMemory) -> dict[str, Any]:
    return {
        field: value.isoformat() if isinstance(value, datetime) else value
        for field, value in asdict(memory).items()
    }


def _due_at(card: DueCard) -> datetime:
    assert card.memory is not None  # noqa: S101 (those without were left out)
    return card.memory.due_at
