"""Telling one answer: look up, prompt, stream; no database connection while a model speaks."""

from collections.abc import Collection, Mapping
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import Final, assert_never
from uuid import UUID

from ai.answering.own_wording import nearest_topics, not_covered
from ai.chat.chat_model import (
    ChatRequest,
    Continuation,
    Finished,
    TakenOver,
    TextDelta,
    Usage,
)
from ai.chat.passage import Passage
from ai.prompts.template_file import PromptTemplate
from ai.questions.remarks import Remark
from content.languages import SpokenLanguage
from pedagogy.modes.policy import OF_THE_LEARNERS_WORK, TutorMode
from services.answering.checking import AnswerChecker
from services.answering.composing import RequestComposer, answerability_of
from services.answering.draft import AnswerDraft, FinishReason
from services.answering.language import stock_language
from services.answering.looking_up import looked_up
from services.answering.packing import numbered, packed
from services.answering.payloads import chunk_ids_of, shown_passages, source_payload
from services.answering.questions import AcceptedQuestion, Mode
from services.answering.remark_replies import RemarkReplies
from services.answering.spending import PaidCall, Spending
from services.answering.understanding import Understanding, UnderstoodQuestion
from services.prompt_selection import PromptSelection
from services.retrieval import RetrievalService
from services.tutoring.preparing import TutoredReplies
from storage.repositories.messages import FinishedAnswer

PROMPTS: Final[Mapping[Mode, str]] = {mode: f"tutor.{mode}" for mode in TutorMode}
REMARK_PROMPT = "conversation.remark"

SOURCE_COUNT = 8
FOUND_BY_WORDS: Final[dict[SpokenLanguage, str]] = {
    "en": "The course is being encoded anew: passages not yet encoded were judged by their words"
    " alone.",
    "hi": "पाठ्यक्रम को फिर से तैयार किया जा रहा है: जो अंश अभी तैयार नहीं हैं, उन्हें केवल उनके शब्दों से परखा गया।",
}
MAXIMUM_ANSWER_CHARACTERS = 40_000
"""Bounds what one answer may hold in memory, whatever a model sends."""


