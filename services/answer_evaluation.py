"""How well answers rest on the course: whether their quotes hold what is known to be right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from services.actors import Actor
from services.answering.questions import Question
from services.answering.service import AnsweringService
from services.answering.whole_answer import ending, whole_answer
from services.errors import InvalidValueError
from services.evaluation import EvaluationQuestion
from services.ranking_metrics import confidence_interval


@dataclass(frozen=True, slots=True)
class AnswerMetrics:
    """What became of the questions whose answers are known.

    Attributes:
        questions: asked and answered.
        failed: asked, but the answer ended in an error.
        means: `quoted`, share of questions one of whose cited quotes holds a known answer;
            `said`, share whose text holds one; `groundedness`, mean over the answers that cite;
            `silent`, share of answers that cite nothing, which is how the tutor says that the
            course does not tell.
        intervals: 95 % of each.
    """

    questions: int
    failed: int
    means: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]

    def as_json(self) -> dict[str, Any]:
        """The object that `eval answers --json` prints."""
        return {
            "questions": self.questions,
            "failed": self.failed,
            **{name: round(mean, 4) for name, mean in self.means.items()},
            "ci95": {
                name: [round(bound, 4) for bound in bounds]
                for name, bounds in self.intervals.items()
            },
        }


async def evaluate_answers(
    answering: AnsweringService,
    actor: Actor,
    course: UUID | str,
    questions: Sequence[EvaluationQuestion],
) -> AnswerMetrics:
    """Asks each question that has known answers, one after the other, each on its own.

    Raises:
        NotFoundError: no such course for this actor.
        InvalidValueError: no question has known answers, or every answer failed.
    """
    judged: dict[str, list[float]] = {"quoted": [], "said": [], "groundedness": [], "silent": []}
    asked = [question for question in questions if question.answers]
    if not asked:
        raise InvalidValueError("questions", "No question of the file has `answers`.")
    for question in asked:
        running = await answering.ask(actor, course, Question(question.question))
        events = await running.log.closed()
        last = ending(events)
        if last is not None and last.name == "done":
            _judge(whole_answer(events), question.answers, judged)
    answered = len(judged["silent"])
    if not answered:
        raise InvalidValueError("questions", f"All {len(asked)} answers failed.")
    known = {name: values for name, values in judged.items() if values}
    return AnswerMetrics(
        questions=answered,
        failed=len(asked) - answered,
        means={name: float(np.mean(values)) for name, values in known.items()},
        intervals={name: confidence_interval(values) for name, values in known.items()},
    )


def _judge(
    answer: Mapping[str, Any], known: Sequence[str], judged: Mapping[str, list[float]]
) -> None:
    quotes = [citation["quote"] for citation in answer["citations"]]
    judged["quoted"].append(any(holds_answer(quote, known) for quote in quotes))
    judged["said"].append(holds_answer(answer["content"], known))
    judged["silent"].append(not quotes)
    if quotes:
        judged["groundedness"].append(answer["groundedness"])


def holds_answer(text: str, known: Sequence[str]) -> bool:
    """Whether a text holds one of the known answers, white space and case aside."""
    folded = _folded(text)
    return any(_folded(answer) in folded for answer in known if answer.strip())


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
