"""Answers given again: found by the question or its meaning, kept when they are good."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from secrets import token_hex
from typing import Literal
from uuid import UUID

import orjson

from ai.caching.guards import guards_of
from ai.caching.policy import LOW_SUPPORT, AnswerScope
from services.access import Permission, authorise
from services.actors import Actor
from services.answering.payloads import NOTICES_OF_THE_TEXT
from services.answering.understanding import UnderstoodQuestion
from services.measuring.answers import AnswerMeasures
from storage.answer_cache import AnswerCacheStore
from storage.database import MAINTENANCE, Database, Scope
from storage.errors import StorageUnavailableError
from storage.repositories.audit import AuditRepository
from storage.repositories.cached_questions import (
    CachedQuestionsRepository,
    LikeQuestion,
    NewCachedQuestion,
)
from storage.repositories.messages import FinishedAnswer

LIKENESS_THRESHOLD = 0.8
"""Cosine from which two questions that agree in their guards count as one.

Source: `benchmarks/semantic_cache.py`, docs/benchmarks.md.
"""
NEAREST_LOOKED_AT = 5
WAIT_SECONDS = 10.0
"""How long an asker waits for the answer that another is getting, before asking too."""
LOW_SUPPORT_TAG = "low-support"
LOW_SUPPORT_LIFETIME = timedelta(minutes=10)

Found = Literal["exact", "semantic"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CacheLimits:
    """How long, how many and how large.

    Attributes:
        questions: Of one course, that may be found by meaning.
    """

    lifetime: timedelta
    questions: int
    answer_bytes: int


@dataclass(frozen=True, slots=True, eq=False)
class CacheableQuestion:
    """A question whose answer may be shared within its scope.

    Its vector, `(dimension,)` float32, L2-normalised, is on its way.
    """

    text: str
    answer_scope: AnswerScope
    database_scope: Scope
    encoded: asyncio.Future[UnderstoodQuestion]


@dataclass(slots=True)
class Lookup:
    """What is known of one question: its answer, or the right to bring it.

    Attributes:
        answer: As it was given before; None where it has to be made.
        found: How it was found.
    """

    key: str
    owner: str = field(default_factory=lambda: token_hex(8))
    answer: FinishedAnswer | None = None
    found: Found | None = None


@dataclass(frozen=True, slots=True)
class CacheStatistics:
    """What the cache did since its counters began.

    Attributes:
        rejected: Likely hits that the guards held back.
        saved_micro_usd: What the answers had cost when they were made, for every time since.
    """

    hits_exact: int
    hits_semantic: int
    misses: int
    fills: int
    rejected: int
    saved_tokens: int
    saved_micro_usd: int
    questions: int
    is_available: bool


class AnswerCache:
    """Looks up and keeps answers. A store that is down costs nothing but the hits."""

    def __init__(
        self,
        database: Database,
        store: AnswerCacheStore,
        limits: CacheLimits,
        measures: AnswerMeasures | None = None,
    ) -> None:
        self._database = database
        self._store = store
        self._limits = limits
        self._measures = measures or AnswerMeasures()

    @asynccontextmanager
    async def lookup(self, question: CacheableQuestion) -> AsyncIterator[Lookup]:
        """The answer, where there is one; else nobody else makes it until the context ends."""
        lookup = Lookup(question.answer_scope.key(question.text))
        is_ours = await self._look(question, lookup)
        try:
            yield lookup
        finally:
            if is_ours:
                await self._store.land(lookup.key, lookup.owner)

    async def fill(
        self, question: CacheableQuestion, lookup: Lookup, answer: FinishedAnswer
    ) -> bool:
        """Keeps an answer that came to a good end; whether it was kept.

        Not kept: what was broken off, came with a notice of how it was told or is too large, and
        what was read from a corpus that has changed since. Weakly supported answers are kept for a
        short time, for the very same question only.
        """
        payload = orjson.dumps(asdict(answer))
        is_whole = answer.finish_reason == "stop" and answer.content != ""
        is_good = is_whole and all(n["code"] in NOTICES_OF_THE_TEXT for n in answer.notices)
        if not (is_good and self._store.is_available and len(payload) <= self._limits.answer_bytes):
            return False
        is_low = (answer.groundedness or 0.0) < LOW_SUPPORT
        lifetime = min(LOW_SUPPORT_LIFETIME, self._limits.lifetime) if is_low else None
        lifetime = lifetime or self._limits.lifetime
        scope = question.answer_scope
        tags = tags_of(scope, answer) + ([LOW_SUPPORT_TAG] if is_low else [])
        new = NewCachedQuestion(
            course_id=scope.course_id,
            scope_hash=scope.hash,
            corpus_revision=scope.corpus_revision,
            question=question.text,
            vector=(await question.encoded).vector,
            guards=guards_of(question.text).as_json(),
            cache_key=lookup.key,
            tags=tags,
            lifetime=lifetime,
        )
        if not await self._add(question.database_scope, new):
            return False
        self._store.count({"fills": 1})
        await self._store.keep(
            scope.course_id,
            scope.hash,
            lookup.key,
            payload,
            tags=tags,
            lifetime_seconds=int(lifetime.total_seconds()),
            longest_lifetime_seconds=int(self._limits.lifetime.total_seconds()),
        )
        await self._store.send_counts()
        return True

    async def statistics(self, actor: Actor) -> CacheStatistics:
        """What the cache did, for an admin.

        Raises:
            PermissionDeniedError: for anyone else.
        """
        actor.require("admin", action="see the answer cache")
        counts = await self._store.statistics()
        async with self._database.transaction(MAINTENANCE) as session:
            questions = await CachedQuestionsRepository(session).count()
        return CacheStatistics(
            hits_exact=counts.get("hits_exact", 0),
            hits_semantic=counts.get("hits_semantic", 0),
            misses=counts.get("misses", 0),
            fills=counts.get("fills", 0),
            rejected=counts.get("rejected", 0),
            saved_tokens=counts.get("saved_tokens", 0),
            saved_micro_usd=counts.get("saved_micro_usd", 0),
            questions=questions,
            is_available=self._store.is_available,
        )

    async def purge(
        self, actor: Actor, *, course: UUID | str | None = None, tag: str | None = None
    ) -> int:
        """Forgets the answers of a course, or with a tag, or all; how many Redis held.

        Raises:
            PermissionDeniedError: for anyone but an admin.
            NotFoundError: no such course.
            StorageUnavailableError: when one of the stores cannot be reached; ask again.
        """
        actor.require("admin", action="purge the answer cache")
        course_id = None
        async with self._database.transaction(actor.scope) as session:
            if course is not None:
                access = await authorise(session, actor, course, Permission.MANAGE)
                course_id = access.course_id
            await CachedQuestionsRepository(session).purge(course_id=course_id, tag=tag)
            await AuditRepository(session).record(
                "answer_cache.purge",
                actor_id=actor.user_id,
                course_id=course_id,
                details={"tag": tag},
            )
        if tag is not None:
            return await self._store.purge_tag(tag)
        return await self._store.purge(course_id)

    async def _look(self, question: CacheableQuestion, lookup: Lookup) -> bool:
        """Fills in what is found; whether the flight is this asker's."""
        scope = question.answer_scope
        look = await self._store.look(scope.course_id, scope.hash, lookup.key, lookup.owner)
        payload, found = look.payload, "exact"
        if payload is None and look.scope_is_known:
            payload, found = await self._by_meaning(question), "semantic"
        if payload is None and not look.is_ours_to_fill:
            found = "exact"
            payload = await self._store.wait(
                scope.course_id, lookup.key, limit_seconds=WAIT_SECONDS
            )
        if payload is None:
            self._store.count({"misses": 1})
            self._measures.looked_up("miss")
            return look.is_ours_to_fill
        answer = FinishedAnswer(**orjson.loads(payload))
        lookup.answer = answer
        lookup.found = "semantic" if found == "semantic" else "exact"
        self._measures.looked_up(lookup.found)
        self._store.count(
            {
                f"hits_{found}": 1,
                "saved_tokens": (answer.prompt_tokens or 0) + (answer.completion_tokens or 0),
                "saved_micro_usd": answer.cost_micro_usd or 0,
            }
        )
        return look.is_ours_to_fill

    async def _by_meaning(self, question: CacheableQuestion) -> bytes | None:
        """The answer to the likest question that means the same."""
        scope = question.answer_scope
        await asyncio.wait({question.encoded})
        if question.encoded.cancelled() or question.encoded.exception() is not None:
            return None  # whoever needs the vector reports it
        try:
            async with self._database.transaction(question.database_scope) as session:
                near = await CachedQuestionsRepository(session).nearest(
                    scope.course_id,
                    scope.hash,
                    question.encoded.result().vector,
                    without_tag=LOW_SUPPORT_TAG,
                    limit=NEAREST_LOOKED_AT,
                )
        except StorageUnavailableError:
            return None
        for candidate in self._same(question.text, near):
            payload = await self._store.payload(scope.course_id, candidate.cache_key)
            if payload is not None:
                return payload
        return None

    def _same(self, question: str, near: Sequence[LikeQuestion]) -> list[LikeQuestion]:
        guards = guards_of(question)
        like = [found for found in near if found.likeness >= LIKENESS_THRESHOLD]
        same = [found for found in like if guards.agree_with(guards_of(found.question))]
        if like and not same:
            self._store.count({"rejected": 1})
        return same

    async def _add(self, scope: Scope, new: NewCachedQuestion) -> bool:
        try:
            async with self._database.transaction(scope) as session:
                repository = CachedQuestionsRepository(session)
                return await repository.add(new, maximum=self._limits.questions)
        except StorageUnavailableError as error:
            logger.warning("An answer was not put into the cache: %s", error)
            return False


def tags_of(scope: AnswerScope, answer: FinishedAnswer) -> list[str]:
    """What an answer can be purged by: its model, prompt, mode and each document it read."""
    documents = dict.fromkeys(str(source["document_id"]) for source in answer.sources)
    return [
        f"model:{scope.model}",
        f"prompt:{scope.prompt}",
        f"mode:{scope.mode}",
        *(f"document:{document}" for document in documents),
    ]
