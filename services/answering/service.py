"""Asking in a course, listening to the answer, coming back to it and stopping it."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from uuid import UUID

from ai.questions.follow_ups import depends_on_history
from ai.questions.remarks import remark_in
from ai.routing.bulkhead import PlacesTakenError
from services.actors import Actor
from services.answering.acceptance import QuestionAcceptance, first_title
from services.answering.answer_log import AnswerEvent
from services.answering.branching import asked_again, placed
from services.answering.draft import AnswerDraft
from services.answering.engine import AnswerEngine, RunningAnswer
from services.answering.following import AnswerFollower
from services.answering.keeper import AnswerKeeper
from services.answering.moderation import Teller
from services.answering.places import AnswerPlace, AnswerPlaces, AnswerRoom
from services.answering.questions import AcceptedQuestion, Question
from services.answering.repeats import KeyTakenError, earlier_answer
from services.answering.replay import replay
from services.answering.rewriting import FollowUpRewriter
from services.answering.summing_up import ConversationSummariser
from services.answering.takeover import AnswerTakeover
from services.answering.titling import ConversationTitler
from services.answering.understanding import Understanding, understood
from services.errors import OverloadedError
from services.measuring.answers import AnswerPace
from services.question_encoding import QuestionEncoder
from services.retry_pace import RetryPace
from storage.database import Database
from storage.errors import NotFoundError
from storage.repositories.answer_ownership import AnswerOwnershipRepository
from storage.repositories.messages import MessageRepository, StoredMessage

FIRST_EPOCH = 1
STOP_SECONDS = 20.0
"""How long a stop waits for its answer's end: another process or a successor may have to hear of
it, and where it is told it has to be saved."""
SHORTEST_RETRY_SECONDS = 3


@dataclass(frozen=True, slots=True)
class AnswerSharing:
    """What processes need of one another's answers."""

    keeper: AnswerKeeper
    takeover: AnswerTakeover
    follower: AnswerFollower


@dataclass(frozen=True, slots=True)
class HeardAnswer:
    """An answer and its events from the first on, as they come."""

    message_id: UUID
    batches: AsyncGenerator[list[AnswerEvent], None]


