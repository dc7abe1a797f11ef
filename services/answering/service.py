"""Asking in a course, listening to the answer, coming back to it and stopping it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from uuid_utils.compat import uuid7

from ai.chat.chat_model import ChatTurn
from ai.routing.bulkhead import Bulkhead, PlacesTakenError
from ai.routing.complexity import tier_for
from ai.routing.router import ModelRouter
from services.access import Permission, authorise, entered, roles_with
from services.actors import Actor
from services.answering.answer_log import AnswerEvent
from services.answering.branching import asked_again, placed
from services.answering.cached_telling import CachedAnswerTeller
from services.answering.conversation_memory import (
    REMEMBERED_MESSAGES,
    depends_on_history,
    remembered,
)
from services.answering.draft import AnswerDraft
from services.answering.engine import AnswerEngine, RunningAnswer
from services.answering.following import AnswerFollower
from services.answering.keeper import AnswerKeeper
from services.answering.repeats import KeyTakenError, earlier_answer, keep_key
from services.answering.replay import replay
from services.answering.takeover import AnswerTakeover
from services.answering.telling import AcceptedQuestion, AnswerTeller, Branch, Question
from services.answering.titling import ConversationTitler
from services.errors import OverloadedError
from services.question_encoding import QuestionEncoder
from storage.database import Database, Scope
from storage.errors import NotFoundError
from storage.repositories.answer_ownership import AnswerOwnershipRepository
from storage.repositories.asking import AskingRepository, NewExchange
from storage.repositories.messages import MessageRepository, StoredMessage
from storage.repositories.question_keys import QuestionKeyRepository

ROLES_THAT_ASK = roles_with(Permission.ASK)
TITLE_CHARACTERS = 80
FIRST_EPOCH = 1
STOP_SECONDS = 20.0
"""How long a stop waits for another process, or for a successor, to hear of it."""
OVERLOADED_RETRY_AFTER_SECONDS = 3


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
        teller: AnswerTeller | CachedAnswerTeller,
        router: ModelRouter,
        places: Bulkhead,
        engine: AnswerEngine,
        sharing: AnswerSharing,
        titler: ConversationTitler | None = None,
    ) -> None:
        self._database = database
        self._encoder = encoder
        self._teller = teller
        self._router = router
        self._places = places
        self._engine = engine
        self._keeper = sharing.keeper
        self._takeover = sharing.takeover
        self._follower = sharing.follower
        self._titler = titler

    async def ask(self, actor: Actor, course: UUID | str, question: Question) -> RunningAnswer:
        """Saves the question and starts its answer; returns once the answer has its row.

        Raises:
            NotFoundError: no such course or conversation for this actor.
            OverloadedError: as many answers as this process tells at once are being told, or as
                many questions encoded as may be; nothing is saved.
            StorageUnavailableError: the question could not be saved; nothing is.
            KeyTakenError: the question's key stands for an answer already; nothing is saved.
        """
        try:
            await self._places.enter()
        except PlacesTakenError:
            raise OverloadedError("answers", OVERLOADED_RETRY_AFTER_SECONDS) from None
        try:
            running = await self._start(actor, course, question)
        except BaseException:
            self._places.leave()
            raise
        assert running.telling is not None  # noqa: S101 - set by the engine
        running.telling.add_done_callback(lambda _: self._places.leave())
        return running

    async def listen(
        self, actor: Actor, course: UUID | str, question: Question, pause_seconds: float | None
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
                running = await self.ask(actor, course, question)
                return HeardAnswer(running.message_id, running.log.read(0, pause_seconds))

    async def regenerate(
        self, actor: Actor, message_id: UUID, key: str | None, pause_seconds: float | None
    ) -> HeardAnswer:
        """Answers the question of an answer once more, as if that answer were not there.

        Raises:
            NotFoundError: no such answer of this actor.
            WrongStateError: the answer is still being told.
            KeyReusedError, OverloadedError, StorageUnavailableError: as `listen`.
        """
        course, question = await asked_again(self._database, actor, message_id, key)
        return await self.listen(actor, course, question, pause_seconds)

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

        An answer that is over stays as it is.

        Raises:
            NotFoundError: no such message of this actor.
        """
        running = self._engine.find(message_id, actor.user_id)
        if running is not None:
            running.end("stopped")
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

    async def close(self) -> None:
        """Lets running answers end, or hands them over."""
        if self._titler is not None:
            await self._titler.close()
        await self._keeper.close()
        await self._engine.close()
        await self._follower.close()

    async def _start(self, actor: Actor, course: UUID | str, question: Question) -> RunningAnswer:
        place = await self._encoder.admit()
        early = None
        has_history = question.conversation_id is not None or question.earlier
        if not has_history or not depends_on_history(question.text):
            early = place.encode(question.text)
            await asyncio.sleep(0)  # lets its thread have the interpreter, which it needs to begin
        try:
            accepted = await self._accept(actor, course, question)
        except BaseException:
            place.leave()
            raise
        query_vector = early or place.encode(accepted.standalone)
        draft = AnswerDraft(
            accepted.message_id,
            self._engine.open_log(accepted.message_id, FIRST_EPOCH),
            model=accepted.chosen.chat_model.name,
            prompt=accepted.prompt.reference,
        )
        draft.belongs_to(accepted.conversation_id, question.mode)
        running = self._engine.run(
            draft,
            accepted.conversation_id,
            accepted.scope,
            lambda: self._teller.tell(draft, accepted, query_vector),
        )
        self._keeper.keep()
        if self._titler is not None and question.opens_listed:
            self._titler.follow(running, accepted, first_title(question.text))
        return running

    async def _accept(
        self, actor: Actor, course: UUID | str, question: Question
    ) -> AcceptedQuestion:
        """Authorises, reads the history and saves the exchange, in one statement."""
        chosen = self._router.choose(question.model, tier_for(question.text))
        conversation_id = question.conversation_id or uuid7()
        branch = question.branch or Branch(None)
        prompt = self._teller.select_prompt(question.mode, conversation_id)
        exchange = NewExchange(
            opens=question.conversation_id is None,
            conversation_id=conversation_id,
            user_id=actor.user_id,
            question_id=branch.question_id or uuid7(),
            answer_id=uuid7(),
            question=question.text,
            mode=question.mode,
            model=chosen.chat_model.name,
            prompt=prompt.reference,
            title=first_title(question.text),
            owner=self._engine.owner,
            lease_seconds=self._keeper.lease_seconds,
            is_listed=question.earlier is None,
            is_branch=question.branch is not None,
            parent_id=branch.parent_id,
            is_repeated=question.is_repeated,
        )
        async with self._database.connection(actor.scope, reuses_plans=True) as connection:
            accepted = await AskingRepository(connection).accept(
                course,
                exchange,
                every_course=actor.is_admin,
                roles=ROLES_THAT_ASK,
                remembered=REMEMBERED_MESSAGES,
            )
            if accepted is not None and not accepted.is_saved:
                raise NotFoundError("conversation", exchange.conversation_id)
            if accepted is not None and question.key is not None:
                await keep_key(QuestionKeyRepository(connection), exchange, accepted, question)
        if accepted is None:
            await self._refuse(actor, course)
        access = entered(actor, accepted)
        turns = question.earlier or [_turn(role, content) for role, content in accepted.turns]
        return AcceptedQuestion(
            question=question,
            chosen=chosen,
            prompt=prompt,
            access=access,
            scope=Scope(user_id=actor.user_id, course_ids=(access.course_id,)),
            message_id=exchange.answer_id,
            conversation_id=exchange.conversation_id,
            history=remembered(turns),
        )

    async def _refuse(self, actor: Actor, course: UUID | str) -> NoReturn:
        """Says why: the actor may not see the course, or may not ask there."""
        async with self._database.transaction(actor.scope) as session:
            await authorise(session, actor, course, Permission.ASK)
        raise NotFoundError("course", course)

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
        yield replay(message, after)

    async def _stop_elsewhere(self, actor: Actor, message_id: UUID) -> None:
        """Asks the owner to end an answer, and waits until it has, for a while."""
        async with self._database.transaction(actor.scope) as session:
            await AnswerOwnershipRepository(session).request_stop(message_id)
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS), self._follower.following(message_id) as log:
                await log.closed()


def _turn(role: str, content: str) -> ChatTurn:
    return ChatTurn("user" if role == "user" else "assistant", content)


def first_title(question: str) -> str:
    """A conversation's first title: its first question on one line, cut at a word."""
    line = " ".join(question.split())
    if len(line) <= TITLE_CHARACTERS:
        return line
    return line[:TITLE_CHARACTERS].rsplit(" ", 1)[0] + "…"