class AnswerTeller:
    """Tells answers to accepted questions."""

    def __init__(
        self,
        retrieval: RetrievalService,
        prompts: PromptSelection,
        spending: Spending,
        remarks: RemarkReplies,
        checker: AnswerChecker,
        tutored: TutoredReplies,
        link_hosts: Collection[str] = (),
    ) -> None:
        self._retrieval = retrieval
        self._remarks = remarks
        self._checker = checker
        self._tutored = tutored
        self._link_hosts = link_hosts
        self._composer = RequestComposer(prompts)
        self._prompts = prompts
        self._spending = spending

    def select_prompt(
        self, mode: Mode, conversation_id: UUID, remark: Remark | None = None
    ) -> PromptTemplate:
        """The prompt for that mode, or for a remark, in the version that the conversation gets."""
        name = PROMPTS[mode] if remark is None else REMARK_PROMPT
        return self._prompts.select(name, conversation_id)

    def find_prompt(
        self,
        reference: str | None,
        mode: Mode,
        conversation_id: UUID,
        remark: Remark | None = None,
    ) -> PromptTemplate:
        """The prompt of that `name@version`, where it is still there; else the one in use."""
        return self._prompts.find(reference) or self.select_prompt(mode, conversation_id, remark)

    async def tell(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, understanding: Understanding | None
    ) -> FinishedAnswer:
        """Says the sources, then the answer, into the draft; gives the row to save.

        A remark is not looked up: it has no `understanding`, and its answer no sources.

        Raises:
            StorageUnavailableError: the sources could not be read.
        """
        draft.language = stock_language(accepted)
        if accepted.is_tutored and understanding is not None:
            return await self._tutor(draft, accepted, understanding)
        draft.begin()
        if understanding is None:
            request = await self._prepare_reply(draft, accepted)
        else:
            request = await self._prepare(draft, accepted, await understanding)
        if accepted.chosen.notice is not None:
            draft.notify("unknown_model", accepted.chosen.notice)
        return await self._pay_and_speak(draft, accepted, request)

    async def resume(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, understanding: Understanding | None
    ) -> FinishedAnswer:
        """Goes on with what an earlier owner said into the draft; gives the row to save.

        The sources and the prompt stay the same. Where none were shown yet, they are looked up.

        Raises:
            StorageUnavailableError: the sources could not be read.
        """
        draft.language = stock_language(accepted)
        if draft.is_whole:
            if understanding is not None:
                understanding.cancel()
            return replace(await draft.completed("stop", Usage(0, 0)), cost_micro_usd=0)
        if accepted.is_tutored and understanding is not None:
            return await self._tutor(draft, accepted, understanding)
        if understanding is None:
            request = await self._prepare_reply(draft, accepted)
        elif draft.has_shown_sources:
            request = await self._prepare_again(draft, accepted, await understanding)
        else:
            request = await self._prepare(draft, accepted, await understanding)
        return await self._pay_and_speak(draft, accepted, request)

    async def _tutor(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, understanding: Understanding
    ) -> FinishedAnswer:
        """Has a turn of the tutor's told; one that was guarded is shown as a whole or not at all.

        Where an earlier owner has shown a guarded one, nothing is left to be said.
        """
        prepared = await self._tutored.prepare(draft, accepted, understanding)
        if prepared is None:
            return replace(await draft.completed("stop", Usage(0, 0)), cost_micro_usd=0)
        request = _continued(draft, prepared.request)
        return await self._pay_and_speak(draft, prepared.accepted, request)

    async def _pay_and_speak(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, request: ChatRequest
    ) -> FinishedAnswer:
        """Has the answer told within its budgets."""
        call: PaidCall | None = None
        try:
            async with self._spending.call(accepted.chosen, request) as call:
                self._spending.count_lost(call, draft.lost_by, draft.unsettled_characters)
                if call.notice is not None:
                    new_model = None if call.may_be_paid else call.chosen.chat_model.name
                    draft.notify("budget", call.notice, new_model=new_model)
                answer = await self._speak(draft, accepted, call)
        finally:
            draft.cost_micro_usd = 0 if call is None else call.cost_micro_usd
        return replace(answer, cost_micro_usd=draft.cost_micro_usd)

    async def _speak(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, call: PaidCall
    ) -> FinishedAnswer:
        ending: tuple[FinishReason, Usage | None] = ("length", None)
        draft.allow_links_to(self._link_hosts)
        async with aclosing(call.chosen.chat_model.stream(call.request)) as chunks:
            async for chunk in chunks:
                match chunk:
                    case TextDelta(text):
                        draft.say(text)
                    case TakenOver():
                        code = "budget" if chunk.cause == "budget" else "fallback"
                        draft.notify(code, chunk.detail, new_model=chunk.by)
                    case Finished(reason, usage):
                        ending = reason, usage
                    case _:
                        assert_never(chunk)
                if draft.written_length > MAXIMUM_ANSWER_CHARACTERS:
                    break
        return await draft.completed(
            *ending,
            check=partial(self._checker.check, attribution=call.request.attribution),
            marks_low_support=bool(call.request.passages)
            and not draft.is_guarded
            and accepted.mode not in OF_THE_LEARNERS_WORK
            and accepted.access.support_policy == "mark",
        )

    async def _prepare(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, asked: UnderstoodQuestion
    ) -> ChatRequest:
        found = await looked_up(
            self._retrieval, accepted.scope, accepted.access, asked, k=SOURCE_COUNT
        )
        fitting = packed(
            found.passages, asked.vector, accepted, lambda: self._composer.frame(accepted)
        )
        passages = numbered(fitting)
        likely = answerability_of(asked, passages)
        draft.show_sources(
            passages, [source_payload(n, source) for n, source in enumerate(fitting, 1)], likely
        )
        if not found.is_fully_encoded:
            draft.notify("found_by_words", FOUND_BY_WORDS[draft.language])
        return self._request(draft, accepted, passages, asked, likely)

    async def _prepare_again(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, asked: UnderstoodQuestion
    ) -> ChatRequest:
        shown = draft.inherited_sources
        sentences = await self._retrieval.sentences(
            accepted.scope,
            accepted.access,
            [chunk_id for source in shown for chunk_id in chunk_ids_of(source)],
        )
        passages = shown_passages(shown, sentences)
        likely = answerability_of(asked, passages)
        draft.go_on_with(passages, likely)
        return _continued(draft, self._request(draft, accepted, passages, asked, likely))

    async def _prepare_reply(self, draft: AnswerDraft, accepted: AcceptedQuestion) -> ChatRequest:
        if accepted.has_problem:
            await self._tutored.guard_remark(draft, accepted)
        if not draft.has_shown_sources:
            draft.show_sources((), ())
        request = await self._remarks.request(accepted)
        draft.prompt_characters = request.prompt.characters
        return _continued(draft, request)

    def _request(
        self,
        draft: AnswerDraft,
        accepted: AcceptedQuestion,
        passages: tuple[Passage, ...],
        asked: UnderstoodQuestion,
        likely: float,
    ) -> ChatRequest:
        if accepted.access.support_policy == "withhold":
            draft.withhold_unsupported(not_covered(nearest_topics(passages), draft.language))
        request = self._composer.compose(accepted, passages, asked, likely)
        draft.prompt_characters = request.prompt.characters
        return request


def _continued(draft: AnswerDraft, request: ChatRequest) -> ChatRequest:
    """The request, to go on from what an earlier owner said, if one did."""
    if not draft.inherited_text:
        return request
    return replace(request, continuation=Continuation(draft.inherited_text, ""))
