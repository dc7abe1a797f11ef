"""Going on with answers whose owner is gone, from what was logged of them."""

import asyncio
import logging
import time
from collections.abc import Sequence

from ai.chat.chat_model import ChatTurn
from ai.chat.grounded import GROUNDED_NAME
from ai.questions.remarks import remark_in
from ai.routing.bulkhead import Bulkhead, PlacesTakenError
from ai.routing.complexity import tier_for
from ai.routing.router import ChosenModel, ModelRouter
from pedagogy.modes.policy import TutorMode
from services.access import CourseAccess, mode_policy_of
from services.answering.answer_log import AnswerEvent
from services.answering.conversation_memory import REMEMBERED_MESSAGES, memory_tokens, remembered
from services.answering.draft import AnswerDraft
from services.answering.engine import AnswerEngine, RunningAnswer, Telling
from services.answering.journal import decoded
from services.answering.moderation import Teller
from services.answering.questions import AcceptedQuestion, Question
from services.answering.rewriting import FollowUpRewriter
from services.answering.understanding import UnderstoodQuestion
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
"""A successor counts from here times its epoch, beyond any number that its predecessors gave: also
to what they showed while the log could not be reached, of which it knows nothing."""
LOG_PATIENCE_SECONDS = 3.0
"""How long the log of the first of some answers is waited for while Redis does not answer: what
readers have seen would be told them anew, and a busy process that has just begun may miss it."""
LOG_PAUSE_SECONDS = 0.1
TAKEOVER_NOTICE = "The process that told this answer ended, so another one goes on with it."

logger = logging.getLogger(__name__)


class AnswerTakeover:
    """Takes up answers that are this process's from now on."""

    def __init__(
        self,
        database: Database,
        encoder: QuestionEncoder,
        rewriter: FollowUpRewriter,
        teller: Teller,
        router: ModelRouter,
        places: Bulkhead,
        engine: AnswerEngine,
        streams: AnswerStreams,
    ) -> None:
        self._database = database
        self._encoder = encoder
        self._rewriter = rewriter
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
        patience_ends = time.monotonic() + LOG_PATIENCE_SECONDS
        for answer in taken:
            try:
                await self._places.enter()
            except PlacesTakenError:
                logger.info("Answer %s waits for a place", answer.id)
                continue
            running = await self._started(answer, patience_ends)
            if running is None:
                self._places.leave()
            else:
                assert running.telling is not None  # noqa: S101 - set by the engine
                running.telling.add_done_callback(lambda _: self._places.leave())

    async def _started(self, taken: TakenAnswer, patience_ends: float) -> RunningAnswer | None:
        try:
            return await self._start(taken, patience_ends)
        except StorageUnavailableError as error:
            logger.warning("Answer %s cannot be taken up yet: %s", taken.id, error)
        except NotFoundError:
            logger.info("Answer %s was deleted before its end", taken.id)
        return None

    async def _start(self, taken: TakenAnswer, patience_ends: float) -> RunningAnswer:
        async with self._database.transaction(MAINTENANCE) as session:
            orphan = await AnswerOwnershipRepository(session).orphan(
                taken.id, remembered=REMEMBERED_MESSAGES
            )
        accepted = self._accepted(orphan, self._chosen(orphan, taken.epoch))
        logged = await self._logged(taken, patience_ends)
        draft = self._draft(accepted, taken.epoch, logged)
        if taken.was_released:
            draft.unsettled_characters = 0
        new_model = None if orphan.stop_requested else accepted.chosen.chat_model.name
        draft.take_over(TAKEOVER_NOTICE, new_model)
        logger.info("Answer %s is taken over after %d events", taken.id, len(logged))
        return self._engine.run(
            draft,
            orphan.conversation_id,
            accepted.scope,
            self._telling(draft, accepted, is_to_stop=orphan.stop_requested),
            epoch=taken.epoch,
        )

    async def _logged(self, taken: TakenAnswer, patience_ends: float) -> list[AnswerEvent]:
        """What was logged; nothing where the log, or its beginning, is lost."""
        while True:
            try:
                events = decoded(await self._streams.take(taken.id, taken.epoch))
            except StorageUnavailableError as error:
                if time.monotonic() >= patience_ends:
                    logger.warning("Answer %s is told anew: %s", taken.id, error)
                    return []
                await asyncio.sleep(LOG_PAUSE_SECONDS)
            else:
                return events if events and events[0].name == "start" else []

    def _draft(
        self, accepted: AcceptedQuestion, epoch: int, events: Sequence[AnswerEvent]
    ) -> AnswerDraft:
        message_id = accepted.message_id
        next_sequence = epoch * NUMBERS_PER_EPOCH + 1
        log = self._engine.open_log(message_id, epoch, events, next_sequence=next_sequence)
        if events:
            return AnswerDraft.resumed(message_id, log, events)
        draft = AnswerDraft(
            message_id,
            log,
            model=accepted.chosen.chat_model.name,
            prompt=accepted.prompt.reference,
        )
        draft.belongs_to(accepted.conversation_id, accepted.mode)
        return draft

    def _telling(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, *, is_to_stop: bool
    ) -> Telling:
        if is_to_stop:
            return lambda: draft.completed("stopped")
        understanding = None
        if accepted.remark is None:
            understanding = asyncio.create_task(self._understood(accepted))
        return lambda: self._teller.resume(draft, accepted, understanding)

    async def _understood(self, accepted: AcceptedQuestion) -> UnderstoodQuestion:
        place = await self._encoder.admit()
        return await place.start(lambda embedder: self._rewriter.understand(embedder, accepted))

    def _chosen(self, orphan: OrphanedAnswer, epoch: int) -> ChosenModel:
        if epoch > 1 + MOST_TAKEOVERS:
            return self._router.choose(GROUNDED_NAME)
        return self._router.choose(orphan.model, tier_for(orphan.question))

    def _accepted(self, orphan: OrphanedAnswer, chosen: ChosenModel) -> AcceptedQuestion:
        course = orphan.course
        remark = remark_in(orphan.question)
        mode = TutorMode(orphan.mode)
        turns = [
            ChatTurn("user" if role == "user" else "assistant", content)
            for role, content in orphan.turns
        ]
        return AcceptedQuestion(
            question=Question(orphan.question, orphan.conversation_id, mode, orphan.model),
            chosen=chosen,
            prompt=self._teller.find_prompt(orphan.prompt, mode, orphan.conversation_id, remark),
            access=CourseAccess(
                course_id=course.course_id,
                slug=course.slug,
                title=course.title,
                difficulty=course.difficulty,
                language=course.language,
                corpus_revision=course.corpus_revision,
                chunk_count=course.chunk_count,
                lexical_length=course.lexical_length,
                support_policy=course.support_policy,
                role=course.role,
                permissions=frozenset(),
                modes=mode_policy_of(course),
            ),
            scope=Scope(user_id=orphan.user_id, course_ids=(course.course_id,)),
            message_id=orphan.id,
            conversation_id=orphan.conversation_id,
            history=remembered(turns, memory_tokens(chosen.context_window)),
            remark=remark,
            summary=orphan.summary,
            mode=mode,
            has_problem=orphan.has_problem,
        )
