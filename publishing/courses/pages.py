"""The pages of a course: readable offline by themselves, and reporting where a platform listens."""

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

from content.lessons import Lesson, StudyGuide
from content.questions import (
    AnyQuestion,
    Cloze,
    Expression,
    Gap,
    Matching,
    MultipleChoice,
    Numeric,
    Ordering,
    Quiz,
    ShortAnswer,
    SingleChoice,
)
from publishing.characters import legal
from publishing.lessons.markdown import lesson_text
from publishing.pandoc import Piece, convert
from publishing.pandoc_documents import RIGHT_TO_LEFT
from publishing.quizzes.qti_items import options_of
from publishing.quizzes.texts import QuizTexts, gap_sign, quiz_texts
from publishing.wording import Words, words_for


@dataclass(frozen=True, slots=True)
class Page:
    """A whole HTML page, and what is to be said of it."""

    html: str
    warnings: tuple[str, ...]


def lesson_page(
    lesson: Lesson | StudyGuide, folder: Path, scripts: Sequence[str], activity: str = ""
) -> Page:
    """A lesson with a button that says it was read.

    Args:
        lesson: what it shows.
        folder: scratch.
        scripts: names of files in `runtime/`; without any, the page has no button.
        activity: the address that names it in xAPI.
    """
    words = words_for(lesson.language)
    text = lesson_text(lesson, are_figures_shown=True)
    made = convert(
        [Piece(text.markdown)], folder, to="html5", formulas="mathml", figures=text.figures
    )
    button = f'<p><button class="finished" type="button" hidden>{words.finished}</button></p>'
    body = made.texts[0] + (button if scripts else "")
    return Page(_page(lesson.title, lesson.language, body, scripts, activity), made.warnings)


def quiz_page(quiz: Quiz, folder: Path, scripts: Sequence[str], activity: str = "") -> Page:
    """A quiz that judges itself; where no script runs, each question shows its answer on demand."""
    words = words_for(quiz.language)
    texts = quiz_texts(quiz, folder, formulas="mathml")
    questions = [
        _question(number, question, texts, words)
        for number, question in enumerate(quiz.questions, start=1)
    ]
    said = {"right": words.right, "wrong": words.wrong, "score": words.score}
    data = "".join(f' data-{name}="{_escaped(word)}"' for name, word in said.items())
    body = (
        f"<h1>{_escaped(quiz.title)}</h1>\n{texts.block(quiz.introduction)}\n"
        f'<form class="quiz"{data}>\n{"".join(questions)}'
        f'<p class="score" role="status" hidden></p>'
        f'<p><button type="submit" hidden>{words.check}</button></p>\n</form>'
    )
    return Page(_page(quiz.title, quiz.language, body, scripts, activity), texts.warnings)


def _question(number: int, question: AnyQuestion, texts: QuizTexts, words: Words) -> str:
    key, fields = _key(question), _fields(number, question, texts, words)
    stem = texts.stem(question)
    if isinstance(question, Cloze):
        for place, gap in enumerate(question.gaps):
            stem = stem.replace(gap_sign(place), _gap(gap, words))
    answer = f"{_answer(question, texts)}{texts.block(question.explanation)}"
    data = _escaped(json.dumps(key, ensure_ascii=False))
    return (
        f'<fieldset class="question" data-points="{question.points:g}" data-key="{data}">'
        f"<legend>{number}</legend>\n{stem}\n{fields}\n"
        f'<p class="verdict" role="status"></p>'
        f"<details><summary>{words.answer}</summary>{answer}</details></fieldset>\n"
    )


def _key(question: AnyQuestion) -> dict[str, object]:
    """What `grading.js` judges by; a key of kind `none` leaves it to the learner."""
    match question:
        case SingleChoice() | MultipleChoice():
            right = [choice.id for choice in question.choices if choice.is_right]
            return {"kind": "choice", "right": right}
        case Numeric():
            share = abs(question.value) if question.is_relative else 1
            return {
                "kind": "number",
                "value": question.value,
                "tolerance": question.tolerance * share,
            }
        case ShortAnswer():
            if question.accepted:
                return {"kind": "fields", "accepted": [list(question.accepted)]}
            return {"kind": "none"}
        case Expression():
            return {"kind": "none"}
        case Cloze():
            return {"kind": "fields", "accepted": [list(gap.accepted) for gap in question.gaps]}
        case Ordering():
            return {"kind": "fields", "accepted": [[item] for item in question.items]}
        case Matching():
            return {"kind": "fields", "accepted": [[pair.right] for pair in question.pairs]}
        case _:
            assert_never(question)


