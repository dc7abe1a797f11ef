"""What a chat model is asked: the prompt with sources, history and what is known of the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from ai.answering.answerability import ANSWERABLE, answerability
from ai.answering.machine_orders import without_orders
from ai.answering.own_wording import nearest_topics
from ai.chat.attribution import Attribution
from ai.chat.chat_model import ChatRequest
from ai.chat.passage import Passage
from ai.prompts.registry import render_template, render_version
from ai.prompts.rendered_prompt import RenderedPrompt
from services.answering.language import language_to_answer_in
from services.answering.packing import answer_tokens, best_at_the_ends
from services.answering.questions import AcceptedQuestion
from services.answering.understanding import UnderstoodQuestion
from services.prompt_selection import PromptSelection

NOT_HELD_PROMPT: Final = "tutor.not_held"
NOTHING_MORE: Final[Mapping[str, object]] = MappingProxyType(
    {"problem": "", "rung": 0, "learner": ()}
)
"""What prompts of the tutor's modes read, where there is nothing to tell."""


class RequestComposer:
    """Composes requests for questions that were looked up."""

    def __init__(self, prompts: PromptSelection) -> None:
        self._prompts = prompts

    def compose(
        self,
        accepted: AcceptedQuestion,
        passages: tuple[Passage, ...],
        asked: UnderstoodQuestion,
        likely: float,
        more: Mapping[str, object] = NOTHING_MORE,
    ) -> ChatRequest:
        """What to ask for the answer.

        Args:
            accepted: the question.
            passages: what was found and fits, numbered, best first.
            asked: the question as it was looked up.
            likely: how likely the passages hold the answer, 0..1.
            more: what prompts of the tutor's modes read beside it.
        """
        prompt = self._rendered(accepted, best_at_the_ends(tuple(map(_inert, passages))), more)
        # "Say it in simpler words" has no evidence of its own, and needs none.
        if likely < ANSWERABLE and not accepted.history:
            prompt = self._warned(prompt, accepted, nearest_topics(passages))
        return ChatRequest(
            prompt=prompt,
            question=asked.text,
            question_vector=asked.vector,
            parts=asked.parts,
            passages=passages,
            max_output_tokens=answer_tokens(accepted.chosen.context_window),
            history=accepted.history,
            attribution=Attribution(
                user_id=accepted.scope.user_id,
                course_id=accepted.access.course_id,
                message_id=accepted.message_id,
            ),
            answerability=likely,
        )

    def frame(self, accepted: AcceptedQuestion) -> RenderedPrompt:
        """The prompt at its longest, but for the passages and the names of topics."""
        return self._warned(self._rendered(accepted, ()), accepted, ())

    def _rendered(
        self,
        accepted: AcceptedQuestion,
        sources: Sequence[Passage],
        more: Mapping[str, object] = NOTHING_MORE,
    ) -> RenderedPrompt:
        """The prompt with the sources in the order in which they are read."""
        variables = {
            **NOTHING_MORE,
            **more,
            "question": accepted.question.text,
            "course_title": accepted.access.title,
            "level": accepted.access.difficulty,
            "sources": sources,
            "summary": accepted.summary,
            "language": language_to_answer_in(
                accepted.question.text, accepted.history, accepted.access.language
            ),
        }
        return render_version(accepted.prompt, variables)

    def _warned(
        self, prompt: RenderedPrompt, accepted: AcceptedQuestion, topics: Sequence[str]
    ) -> RenderedPrompt:
        """The prompt, with word that the course seems not to hold the answer."""
        template = self._prompts.select(NOT_HELD_PROMPT, accepted.conversation_id)
        warning = render_template(template, {"topics": topics}).system
        return replace(prompt, system=f"{prompt.system}\n\n{warning}")


def _inert(passage: Passage) -> Passage:
    """The passage as a chat model reads it: without what gives orders to machines."""
    text = without_orders(passage.text, passage.sentence_bounds)
    return passage if text == passage.text else replace(passage, text=text, sentence_bounds=())


def answerability_of(asked: UnderstoodQuestion, passages: Sequence[Passage]) -> float:
    """How likely the passages answer a question, or the likeliest part of a compound one."""
    parts = asked.parts or (asked,)
    return max(answerability(part.text, part.vector, passages) for part in parts)
