"""Telling from the cache where the same was asked before, and keeping what is told."""

from uuid import UUID

from ai.caching.policy import AnswerScope, is_cacheable
from ai.prompts.template_file import PromptTemplate
from services.answer_cache import AnswerCache, CacheableQuestion
from services.answering.draft import AnswerDraft
from services.answering.telling import AcceptedQuestion, AnswerTeller, Mode, QueryVector
from storage.repositories.messages import FinishedAnswer

WHOLE_COURSE = "course"
"""The only retrieval scope there is: every document of the course, no filter."""


class CachedAnswerTeller:
    """An answer teller that looks into the cache first."""

    def __init__(self, teller: AnswerTeller, cache: AnswerCache, embedder_id: str) -> None:
        self._teller = teller
        self._cache = cache
        self._embedder_id = embedder_id

    def select_prompt(self, mode: Mode, conversation_id: UUID) -> PromptTemplate:
        """The prompt that answers in that mode, in the version that the conversation gets."""
        return self._teller.select_prompt(mode, conversation_id)

    def find_prompt(
        self, reference: str | None, mode: Mode, conversation_id: UUID
    ) -> PromptTemplate:
        """The prompt of that `name@version`, where it is still there; else the one in use."""
        return self._teller.find_prompt(reference, mode, conversation_id)

    async def resume(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, query_vector: QueryVector
    ) -> FinishedAnswer:
        """Goes on with an answer, by the teller alone: two wrote it, so it is not kept."""
        return await self._teller.resume(draft, accepted, query_vector)

    async def tell(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, query_vector: QueryVector
    ) -> FinishedAnswer:
        """Says the answer into the draft, again or for the first time; gives the row to save.

        Raises:
            StorageUnavailableError: the sources could not be read.
        """
        question = self._cacheable(draft, accepted, query_vector)
        if question is None:
            return await self._teller.tell(draft, accepted, query_vector)
        async with self._cache.lookup(question) as lookup:
            if lookup.answer is not None:
                query_vector.cancel()
                return draft.repeat(lookup.answer)
            answer = await self._teller.tell(draft, accepted, query_vector)
            await self._cache.fill(question, lookup, answer)
            return answer

    def _cacheable(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, query_vector: QueryVector
    ) -> CacheableQuestion | None:
        asked = accepted.question
        may_share = is_cacheable(asked.text, asked.mode, has_history=bool(accepted.history))
        if not may_share or asked.is_repeated or accepted.chosen.notice is not None:
            return None
        access = accepted.access
        scope = AnswerScope(
            course_id=access.course_id,
            retrieval_scope=WHOLE_COURSE,
            corpus_revision=access.corpus_revision,
            embedder=self._embedder_id,
            prompt=draft.prompt,
            model=accepted.chosen.asked_as,
            mode=asked.mode,
            language=access.language,
            role=access.role or "admin",
        )
        return CacheableQuestion(asked.text, scope, accepted.scope, query_vector)
