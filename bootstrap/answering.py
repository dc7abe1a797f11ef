"""Wires what answers questions: who tells, who keeps, who takes over; what is remembered."""

import os
import secrets
import socket
import time
from datetime import timedelta

from ai.routing.adaptive_bulkhead import AdaptiveBulkhead
from ai.routing.bulkhead import Bulkhead
from ai.validation.structured import StructuredChat
from bootstrap.adapters import Adapters
from services.answer_cache import AnswerCache, CacheLimits
from services.answering.acceptance import QuestionAcceptance
from services.answering.cached_telling import CachedAnswerTeller
from services.answering.checking import AnswerChecker
from services.answering.engine import AnswerEngine
from services.answering.following import AnswerFollower
from services.answering.judging import SupportJudge
from services.answering.keeper import AnswerKeeper
from services.answering.moderation import (
    ModeratedTeller,
    Moderation,
    ModerationRules,
    Teller,
)
from services.answering.places import AnswerPlaces
from services.answering.remark_replies import RemarkReplies
from services.answering.rewriting import FollowUpRewriter
from services.answering.service import AnsweringService, AnswerSharing
from services.answering.spending import Spending
from services.answering.summing_up import ConversationSummariser
from services.answering.takeover import AnswerTakeover
from services.answering.telling import AnswerTeller
from services.answering.titling import ConversationTitler
from services.learning.answer_grading import AnswerGrading
from services.measuring.answers import AnswerMeasures
from services.prompt_selection import PromptSelection
from services.question_encoding import QuestionEncoder
from services.retrieval import RetrievalService
from services.tutoring.own_keys import OwnKeys
from services.tutoring.preparing import TutoredReplies
from services.tutoring.tutor import Tutor
from storage.answer_cache import AnswerCacheStore
from storage.answer_streams import AnswerStreams

ANSWER_WAIT_SECONDS = 0.1
"""How long a question waits for its place among the answers under way."""
ANSWERS_PER_WAITING = 10
"""An answer of one second leaves a tenth of the places in the tenth of a second that one waits."""


def build_answering(
    adapters: Adapters,
    encoder: QuestionEncoder,
    retrieval: RetrievalService,
    prompts: PromptSelection,
    answer_cache: AnswerCache,
    spending: Spending,
    grading: AnswerGrading,
) -> AnsweringService:
    """Answering over these adapters, with a bounded number of answers at once."""
    settings = adapters.settings
    structured = StructuredChat(adapters.prompts)
    moderation = build_moderation(adapters)
    direct = _direct_teller(adapters, encoder, retrieval, prompts, structured, spending, grading)
    perhaps_cached = (
        CachedAnswerTeller(direct, answer_cache, encoder.embedder_id)
        if settings.answer_cache
        else direct
    )
    teller: Teller = perhaps_cached
    if moderation is not None:
        teller = ModeratedTeller(perhaps_cached, moderation)
    rewriter = FollowUpRewriter(
        adapters.router, prompts, spending, settings.rewrite_timeout_seconds, moderation
    )
    at_once, waiting = settings.answers_at_once, settings.answers_waiting
    told = Bulkhead(
        at_once,
        waiting=min(waiting, max(at_once // ANSWERS_PER_WAITING, 1)),
        waiting_seconds=ANSWER_WAIT_SECONDS,
    )
    begun = AdaptiveBulkhead(at_once, waiting=waiting, waiting_seconds=ANSWER_WAIT_SECONDS)
    streams = AnswerStreams(adapters.redis)
    engine = AnswerEngine(
        adapters.database,
        streams,
        process_name(),
        AnswerMeasures(adapters.metrics),
        adapters.traces,
    )
    takeover = AnswerTakeover(
        adapters.database, encoder, rewriter, teller, adapters.router, told, engine, streams
    )
    sharing = AnswerSharing(
        AnswerKeeper(adapters.database, engine, settings.answer_lease_seconds),
        takeover,
        AnswerFollower(adapters.database, streams),
    )
    acceptance = QuestionAcceptance(
        adapters.database, adapters.router, teller, engine.owner, settings.answer_lease_seconds
    )
    titler = ConversationTitler(adapters.database, prompts, structured, spending)
    return AnsweringService(
        adapters.database,
        encoder,
        acceptance,
        rewriter,
        teller,
        AnswerPlaces(told, begun),
        engine,
        sharing,
        ConversationSummariser(adapters.database, adapters.router, prompts, spending),
        titler if settings.conversation_titles else None,
    )


def _direct_teller(
    adapters: Adapters,
    encoder: QuestionEncoder,
    retrieval: RetrievalService,
    prompts: PromptSelection,
    structured: StructuredChat,
    spending: Spending,
    grading: AnswerGrading,
) -> AnswerTeller:
    """What tells an answer from the course, or as the tutor, each time anew."""
    tutored = TutoredReplies(
        adapters.database,
        Tutor(adapters.database, grading, adapters.clock),
        OwnKeys(prompts, structured, spending),
        retrieval,
        encoder,
        prompts,
        adapters.router,
        adapters.clock,
    )
    judge = SupportJudge(adapters.router, prompts, structured, spending)
    return AnswerTeller(
        retrieval,
        prompts,
        spending,
        RemarkReplies(adapters.database),
        AnswerChecker(encoder, judge),
        tutored,
        adapters.settings.allowed_link_hosts,
    )


def build_moderation(adapters: Adapters) -> Moderation | None:
    """Moderation by the rules of the settings; None where there is no moderator."""
    if adapters.moderator is None:
        return None
    settings = adapters.settings
    rules = ModerationRules(
        judges_answers=settings.moderation_answers,
        is_open_without=settings.moderation_without_service == "open",
    )
    return Moderation(adapters.moderator, rules, time.monotonic)


def build_answer_cache(adapters: Adapters) -> AnswerCache:
    """The cache of answers, within the limits of the settings."""
    settings = adapters.settings
    limits = CacheLimits(
        lifetime=timedelta(seconds=settings.answer_cache_seconds),
        questions=settings.answer_cache_questions,
        answer_bytes=settings.answer_cache_answer_bytes,
    )
    return AnswerCache(
        adapters.database,
        AnswerCacheStore(adapters.redis_cache),
        limits,
        AnswerMeasures(adapters.metrics),
    )


def process_name() -> str:
    """What this process is called in the rows it owns; no other ever has the same name."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
