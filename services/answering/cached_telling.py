"""Telling from the cache where the same was asked before, and keeping what is told."""

from uuid import UUID

from ai.caching.policy import AnswerScope, is_cacheable
from ai.prompts.template_file import PromptTemplate
from ai.questions.remarks import Remark
from services.answer_cache import AnswerCache, CacheableQuestion
from services.answering.draft import AnswerDraft
from services.answering.questions import AcceptedQuestion, Mode
from services.answering.telling import AnswerTeller
from services.answering.understanding import Understanding
from storage.repositories.messages import FinishedAnswer

WHOLE_COURSE = "course"
"""The only retrieval scope there is: every document of the course, no filter."""


class CachedAnswerTeller:
    """An answer teller that looks into the cache first."""

    def __init__(self, teller: AnswerTeller, cache: AnswerCache, embedder_id: str) -> None:
        self._teller = teller
        self._cache = cache
        self._embedder_id = embedder_id

    def select_prompt(
        self, mode: Mode, conversation_id: UUID, remark: Remark | None = None
    ) -> PromptTemplate:
        """The prompt for that mode, or for a remark, in the version that the conversation gets."""
        return self._teller.select_prompt(mode, conversation_id, remark)

    def find_prompt(
        self,
        reference: str | None,
        mode: Mode,
        conversation_id: UUID,
        remark: Remark | None = None,
    ) -> PromptTemplate:
        """The prompt of that `name@version`, where it is still there; else the one in use."""
        return self._teller.find_prompt(reference, mode, conversation_id, remark)

    async def resume(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, understanding: Understanding | None
    ) -> FinishedAnswer:
        """Goes on with an answer, by the teller alone: two wrote it, so it is not kept."""
        return await self._teller.resume(draft, accepted, understanding)

    async def tell(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, understanding: Understanding | None
    ) -> FinishedAnswer:
        """Says the answer into the draft, again or for the first time; gives the row to save.

        Raises:
            StorageUnavailableError: the sources could not be read.
        """
        if understanding is None:
            return await self._teller.tell(draft, accepted, None)
        question = self._cacheable(draft, accepted, understanding)
        if question is None:
            return await self._teller.tell(draft, accepted, understanding)
        async with self._cache.lookup(question) as lookup:
            if lookup.answer is not None:
                understanding.cancel()
                return draft.repeat(lookup.answer)
            answer = await self._teller.tell(draft, accepted, understanding)
            await self._cache.fill(question, lookup, answer)
            return answer

    def _cacheable(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, understanding: Understanding
    ) -> CacheableQuestion | None:
        asked = accepted.question
        may_share = is_cacheable(asked.text, accepted.mode, has_history=bool(accepted.history))
        if (
            accepted.is_tutored
            or not may_share
            or asked.is_repeated
            or accepted.chosen.notice is not None
        ):
            return None
        access = accepted.access
        scope = AnswerScope(
            course_id=access.course_id,
            retrieval_scope=WHOLE_COURSE,
            corpus_revision=access.corpus_revision,
            embedder=self._embedder_id,
            prompt=draft.prompt,
            model=accepted.chosen.asked_as,
            mode=accepted.mode,
            language=access.language,
            role=access.role or "admin",
            support_policy=access.support_policy,
        )
        return CacheableQuestion(asked.text, scope, accepted.scope, understanding)
