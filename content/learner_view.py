"""A quiz as a learner sees it before an attempt: what is asked, and nothing of the keys."""

import hashlib
from collections.abc import Iterable
from typing import Any

from content.questions import AnyQuestion, Cloze, Expression, Matching, Ordering, Quiz


def without_keys(quiz: Quiz) -> dict[str, Any]:
    """JSON of the quiz without keys, explanations, feedback and sources, which quote the answer.

    Items to be ordered or matched come in an order that says nothing and is always the same.
    """
    return {
        "title": quiz.title,
        "language": quiz.language,
        "introduction": quiz.introduction,
        "questions": [question_without_key(question) for question in quiz.questions],
    }


def question_without_key(question: AnyQuestion) -> dict[str, Any]:
    """JSON of one question without its key."""
    shown = {
        "id": question.id,
        "kind": question.kind,
        "stem": question.stem,
        "points": question.points,
        "difficulty": question.difficulty,
        "concepts": list(question.concepts),
    }
    return shown | _answerable_parts(question)


def _answerable_parts(question: AnyQuestion) -> dict[str, Any]:
    match question:
        case Cloze():
            gaps = [
                {"id": gap.id, "options": _shuffled(gap.options, f"{question.id}/{gap.id}")}
                for gap in question.gaps
            ]
            return {"gaps": gaps}
        case Ordering():
            return {"items": _shuffled(question.items, question.id)}
        case Matching():
            rights = [*(pair.right for pair in question.pairs), *question.distractors]
            lefts = [pair.left for pair in question.pairs]
            return {"lefts": lefts, "rights": _shuffled(rights, question.id)}
        case Expression():
            return {"variables": list(question.variables)}
        case _:
            choices = getattr(question, "choices", None)
            if choices is None:
                return {}
            return {"choices": [{"id": choice.id, "text": choice.text} for choice in choices]}


def _shuffled(items: Iterable[str], seed: str) -> list[str]:
    return sorted(items, key=lambda item: hashlib.sha256(f"{seed}\0{item}".encode()).digest())
