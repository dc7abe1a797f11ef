"""Places for answers: so many are told at a time, and fewer are begun while questions wait long."""

import time
from dataclasses import dataclass

from ai.routing.adaptive_bulkhead import AdaptiveBulkhead
from ai.routing.bulkhead import Bulkhead, PlacesTakenError, Room


@dataclass(frozen=True, slots=True)
class AnswerRoom:
    """Room for an answer, kept for a question on its way to it."""

    told: Room
    begun: Room

    def give_back(self) -> None:
        """The question enters now, or does not come; idempotent."""
        self.told.give_back()
        self.begun.give_back()


class AnswerPlace:
    """One answer's place: among the beginnings at first, among those told to its end."""

    def __init__(self, told: Bulkhead, begun: AdaptiveBulkhead) -> None:
        self._told = told
        self._begun = begun
        self._let_in_at = time.monotonic()
        self._inside = begun.taken
        self._is_beginning = True

    def prepared(self) -> None:
        """Its sources are there; how long they took tells how many may be begun at a time."""
        if self._is_beginning:
            self._begun.observe(time.monotonic() - self._let_in_at, self._inside)
        self.leave_beginnings()

    def leave_beginnings(self) -> None:
        """Makes room for another beginning without a measure of how busy we are; idempotent."""
        if self._is_beginning:
            self._is_beginning = False
            self._begun.leave()

    def leave(self) -> None:
        """The answer has ended, or was never started; to be called once."""
        self.leave_beginnings()
        self._told.leave()


class AnswerPlaces:
    """Bounds answers twice.

    An answer is told for as long as its model speaks, which costs little; its beginning costs most
    of what an answer costs, and is over at once. So `told` is wide and fixed, and it is `begun`
    that follows how long questions wait: a service that was busy for a moment takes everyone again
    as soon as it is not, and nobody has to wait for the end of others' answers.
    """

    def __init__(self, told: Bulkhead, begun: AdaptiveBulkhead) -> None:
        self._told = told
        self._begun = begun

    def expect(self) -> AnswerRoom:
        """Keeps room for one whose asker is still being looked up.

        Raises:
            PlacesTakenError: There is none.
        """
        begun = self._begun.expect()
        try:
            return AnswerRoom(self._told.expect(), begun)
        except PlacesTakenError:
            begun.give_back()
            raise

    async def enter(self) -> AnswerPlace:
        """Takes a place; whoever does leaves it.

        Raises:
            PlacesTakenError: There is none.
        """
        await self._told.enter()
        try:
            await self._begun.enter()
        except BaseException:
            self._told.leave()
            raise
        return AnswerPlace(self._told, self._begun)
