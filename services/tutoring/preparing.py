"""Prepares the replies of the tutor's modes: the turn, its sources, its prompt, and its guard."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np

from ai.answering.own_wording import nearest_topics, not_covered
from ai.chat.chat_model import ChatRequest, QuestionPart
from ai.chat.grounded import GROUNDED_NAME
from ai.chat.passage import Passage
from ai.routing.router import ModelRouter
from content.languages import SpokenLanguage
from pedagogy.modes.moves import move_in
from pedagogy.modes.policy import TutorMode
from pedagogy.modes.states import TutorMove
from pedagogy.modes.stock_words import rung_words
from pedagogy.modes.typed_answers import posed
from services.answering.composing import RequestComposer, answerability_of
from services.answering.draft import AnswerDraft
from services.answering.language import stock_language
from services.answering.looking_up import looked_up
from services.answering.packing import numbered, packed
from services.answering.payloads import chunk_ids_of, shown_passages, source_payload
from services.answering.questions import AcceptedQuestion
from services.answering.understanding import Understanding, UnderstoodQuestion
from services.learning.answer_grading import SupportOfPoints, vectors_of
from services.prompt_selection import PromptSelection
from services.question_encoding import QuestionEncoder
from services.retrieval import RetrievalService
from services.tutoring.grounded_words import Material, grounded_words
from services.tutoring.guarding import ReplyGuard
from services.tutoring.own_keys import OwnKeys
from services.tutoring.problems import Problem
from services.tutoring.server_words import NOTHING_OPEN
from services.tutoring.study_plan import study_plan
from services.tutoring.turns import TutorTurn
from services.tutoring.tutor import Scene, Tutor
from storage.database import Database
from storage.repositories.card_memories import CardMemoryRepository

SOURCE_COUNT: Final = 6
MOST_PREREQUISITES: Final = 2
"""Concepts that are not known yet, and are looked up beside what is asked."""
EXPLAINING: Final = "tutor.explain"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is to be told, and by whom.

    Attributes:
        accepted: The question, asked of the built-in model where no other is needed.
    """

    accepted: AcceptedQuestion
    request: ChatRequest


@dataclass(frozen=True, slots=True)
class _Sources:
    asked: UnderstoodQuestion
    passages: tuple[Passage, ...]
    likely: float


