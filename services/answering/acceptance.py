"""Accepting a question: who asks, what is remembered, which model and prompt; one statement."""

from collections.abc import Sequence
from typing import NoReturn
from uuid import UUID

from uuid_utils.compat import uuid7

from ai.chat.chat_model import ChatTurn
from ai.chat.grounded import GROUNDED_NAME
from ai.prompts.template_file import PromptTemplate
from ai.questions.remarks import Remark
from ai.routing.complexity import tier_for
from ai.routing.router import ChosenModel, ModelRouter
from pedagogy.modes.errors import ModeNotAllowedError
from pedagogy.modes.policy import TutorMode
from services.access import Permission, authorise, entered, roles_with
from services.actors import Actor
from services.answering.conversation_memory import (
    REMEMBERED_MESSAGES,
    REMEMBERED_TOKENS,
    memory_tokens,
    remembered,
)
from services.answering.moderation import Teller
from services.answering.questions import AcceptedQuestion, Branch, Mode, Question
from services.answering.repeats import keep_key
from services.errors import InvalidValueError
from storage.database import Database, Scope
from storage.errors import NotFoundError
from storage.repositories.asking import AcceptedExchange, AskingRepository, NewExchange
from storage.repositories.question_keys import QuestionKeyRepository

ROLES_THAT_ASK = roles_with(Permission.ASK)
TITLE_CHARACTERS = 80


class QuestionAcceptance:
    """Authorises questions, reads their history and saves them with the row of their answer."""

    def __init__(
        self,
        database: Database,
        router: ModelRouter,
        teller: Teller,
        owner: str,
        lease_seconds: float,
    ) -> None:
        """Takes where to save, and `owner` and `lease_seconds` for the row of each answer."""
        self._database = database
        self._router = router
        self._teller = teller
        self._owner = owner
        self._lease_seconds = lease_seconds

    async def accept(
        self, actor: Actor, course: UUID | str, question: Question, remark: Remark | None
    ) -> AcceptedQuestion:
        """The question, saved with the empty row of its answer, and what it needs.

        `remark` says that it asks nothing of the course.

        Raises:
            NotFoundError: no such course or conversation for this actor.
            PermissionDeniedError: the actor may see the course but not ask there.
            InvalidValueError: the course has no such mode; nothing is saved.
            KeyTakenError: the question's key stands for an answer already; nothing is saved.
            StorageUnavailableError: nothing is saved.
        """
        chosen = self._chosen(question, remark)
        conversation_id = question.conversation_id or uuid7()
        branch = question.branch or Branch(None)
        prompts = self._prompts(question, conversation_id, remark)
        exchange = NewExchange(
            opens=question.conversation_id is None,
            conversation_id=conversation_id,
            user_id=actor.user_id,
            question_id=branch.question_id or uuid7(),
            answer_id=uuid7(),
            question=question.text,
            mode=question.mode,
            model=chosen.chat_model.name,
            prompts={mode.value: prompt.reference for mode, prompt in prompts.items()},
            title=first_title(question.text),
            owner=self._owner,
            lease_seconds=self._lease_seconds,
            is_listed=question.earlier is None,
            is_branch=question.branch is not None,
            parent_id=branch.parent_id,
            is_repeated=question.is_repeated,
            earlier_turns=_kept(question.earlier),
        )
        async with self._database.connection(actor.scope, reuses_plans=True) as connection:
            accepted = await AskingRepository(connection).accept(
                course,
                exchange,
                every_course=actor.is_admin,
                roles=ROLES_THAT_ASK,
                remembered=REMEMBERED_MESSAGES,
            )
            if accepted is not None and not accepted.is_allowed:
                raise InvalidValueError("mode", _not_allowed(question, accepted))
            if accepted is not None and not accepted.is_saved:
                raise NotFoundError("conversation", exchange.conversation_id)
            if accepted is not None and question.key is not None:
                await keep_key(QuestionKeyRepository(connection), exchange, accepted, question)
        if accepted is None:
            await self._refuse(actor, course)
        access = entered(actor, accepted)
        mode = TutorMode(accepted.mode)
        turns = question.earlier or [_turn(role, content) for role, content in accepted.turns]
        return AcceptedQuestion(
            question=question,
            chosen=chosen,
            prompt=prompts[mode],
            access=access,
            scope=Scope(user_id=actor.user_id, course_ids=(access.course_id,)),
            message_id=exchange.answer_id,
            conversation_id=exchange.conversation_id,
            history=remembered(turns, memory_tokens(chosen.context_window)),
            remark=remark,
            summary=accepted.summary or "",
            mode=mode,
            has_problem=accepted.has_problem,
        )

    def _prompts(
        self, question: Question, conversation_id: UUID, remark: Remark | None
    ) -> dict[Mode, PromptTemplate]:
        """The prompts of all modes that the question may be answered in."""
        modes = TutorMode if question.mode is None else (question.mode,)
        return {mode: self._teller.select_prompt(mode, conversation_id, remark) for mode in modes}

    def _chosen(self, question: Question, remark: Remark | None) -> ChosenModel:
        """Who answers; no chat model is asked what no course holds."""
        if remark is not None and remark.is_off_topic:
            return self._router.choose(GROUNDED_NAME)
        return self._router.choose(question.model, tier_for(question.text))

    async def _refuse(self, actor: Actor, course: UUID | str) -> NoReturn:
        """Says why: the actor may not see the course, or may not ask there."""
        async with self._database.transaction(actor.scope) as session:
            await authorise(session, actor, course, Permission.ASK)
        raise NotFoundError("course", course)


def first_title(question: str) -> str:
    """A conversation's first title: its first question on one line, cut at a word."""
    line = " ".join(question.split())
    if len(line) <= TITLE_CHARACTERS:
        return line
    return line[:TITLE_CHARACTERS].rsplit(" ", 1)[0] + "…"


def _not_allowed(question: Question, accepted: AcceptedExchange) -> str:
    return str(ModeNotAllowedError(str(question.mode), accepted.tutor_modes))


def _kept(earlier: Sequence[ChatTurn] | None) -> list[tuple[str, str]] | None:
    """What a successor needs of a conversation that its asker keeps."""
    if earlier is None:
        return None
    return [(turn.role, turn.content) for turn in remembered(earlier, REMEMBERED_TOKENS)]


def _turn(role: str, content: str) -> ChatTurn:
    return ChatTurn("user" if role == "user" else "assistant", content)
