"""Telling one answer: look up, prompt, stream; no database connection while a model speaks."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Literal, assert_never
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ai.chat.attribution import Attribution
from ai.chat.chat_model import (
    ChatRequest,
    ChatTurn,
    Continuation,
    Finished,
    TakenOver,
    TextDelta,
    Usage,
)
from ai.chat.passage import Passage
from ai.prompts.registry import render_template
from ai.prompts.template_file import PromptTemplate
from ai.routing.router import ChosenModel
from services.access import CourseAccess
from services.answering.conversation_memory import standalone_question
from services.answering.draft import AnswerDraft
from services.answering.payloads import chunk_ids_of, shown_passages, source_payload
from services.answering.spending import Spending
from services.prompt_selection import PromptSelection
from services.retrieval import RetrievalService, RetrievedPassage
from storage.database import Scope
from storage.repositories.messages import FinishedAnswer

Mode = Literal["explain"]
PROMPTS: dict[Mode, str] = {"explain": "tutor.explain"}

SOURCE_COUNT = 8
FOUND_BY_WORDS = (
    "The course is being encoded anew: passages not yet encoded were judged by their words alone."
)
MAXIMUM_ANSWER_CHARACTERS = 40_000
"""Bounds what one answer may hold in memory, whatever a model sends."""

TAKEOVER_NOTICE = "The process that told this answer ended, so another one goes on with it."

QueryVector = asyncio.Future[NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Branch:
    """A place in a conversation other than after its latest message.

    Attributes:
        parent_id: The message that the question follows; None at the beginning.
        question_id: The question itself, where it stands there already and is answered again.
    """

    parent_id: UUID | None
    question_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What a learner asks; `model` names a chat model, None takes the configured one.

    Attributes:
        key: The learner's own name for it, so that sent again it is not asked again.
        earlier: What was said before it, where the asker keeps the conversation; it is given to
            the chat model and not stored, and the conversation that the question opens stands in
            no list. None where the conversation is ours.
        edits: An earlier question of the learner's, beside which it begins a branch.
        branch: Where it stands, if not after the latest message of its conversation.
    """

    text: str
    conversation_id: UUID | None = None
    mode: Mode = "explain"
    model: str | None = None
    key: str | None = None
    earlier: tuple[ChatTurn, ...] | None = None
    edits: UUID | None = None
    branch: Branch | None = None

    @property
    def opens_listed(self) -> bool:
        """Whether it opens a conversation that its asker finds in the list of theirs."""
        return self.conversation_id is None and self.earlier is None

    @property
    def is_repeated(self) -> bool:
        """Whether another answer is wanted than the one it has."""
        return self.branch is not None and self.branch.question_id is not None


@dataclass(frozen=True, slots=True)
class AcceptedQuestion:
    """A question that is saved and may be answered, with what it needs from its conversation."""

    question: Question
    chosen: ChosenModel
    prompt: PromptTemplate
    access: CourseAccess
    scope: Scope
    message_id: UUID
    conversation_id: UUID
    history: tuple[ChatTurn, ...]

    @property
    def standalone(self) -> str:
        """The question as retrieval reads it."""
        return standalone_question(self.question.text, self.history)