class TutoredReplies:
    """Prepares replies in every mode but plain explaining."""

    def __init__(
        self,
        database: Database,
        tutor: Tutor,
        keys: OwnKeys,
        retrieval: RetrievalService,
        encoder: QuestionEncoder,
        prompts: PromptSelection,
        router: ModelRouter,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._tutor = tutor
        self._keys = keys
        self._retrieval = retrieval
        self._encoder = encoder
        self._prompts = prompts
        self._router = router
        self._composer = RequestComposer(prompts)
        self._clock = clock

    async def prepare(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, understanding: Understanding
    ) -> Prepared | None:
        """Settles the turn, says the sources, guards the draft, and gives what to ask for.

        Nothing of the reply is shown before it is checked, where the turn is guarded; what an
        earlier owner showed of such a one is the whole of it, and None is given.

        Raises:
            StorageUnavailableError: state or sources could not be read.
        """
        asked = await understanding
        scene = await self._tutor.enter(accepted)
        sources: _Sources | None = None
        own: Problem | None = None
        if scene.opens_own_problem(accepted):
            accepted, asked = await self._subject(accepted, asked)
            if not asked.text:
                return self._stock(draft, accepted, NOTHING_OPEN[stock_language(accepted)])
            sources = await self._looked_up(draft, accepted, scene, asked)
            own = await self._keys.problem(accepted, asked, sources.passages, sources.likely)
            is_unknown = own is not None and own.origin == "none"
            if is_unknown and accepted.chosen.chat_model.name == GROUNDED_NAME:
                words = not_covered(nearest_topics(sources.passages), stock_language(accepted))
                self._begin(draft, accepted, GROUNDED_NAME)
                return self._stock(draft, accepted, words, sources=sources)
        turn = await self._tutor.settle(accepted, scene, own)
        problem = own or scene.problem
        if turn.is_guarded and draft.inherited_text:
            return None
        if turn.words:
            return self._said_by_server(draft, accepted, turn)
        if sources is None:
            subject = await self._asked_about(turn, asked)
            sources = await self._looked_up(draft, accepted, scene, subject)
        return await self._told(draft, accepted, scene, turn, problem, sources)

    async def guard_remark(self, draft: AnswerDraft, accepted: AcceptedQuestion) -> None:
        """Guards the reply to a remark, such as thanks, while a problem is open."""
        problem = await self._tutor.problem_of(accepted)
        if problem is not None:
            language = stock_language(accepted, problem.question.stem)
            guard = ReplyGuard(problem.key, 1, self._encoder, language=language)
            draft.guard_with(guard.rewritten)

    async def _subject(
        self, accepted: AcceptedQuestion, asked: UnderstoodQuestion
    ) -> tuple[AcceptedQuestion, UnderstoodQuestion]:
        """What the learner's problem is: this message, or for a bare wish for a hint the last."""
        if move_in(accepted.question.text) is None:
            return accepted, asked
        said = [turn.content for turn in accepted.history if turn.role == "user"]
        text = said[-1] if said else ""
        vector = await self._encoder.vector(text) if text else asked.vector
        question = replace(accepted.question, text=text or accepted.question.text)
        return replace(accepted, question=question), UnderstoodQuestion(text, vector)

    async def _asked_about(self, turn: TutorTurn, asked: UnderstoodQuestion) -> UnderstoodQuestion:
        """What to look up: the problem that the turn is about, else the message."""
        if not turn.subject:
            return asked
        return UnderstoodQuestion(turn.subject, await self._encoder.vector(turn.subject))

    async def _looked_up(
        self,
        draft: AnswerDraft,
        accepted: AcceptedQuestion,
        scene: Scene,
        asked: UnderstoodQuestion,
    ) -> _Sources:
        """The passages on a matter and on what the learner needs first, said into the draft."""
        if draft.has_shown_sources:
            return await self._shown(draft, accepted, asked)
        looked_for = await self._with_prerequisites(scene, asked)
        found = await looked_up(
            self._retrieval, accepted.scope, accepted.access, looked_for, k=SOURCE_COUNT
        )
        fitting = packed(
            found.passages, asked.vector, accepted, lambda: self._composer.frame(accepted)
        )
        passages = numbered(fitting)
        likely = answerability_of(asked, passages)
        self._begin(draft, accepted, draft.model)
        payloads = [source_payload(n, source) for n, source in enumerate(fitting, 1)]
        draft.show_sources(passages, payloads, likely)
        return _Sources(asked, passages, likely)

    async def _shown(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, asked: UnderstoodQuestion
    ) -> _Sources:
        """The passages that an earlier owner of the answer showed."""
        shown = draft.inherited_sources
        chunk_ids = [chunk_id for source in shown for chunk_id in chunk_ids_of(source)]
        sentences = await self._retrieval.sentences(accepted.scope, accepted.access, chunk_ids)
        passages = shown_passages(shown, sentences)
        likely = answerability_of(asked, passages)
        draft.go_on_with(passages, likely)
        return _Sources(asked, passages, likely)

    async def _with_prerequisites(
        self, scene: Scene, asked: UnderstoodQuestion
    ) -> UnderstoodQuestion:
        """Looks also for what the learner should know first, and is not believed to."""
        weak = scene.model.in_the_way_of(asked.text)[:MOST_PREREQUISITES]
        if not weak:
            return asked
        own = asked.parts or (QuestionPart(asked.text, asked.vector),)
        parts = [QuestionPart(name, await self._encoder.vector(name)) for name in weak]
        return replace(asked, parts=(*own, *parts))

    async def _told(
        self,
        draft: AnswerDraft,
        accepted: AcceptedQuestion,
        scene: Scene,
        turn: TutorTurn,
        problem: Problem | None,
        sources: _Sources,
    ) -> Prepared:
        """A reply that a chat model writes, or the built-in one in the words of the sources."""
        if turn.move is TutorMove.HINT and not draft.inherited_text:
            language = stock_language(accepted, turn.subject)
            draft.notify("hint", rung_words(turn.hint_level, language))
        asked = replace(sources.asked, parts=())
        learner = scene.model.about(f"{asked.text} {accepted.question.text}")
        more = {
            "problem": "" if problem is None else posed(problem.question),
            "rung": turn.hint_level,
            "learner": learner,
        }
        accepted = self._in_mode(accepted, turn)
        request = self._composer.compose(accepted, sources.passages, asked, sources.likely, more)
        stock = await self._stock_words(accepted, scene, turn, problem, sources)
        request = replace(request, stock_answer=stock)
        draft.prompt_characters = request.prompt.characters
        self._guard(draft, turn, problem, stock_language(accepted, turn.subject))
        return Prepared(accepted, request)

    async def _stock_words(
        self,
        accepted: AcceptedQuestion,
        scene: Scene,
        turn: TutorTurn,
        problem: Problem | None,
        sources: _Sources,
    ) -> str | None:
        message = accepted.question.text
        if turn.move is TutorMove.PLAN:
            return await self._plan(accepted, scene, sources)
        material = Material(
            asked=sources.asked,
            message=message,
            passages=sources.passages,
            likely=sources.likely,
            language=stock_language(accepted, turn.subject),
            said="\n".join(t.content for t in accepted.history if t.role == "assistant"),
            learner=scene.model.about(message),
            support=await self._support(turn, message, sources),
        )
        return grounded_words(turn, problem, material)

    async def _support(
        self, turn: TutorTurn, message: str, sources: _Sources
    ) -> SupportOfPoints | None:
        """How well the sources bear out a learner's work, where that is looked at."""
        if turn.move is not TutorMove.CHECK or not sources.passages:
            return None
        best = sources.passages[:3]
        texts = [p.text[start:end] for p in best for start, end in p.sentence_bounds]
        claims = [piece for line in message.splitlines() for piece in line.split(". ")]
        return SupportOfPoints(await vectors_of(self._encoder, [*claims[:8], *texts]))

    async def _plan(self, accepted: AcceptedQuestion, scene: Scene, sources: _Sources) -> str:
        async with self._database.transaction(accepted.scope) as session:
            cards = CardMemoryRepository(session)
            due = await cards.due_count(scene.model.learner_id, self._clock())
        topics = nearest_topics(sources.passages)
        return study_plan(scene.model, due, topics, stock_language(accepted))

    def _said_by_server(
        self, draft: AnswerDraft, accepted: AcceptedQuestion, turn: TutorTurn
    ) -> Prepared:
        """A reply of the server's own: a question, a verdict, a solution."""
        accepted = self._in_mode(accepted, turn)
        words = "\n\n".join(part for part in (turn.opening, turn.words) if part)
        return self._stock(draft, accepted, words)

    def _stock(
        self,
        draft: AnswerDraft,
        accepted: AcceptedQuestion,
        words: str,
        sources: _Sources | None = None,
    ) -> Prepared:
        """A reply that is there already, told by the built-in model."""
        told_by = self._router.choose(GROUNDED_NAME)
        accepted = replace(accepted, chosen=told_by)
        self._begin(draft, accepted, GROUNDED_NAME)
        if not draft.has_shown_sources:
            draft.show_sources((), ())
        unseen = np.zeros(self._encoder.dimension, dtype=np.float32)
        nothing = UnderstoodQuestion(accepted.question.text, unseen)
        passages = () if sources is None else sources.passages
        request = self._composer.compose(accepted, passages, nothing, 1.0)
        draft.prompt_characters = 0
        return Prepared(accepted, replace(request, stock_answer=words, history=()))

    def _in_mode(self, accepted: AcceptedQuestion, turn: TutorTurn) -> AcceptedQuestion:
        """The question with the prompt of its turn: a solution is explained, whatever the mode."""
        is_solution = turn.move is TutorMove.SHOW_SOLUTION
        if not is_solution or accepted.mode is TutorMode.EXPLAIN:
            return accepted
        prompt = self._prompts.select(EXPLAINING, accepted.conversation_id)
        question = replace(accepted.question, text=turn.subject or accepted.question.text)
        return replace(accepted, prompt=prompt, question=question)

    def _guard(
        self, draft: AnswerDraft, turn: TutorTurn, problem: Problem | None, language: SpokenLanguage
    ) -> None:
        if turn.is_guarded:
            key = None if problem is None else problem.key  # gone meanwhile: nothing passes
            guard = ReplyGuard(key, turn.hint_level, self._encoder, turn.opening, language=language)
            draft.guard_with(guard.rewritten)

    @staticmethod
    def _begin(draft: AnswerDraft, accepted: AcceptedQuestion, model: str) -> None:
        """Says that the answer is on its way, by whom and with which prompt."""
        draft.model = model
        draft.prompt = accepted.prompt.reference
        draft.begin()
