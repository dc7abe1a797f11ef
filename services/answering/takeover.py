"""Going on with answers whose owner is gone, from what was logged of them."""

import asyncio
import logging
from collections.abc import Sequence
from typing import cast

from ai.chat.chat_model import ChatTurn
from ai.chat.grounded import GROUNDED_NAME
from ai.embedding.embedder import Float32Array
from ai.routing.bulkhead import Bulkhead, PlacesTakenError
from ai.routing.complexity import tier_for
from ai.routing.router import ChosenModel, ModelRouter
from services.access import CourseAccess
from services.answering.answer_log import AnswerEvent
from services.answering.cached_telling import CachedAnswerTeller
from services.answering.conversation_memory import REMEMBERED_MESSAGES, remembered
from services.answering.draft import AnswerDraft
from services.answering.engine import AnswerEngine, RunningAnswer, Telling
from services.answering.journal import decoded
from services.answering.telling import AcceptedQuestion, AnswerTeller, Mode, Question
from services.question_encoding import QuestionEncoder
from storage.answer_streams import AnswerStreams
from storage.database import MAINTENANCE, Database, Scope
from storage.errors import NotFoundError, StorageUnavailableError
from storage.repositories.answer_ownership import (
    AnswerOwnershipRepository,
    OrphanedAnswer,
    TakenAnswer,
)

MOST_TAKEOVERS = 3
"""After so many the grounded model finishes: an answer that ends processes ends no more of them."""
NUMBERS_PER_EPOCH = 1_000_000
"""An answer told anew counts from here times its epoch, beyond any number of the lost events."""

logger = logging.getLogger(__name__)


class AnswerTakeover:
    """Takes up answers that are this process's from now on."""

    def __init__(
        self,
        database: Database,
        encoder: QuestionEncoder,
        teller: AnswerTeller | CachedAnswerTeller,
        router: ModelRouter,
        places: Bulkhead,
        engine: AnswerEngine,
        streams: AnswerStreams,
    ) -> None:
        self._database = database
        self._encoder = encoder
        self._teller = teller
        self._router = router
        self._places = places
        self._engine = engine
        self._streams = streams

    def free_places(self) -> int:
        """How many more answers this process can tell."""
        return self._places.free

    async def take_up(self, taken: Sequence[TakenAnswer]) -> None:
        """Starts going on with each of them; one that cannot be read waits for the next sweep."""
        for answer in taken:
            try:
                await self._places.enter()
            except PlacesTakenError:
                logger.info("Answer %s waits for a place", answer.id)
                continue
            running = await self._started(answer)
            if running is None:
                self._places.leave()
            else:
                assert running.telling is not None  # noqa: S101 - set by the engine
                running.telling.add_done_callback(lambda _: self._places.leave())

    async def _started(self, taken: TakenAnswer) -> RunningAnswer | None:
        try:
            return await self._start(taken)
        except StorageUnavailableError as error:
            logger.warning("Answer %s cannot be taken up yet: %s", taken.id, error)
        except NotFoundError:
            logger.info("Answer %s was deleted before its end", taken.id)
        return None

    async def _start(self, taken: TakenAnswer) -> RunningAnswer:
        async with self._database.transaction(MAINTENANCE) as session:
            orphan = await AnswerOwnershipRepository(session).orphan(
                taken.id, remembered=REMEMBERED_MESSAGES
            )
        accepted = self._accepted(orphan, self._chosen(orphan, taken.epoch))
        draft = self._draft(accepted, taken.epoch, await self._logged(taken))
        logger.info("Answer %s is taken over at event %d", taken.id, draft.log.next_sequence - 1)
        return self._engine.run(
            draft,
            orphan.conversation_id,
            accepted.scope,
            self._telling(draft, accepted, is_to_stop=orphan.stop_requested),
            epoch=taken.epoch,
        )

    async def _logged(self, taken: TakenAnswer) -> list[AnswerEvent]:
        """What was logged; nothing where the log, or its beginning, is lost."""
        try:
            events = decoded(await self._streams.take(taken.id, taken.epoch))
        except StorageUnavailableError as error:
            logger.warning("Answer %s is told anew: %s", taken.id, error)
            return []
        return events if events and events[0].name == "start" else []

    def _draft(
        self, accepted: AcceptedQuestion, epoch: int, events: Sequence[AnswerEvent]
    ) -> AnswerDraft:
        message_id = accepted.message_id
        if events:
            log = self._engine.open_log(message_id, epoch, events)
            return AnswerDraft.resumed(message_id, log, events)
        first_sequence = epoch * NUMBERS_PER_EPOCH + 1
        draft = AnswerDraft(
            message_id,
            self._engine.open_log(message_id, epoch, first_sequence=first_sequence),
            model=accepted.chosen.chat_model.name,
            prompt=accepted.prompt.reference,
        )
        draft.belongs_to(accepted.conversation_id, accepted.question.mode)
        return draft

    def _telling(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, *, is_to_stop: bool
    ) -> Telling:
        if is_to_stop:
            return lambda: draft.completed("stopped")
        query_vector = asyncio.create_task(self._query_vector(accepted.standalone))
        return lambda: self._teller.resume(draft, accepted, query_vector)

    async def _query_vector(self, text: str) -> Float32Array:
        return await self._encoder.vector(text)

    def _chosen(self, orphan: OrphanedAnswer, epoch: int) -> ChosenModel:
        if epoch > 1 + MOST_TAKEOVERS:
            return self._router.choose(GROUNDED_NAME)
        return self._router.choose(orphan.model, tier_for(orphan.question))

    def _accepted(self, orphan: OrphanedAnswer, chosen: ChosenModel) -> AcceptedQuestion:
        course = orphan.course
        mode = cast("Mode", orphan.mode)
        turns = [
            ChatTurn("user" if role == "user" else "assistant", content)
            for role, content in orphan.turns
        ]
        return AcceptedQuestion(
            question=Question(orphan.question, orphan.conversation_id, mode, orphan.model),
            chosen=chosen,
            prompt=self._teller.find_prompt(orphan.prompt, mode, orphan.conversation_id),
            access=CourseAccess(
                course_id=course.course_id,
                slug=course.slug,
                title=course.title,
                difficulty=course.difficulty,
                language=course.language,
                corpus_revision=course.corpus_revision,
                chunk_count=course.chunk_count,
                lexical_length=course.lexical_length,
                role=course.role,
                permissions=frozenset(),
            ),
            scope=Scope(user_id=orphan.user_id, course_ids=(course.course_id,)),
            message_id=orphan.id,
            conversation_id=orphan.conversation_id,
            history=remembered(turns),
        )