class AnswerTeller:
    """Tells answers to accepted questions."""

    def __init__(
        self,
        retrieval: RetrievalService,
        prompts: PromptSelection,
        spending: Spending,
    ) -> None:
        self._retrieval = retrieval
        self._prompts = prompts
        self._spending = spending

    def select_prompt(self, mode: Mode, conversation_id: UUID) -> PromptTemplate:
        """The prompt that answers in that mode, in the version that the conversation gets."""
        return self._prompts.select(PROMPTS[mode], conversation_id)

    def find_prompt(
        self, reference: str | None, mode: Mode, conversation_id: UUID
    ) -> PromptTemplate:
        """The prompt of that `name@version`, where it is still there; else the one in use."""
        return self._prompts.find(reference) or self.select_prompt(mode, conversation_id)

    async def tell(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, query_vector: QueryVector
    ) -> FinishedAnswer:
        """Says the sources, then the answer, into the draft; gives the row to save.

        Raises:
            StorageUnavailableError: the sources could not be read.
        """
        draft.begin()
        request = await self._prepare(draft, accepted, await query_vector)
        if accepted.chosen.notice is not None:
            draft.notify("unknown_model", accepted.chosen.notice)
        return await self._pay_and_speak(draft, accepted, request)

    async def resume(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, query_vector: QueryVector
    ) -> FinishedAnswer:
        """Goes on with what an earlier owner said into the draft; gives the row to save.

        The sources and the prompt stay the same. Where none were shown yet, they are looked up.

        Raises:
            StorageUnavailableError: the sources could not be read.
        """
        draft.begin()
        name = accepted.chosen.chat_model.name
        draft.notify("takeover", TAKEOVER_NOTICE, new_model=name)
        if draft.is_whole:
            query_vector.cancel()
            return replace(await draft.completed("stop", Usage(0, 0)), cost_micro_usd=0)
        vector = await query_vector
        if draft.has_shown_sources:
            request = await self._prepare_again(draft, accepted, vector)
        else:
            request = await self._prepare(draft, accepted, vector)
        return await self._pay_and_speak(draft, accepted, request)

    async def _pay_and_speak(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, request: ChatRequest
    ) -> FinishedAnswer:
        async with self._spending.call(accepted.chosen, request) as call:
            if call.notice is not None:
                new_model = None if call.may_be_paid else call.chosen.chat_model.name
                draft.notify("budget", call.notice, new_model=new_model)
            answer = await self._speak(draft, call.chosen, call.request)
        return replace(answer, cost_micro_usd=call.cost_micro_usd)

    async def _speak(
        self, draft: AnswerDraft, chosen: ChosenModel, request: ChatRequest
    ) -> FinishedAnswer:
        async with aclosing(chosen.chat_model.stream(request)) as chunks:
            async for chunk in chunks:
                match chunk:
                    case TextDelta(text):
                        draft.say(text)
                    case TakenOver():
                        code = "budget" if chunk.cause == "budget" else "fallback"
                        draft.notify(code, chunk.detail, new_model=chunk.by)
                    case Finished(reason, usage):
                        return await draft.completed(reason, usage)
                    case _:
                        assert_never(chunk)
                if draft.length > MAXIMUM_ANSWER_CHARACTERS:
                    break
        return await draft.completed("length")

    async def _prepare(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, query_vector: NDArray[np.float32]
    ) -> ChatRequest:
        found = await self._retrieval.retrieve_for(
            accepted.scope, accepted.access, accepted.standalone, query_vector, k=SOURCE_COUNT
        )
        passages = _numbered(found.passages)
        draft.show_sources(
            passages, [source_payload(n, source) for n, source in enumerate(found.passages, 1)]
        )
        if not found.is_fully_encoded:
            draft.notify("found_by_words", FOUND_BY_WORDS)
        return _request(draft, accepted, passages, query_vector)

    async def _prepare_again(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, query_vector: NDArray[np.float32]
    ) -> ChatRequest:
        shown = draft.inherited_sources
        sentences = await self._retrieval.sentences(
            accepted.scope,
            accepted.access,
            [chunk_id for source in shown for chunk_id in chunk_ids_of(source)],
        )
        passages = shown_passages(shown, sentences)
        draft.go_on_with(passages)
        request = _request(draft, accepted, passages, query_vector)
        if not draft.inherited_text:
            return request
        return replace(request, continuation=Continuation(draft.inherited_text, ""))


def _request(
    draft: AnswerDraft,
    accepted: AcceptedQuestion,
    passages: tuple[Passage, ...],
    query_vector: NDArray[np.float32],
) -> ChatRequest:
    variables = {
        "question": accepted.question.text,
        "course_title": accepted.access.title,
        "level": accepted.access.difficulty,
        "sources": passages,
    }
    prompt = render_template(accepted.prompt, variables)
    draft.prompt_characters = len(prompt.system) + len(prompt.user)
    return ChatRequest(
        prompt=prompt,
        question=accepted.standalone,
        question_vector=query_vector,
        passages=passages,
        history=accepted.history,
        attribution=Attribution(
            user_id=accepted.scope.user_id,
            course_id=accepted.access.course_id,
            message_id=accepted.message_id,
        ),
    )


def _numbered(found: Sequence[RetrievedPassage]) -> tuple[Passage, ...]:
    """The passages as chat models and the citation binder read them, numbered from 1."""
    return tuple(
        Passage(
            n=n,
            text=passage.text,
            title=passage.document_title,
            heading=passage.locator.heading,
            sentence_bounds=passage.sentence_bounds,
            sentence_vectors=passage.sentence_vectors,
            score=passage.score,
        )
        for n, passage in enumerate(found, start=1)
    )