class AnsweringService:
    """Answers questions; an answer goes on whether its asker listens or leaves."""

    def __init__(
        self,
        database: Database,
        encoder: QuestionEncoder,
        acceptance: QuestionAcceptance,
        rewriter: FollowUpRewriter,
        teller: Teller,
        places: AnswerPlaces,
        engine: AnswerEngine,
        sharing: AnswerSharing,
        summariser: ConversationSummariser,
        titler: ConversationTitler | None = None,
    ) -> None:
        self._database = database
        self._encoder = encoder
        self._acceptance = acceptance
        self._rewriter = rewriter
        self._teller = teller
        self._places = places
        self._engine = engine
        self._keeper = sharing.keeper
        self._takeover = sharing.takeover
        self._follower = sharing.follower
        self._summariser = summariser
        self._titler = titler
        self._pace = RetryPace(SHORTEST_RETRY_SECONDS)

    @contextmanager
    def room(self) -> Iterator[AnswerRoom]:
        """Room for one question, to be given to `ask` or what asks; kept while the context is open.

        Raises:
            OverloadedError: as many are being told, wait and are on their way, as may.
        """
        try:
            room = self._places.expect()
        except PlacesTakenError:
            raise OverloadedError("answers", self._pace.refuse()) from None
        try:
            yield room
        finally:
            room.give_back()

    async def ask(
        self, actor: Actor, course: UUID | str, question: Question, room: AnswerRoom | None = None
    ) -> RunningAnswer:
        """Saves the question and starts its answer; returns once the answer has its row.

        Raises:
            NotFoundError: no such course or conversation for this actor.
            OverloadedError: as many answers as this process tells at once are being told, or as
                many questions encoded as may be; nothing is saved.
            StorageUnavailableError: the question could not be saved; nothing is.
            KeyTakenError: the question's key stands for an answer already; nothing is saved.
        """
        asked_at = time.monotonic()
        if room is not None:
            room.give_back()
        try:
            place = await self._places.enter()
        except PlacesTakenError:
            raise OverloadedError("answers", self._pace.refuse()) from None
        try:
            running = await self._start(actor, course, question, asked_at, place)
        except BaseException:
            place.leave()
            raise
        assert running.telling is not None  # noqa: S101 - set by the engine
        running.telling.add_done_callback(lambda _: place.leave())
        return running

    async def listen(
        self,
        actor: Actor,
        course: UUID | str,
        question: Question,
        pause_seconds: float | None,
        room: AnswerRoom | None = None,
    ) -> HeardAnswer:
        """Asks, and gives the answer's events; a question sent again under its key is not asked.

        An empty batch is given at least every `pause_seconds` while nothing happens.

        Raises:
            KeyReusedError: the question's key came with another question before.
            InvalidValueError: it edits a question of another conversation than its own.
            NotFoundError, OverloadedError, StorageUnavailableError: as `ask`.
        """
        question = await placed(self._database, actor, question)
        while True:
            earlier = await earlier_answer(self._database, actor, course, question)
            if earlier is not None:
                return HeardAnswer(earlier, await self.follow(actor, earlier, 0, pause_seconds))
            with suppress(KeyTakenError):
                running = await self.ask(actor, course, question, room)
                return HeardAnswer(running.message_id, running.log.read(0, pause_seconds))

    async def regenerate(
        self,
        actor: Actor,
        message_id: UUID,
        key: str | None,
        pause_seconds: float | None,
        room: AnswerRoom | None = None,
    ) -> HeardAnswer:
        """Answers the question of an answer once more, as if that answer were not there.

        Raises:
            NotFoundError: no such answer of this actor.
            WrongStateError: the answer is still being told.
            KeyReusedError, OverloadedError, StorageUnavailableError: as `listen`.
        """
        course, question = await asked_again(self._database, actor, message_id, key)
        return await self.listen(actor, course, question, pause_seconds, room)

    async def follow(
        self, actor: Actor, message_id: UUID, after: int, pause_seconds: float | None
    ) -> AsyncGenerator[list[AnswerEvent], None]:
        """The events of an answer after sequence `after`, live or told again.

        An empty list is given at least every `pause_seconds` while nothing happens.

        Raises:
            NotFoundError: no such answer of this actor.
        """
        running = self._engine.find(message_id, actor.user_id)
        if running is not None:
            return running.log.read(after, pause_seconds)
        message = await self.message(actor, message_id)
        if message.role != "assistant":
            raise NotFoundError("answer", message_id)
        return self._follow_elsewhere(actor, message, after, pause_seconds)

    async def message(self, actor: Actor, message_id: UUID) -> StoredMessage:
        """A message of the actor's own conversations.

        Raises:
            NotFoundError: there is none that they may see.
        """
        async with self._database.transaction(actor.scope) as session:
            return await MessageRepository(session).owned(message_id, actor.user_id)

    async def stop(self, actor: Actor, message_id: UUID) -> StoredMessage:
        """Ends an answer where it is, keeps what was said, and gives the message.

        An answer that is over stays as it is; one whose end cannot be saved in time is given as
        it stands.

        Raises:
            NotFoundError: no such message of this actor.
        """
        running = self._engine.find(message_id, actor.user_id)
        if running is not None:
            running.end("stopped")
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):
                    await running.log.closed()
            return await self.message(actor, message_id)
        message = await self.message(actor, message_id)
        if message.status == "streaming":
            await self._stop_elsewhere(actor, message_id)
            message = await self.message(actor, message_id)
        return message

    def take_over_orphans(self) -> None:
        """Goes on, from now until `close`, with answers whose processes are gone."""
        self._keeper.sweep(self._takeover.take_up, self._takeover.free_places)

    async def titles_settled(self) -> None:
        """Waits until each title under way is there, or is given up."""
        if self._titler is not None:
            await self._titler.settled()

    async def summaries_settled(self) -> None:
        """Waits until each summary under way is there, or is given up."""
        await self._summariser.settled()

    async def close(self) -> None:
        """Lets running answers end, or hands them over."""
        await self._summariser.close()
        if self._titler is not None:
            await self._titler.close()
        await self._keeper.close()
        await self._engine.close()
        await self._follower.close()

    async def _start(
        self,
        actor: Actor,
        course: UUID | str,
        question: Question,
        asked_at: float,
        answer_place: AnswerPlace,
    ) -> RunningAnswer:
        remark = remark_in(question.text)
        if remark is not None:
            accepted = await self._acceptance.accept(actor, course, question, remark)
            answer_place.leave_beginnings()
            return self._run(accepted, None, asked_at)
        place = await self._encoder.admit()
        early = None
        has_history = question.conversation_id is not None or question.earlier
        if not has_history or not depends_on_history(question.text):
            early = place.start(lambda embedder: understood(embedder, question.text))
            await asyncio.sleep(0)  # lets its thread have the interpreter, which it needs to begin
        try:
            accepted = await self._acceptance.accept(actor, course, question, None)
        except BaseException:
            place.leave()
            raise
        if early is not None and not accepted.is_tutored:
            return self._run(accepted, early, asked_at, answer_place)
        # A chat model is waited for from here on, by the rewriter or by the tutor.
        answer_place.leave_beginnings()
        rewriter = self._rewriter
        understanding = early or place.start(
            lambda embedder: rewriter.understand(embedder, accepted)
        )
        return self._run(accepted, understanding, asked_at)

    def _run(
        self,
        accepted: AcceptedQuestion,
        understanding: Understanding | None,
        asked_at: float,
        place: AnswerPlace | None = None,
    ) -> RunningAnswer:
        """Starts telling; the `place` where the wait for the sources tells how busy we are."""
        question = accepted.question
        draft = AnswerDraft(
            accepted.message_id,
            self._engine.open_log(accepted.message_id, FIRST_EPOCH),
            model=accepted.chosen.chat_model.name,
            prompt=accepted.prompt.reference,
        )
        draft.pace = AnswerPace(asked_at)
        draft.belongs_to(accepted.conversation_id, accepted.mode)
        if place is not None:
            draft.when_prepared = place.prepared
        running = self._engine.run(
            draft,
            accepted.conversation_id,
            accepted.scope,
            lambda: self._teller.tell(draft, accepted, understanding),
        )
        self._keeper.keep()
        self._summariser.follow(running, accepted)
        has_own_title = accepted.remark is not None or accepted.is_tutored
        if self._titler is not None and question.opens_listed and not has_own_title:
            self._titler.follow(running, accepted, first_title(question.text))
        return running

    async def _follow_elsewhere(
        self, actor: Actor, message: StoredMessage, after: int, pause_seconds: float | None
    ) -> AsyncGenerator[list[AnswerEvent], None]:
        """Tells an answer from the log of the process that tells it, then from its row."""
        while message.status == "streaming":
            async with self._follower.following(message.id) as log:
                async for batch in log.read(after, pause_seconds):
                    yield batch
                    if batch and batch[-1].is_last:
                        return
                    after = batch[-1].sequence if batch else after
            message = await self.message(actor, message.id)
        yield list(replay(message, after))

    async def _stop_elsewhere(self, actor: Actor, message_id: UUID) -> None:
        """Asks the owner to end an answer, and waits until it has, for a while."""
        async with self._database.transaction(actor.scope) as session:
            await AnswerOwnershipRepository(session).request_stop(message_id)
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS), self._follower.following(message_id) as log:
                await log.closed()