def _fields(number: int, question: AnyQuestion, texts: QuizTexts, words: Words) -> str:
    match question:
        case SingleChoice() | MultipleChoice():
            return _options(number, question, texts)
        case Numeric():
            unit = f" {_escaped(question.unit)}" if question.unit else ""
            return f"<p>{_entry(words)}{unit}</p>"
        case ShortAnswer() | Expression():
            return f"<p>{_entry(words)}</p>"
        case Cloze():
            return ""
        case Ordering():
            items = sorted(question.items)
            return "".join(
                f'<div class="pair"><span>{place}.</span>{_select(items, words)}</div>'
                for place in range(1, len(items) + 1)
            )
        case Matching():
            rights = sorted({*(pair.right for pair in question.pairs), *question.distractors})
            return "".join(
                f'<div class="pair"><span>{texts.line(pair.left)}</span>'
                f"{_select(rights, words)}</div>"
                for pair in question.pairs
            )
        case _:
            assert_never(question)


def _options(number: int, question: SingleChoice | MultipleChoice, texts: QuizTexts) -> str:
    kind = "radio" if isinstance(question, SingleChoice) else "checkbox"
    lines = []
    for choice in question.choices:
        lines.append(
            f'<label class="option"><input type="{kind}" name="q{number}" value="{choice.id}">'
            f"<span>{texts.inline(choice.text)}</span></label>"
        )
        if choice.feedback.strip():
            told = texts.block(choice.feedback)
            lines.append(f'<div class="feedback" data-of="{choice.id}" hidden>{told}</div>')
    return "\n".join(lines)


def _gap(gap: Gap, words: Words) -> str:
    return _select(options_of(gap), words) if gap.options else _entry(words)


def _entry(words: Words) -> str:
    return f'<input type="text" autocomplete="off" aria-label="{words.answer}">'


def _select(options: Sequence[str], words: Words) -> str:
    """Options as plain text: a list of options shows no formulas, so they stand as their source."""
    offered = "".join(f"<option>{_escaped(option)}</option>" for option in options)
    return (
        f'<select aria-label="{words.answer}"><option value="">{words.choose}</option>'
        f"{offered}</select>"
    )


def _answer(question: AnyQuestion, texts: QuizTexts) -> str:
    match question:
        case SingleChoice() | MultipleChoice():
            right = [texts.inline(choice.text) for choice in question.choices if choice.is_right]
            return _list(right)
        case Numeric():
            return f"<p>{question.value:g} {_escaped(question.unit)}</p>"
        case ShortAnswer():
            accepted = [_escaped(one) for one in question.accepted[:1]]
            return _list([*accepted, *(texts.line(point) for point in question.key_points)])
        case Expression():
            return f"<p><code>{_escaped(question.expression)}</code></p>"
        case Cloze():
            return _list([_escaped(gap.accepted[0]) for gap in question.gaps])
        case Ordering():
            return _list([texts.line(item) for item in question.items], "ol")
        case Matching():
            pairs = question.pairs
            return _list([f"{texts.line(one.left)} → {texts.line(one.right)}" for one in pairs])
        case _:
            assert_never(question)


def _list(items: Sequence[str], kind: str = "ul") -> str:
    return f"<{kind}>{''.join(f'<li>{one}</li>' for one in items)}</{kind}>"


def _page(title: str, language: str, body: str, scripts: Sequence[str], activity: str) -> str:
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    names = "".join(f'<script src="../runtime/{name}"></script>\n' for name in scripts)
    named = f' data-activity="{_escaped(activity)}"' if activity else ""
    return (
        f'<!doctype html>\n<html lang="{language}" dir="{direction}"{named}>\n<head>\n'
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_escaped(title)}</title>\n"
        f'<link rel="stylesheet" href="../runtime/course.css">\n{names}</head>\n'
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _escaped(text: str) -> str:
    return html.escape(legal(text))
