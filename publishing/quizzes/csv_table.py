"""A quiz as a table, a row per question, for spreadsheets."""

from pathlib import Path
from typing import assert_never

from content.questions import (
    AnyQuestion,
    Cloze,
    Expression,
    Matching,
    MultipleChoice,
    Numeric,
    Ordering,
    Quiz,
    ShortAnswer,
    SingleChoice,
)
from publishing.cells import BYTE_ORDER_MARK, table
from publishing.written import Written

HEADER = (
    *("id", "kind", "question", "options", "key", "points", "difficulty", "concepts"),
    *("explanation", "sources"),
)
_BETWEEN = "\n"


def write_csv(quiz: Quiz, folder: Path) -> Written:
    """UTF-8 with a header; several values in a cell stand on lines of their own."""
    rows = [HEADER, *(_row(question) for question in quiz.questions)]
    path = folder / "quiz.csv"
    path.write_text(BYTE_ORDER_MARK + table(rows), encoding="utf-8", newline="")
    return Written(path)


def _row(question: AnyQuestion) -> tuple[str, ...]:
    options, key = _options_and_key(question)
    sources = dict.fromkeys(
        ", ".join(filter(None, (span.document_title, span.place))) for span in question.sources
    )
    return (
        question.id,
        question.kind,
        question.stem,
        _BETWEEN.join(options),
        _BETWEEN.join(key),
        f"{question.points:g}",
        question.difficulty,
        "; ".join(question.concepts),
        question.explanation,
        _BETWEEN.join(sources),
    )


def _options_and_key(question: AnyQuestion) -> tuple[list[str], list[str]]:
    match question:
        case SingleChoice() | MultipleChoice():
            right = [choice.text for choice in question.choices if choice.is_right]
            return [choice.text for choice in question.choices], right
        case Numeric():
            sign = "%" if question.is_relative else ""
            bound = question.tolerance * (100 if question.is_relative else 1)
            tolerance = f" ± {bound:g}{sign}" if question.tolerance else ""
            return [], [f"{question.value:g}{tolerance} {question.unit}".strip()]
        case ShortAnswer():
            return [], [*question.accepted, *question.key_points]
        case Expression():
            return [], [question.expression]
        case Cloze():
            options = [
                f"{gap.id}: {' | '.join(gap.options)}" for gap in question.gaps if gap.options
            ]
            return options, [f"{gap.id}: {' | '.join(gap.accepted)}" for gap in question.gaps]
        case Ordering():
            return sorted(question.items), list(question.items)
        case Matching():
            rights = [pair.right for pair in question.pairs]
            options = sorted([*rights, *question.distractors])
            return options, [f"{pair.left} → {pair.right}" for pair in question.pairs]
        case _:
            assert_never(question)
