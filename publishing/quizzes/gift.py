"""A quiz as GIFT.

Source: docs.moodle.org, "GIFT format"; `// [id:...] [tag:...]` as Moodle's question/format/gift.
"""

from collections.abc import Mapping
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
from publishing.characters import legal
from publishing.errors import QuestionsNotExpressibleError
from publishing.quizzes.texts import QuizTexts, gap_sign, quiz_texts
from publishing.written import Written

_SPECIAL = str.maketrans({sign: f"\\{sign}" for sign in "\\~=#{}:"})


def write_gift(quiz: Quiz, folder: Path) -> Written:
    """A text file that Moodle and others import; formulas as MathJax finds them.

    Raises:
        QuestionsNotExpressibleError: a cloze text has several gaps, of which GIFT knows one.
        TypesettingError, TypesettingTimedOutError, TypesetterUnavailableError: as Pandoc does.
    """
    if refused := _refused(quiz):
        raise QuestionsNotExpressibleError("GIFT", refused)
    texts = quiz_texts(quiz, folder, formulas="mathjax")
    questions = [_question(question, texts) for question in quiz.questions]
    path = folder / "quiz.gift"
    category = f"$CATEGORY: $course$/{_one_line(quiz.title).replace('/', '//')}"
    whole = "\n\n".join([category, *questions]) + "\n"
    path.write_text(legal(whole), encoding="utf-8")
    warnings = [f"Question {q.id}: {lost}" for q in quiz.questions if (lost := _lost(q))]
    return Written(path, (*texts.warnings, *warnings))


def _refused(quiz: Quiz) -> Mapping[str, str]:
    return {
        question.id: question.kind
        for question in quiz.questions
        if isinstance(question, Cloze) and len(question.gaps) > 1
    }


def _question(question: AnyQuestion, texts: QuizTexts) -> str:
    # Within a comment, brackets of a tag's own would end it.
    tags = "".join(f" [tag:{_in_brackets(concept)}]" for concept in question.concepts)
    head = f"// [id:{question.id}]{tags}\n::{_escaped(texts.label(question))}::[html]"
    answers = _answers(question, texts)
    if question.explanation.strip():
        answers.append(f"####{_html(texts.block(question.explanation))}")
    body = "\n".join(f"\t{answer}" for answer in answers)
    stem = texts.stem(question)
    if isinstance(question, Cloze):
        before, after = (_escaped(part) for part in stem.split(gap_sign(0)))
        return f"{head}{before}{{\n{body}\n}}{after}"
    if isinstance(question, Numeric) and question.unit:
        stem += f"<p>({texts_of_unit(question.unit)})</p>"
    sign = "#" if isinstance(question, Numeric) else ""
    return f"{head}{_html(stem)}{{{sign}\n{body}\n}}"


def texts_of_unit(unit: str) -> str:
    """A unit as HTML."""
    return unit.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _answers(question: AnyQuestion, texts: QuizTexts) -> list[str]:
    match question:
        case SingleChoice() | MultipleChoice():
            return _choices(question, texts)
        case Numeric():
            share = abs(question.value) if question.is_relative else 1
            return [f"={question.value!r}:{question.tolerance * share!r}"]
        case ShortAnswer():
            return [f"={_escaped(_wild(accepted))}" for accepted in question.accepted]
        case Expression():
            return [f"={_escaped(_wild(question.expression))}"]
        case Cloze():
            [gap] = question.gaps
            wrong = [option for option in gap.options if option not in gap.accepted]
            right = gap.accepted[:1] if gap.options else gap.accepted
            return [
                *(f"={_escaped(one)}" for one in right),
                *(f"~{_escaped(one)}" for one in wrong),
            ]
        case Ordering():
            items = enumerate(question.items, start=1)
            return [f"={number} -> {_escaped(item)}" for number, item in items]
        case Matching():
            pairs = [(texts.line(pair.left), pair.right) for pair in question.pairs]
            pairs += [("", distractor) for distractor in question.distractors]
            return [f"={_html(left)} -> {_escaped(right)}" for left, right in pairs]
        case _:
            assert_never(question)


def _choices(question: SingleChoice | MultipleChoice, texts: QuizTexts) -> list[str]:
    n_right = sum(choice.is_right for choice in question.choices)
    answers = []
    for choice in question.choices:
        if isinstance(question, SingleChoice):
            mark = "=" if choice.is_right else "~"
        else:
            mark = f"~%{100 / n_right:.5g}%" if choice.is_right else "~%-100%"
        feedback = texts.block(choice.feedback)
        told = f"#{_html(feedback)}" if feedback else ""
        answers.append(f"{mark}{_html(texts.inline(choice.text))}{told}")
    return answers


def _lost(question: AnyQuestion) -> str:
    """What GIFT cannot say of a question, as a sentence without its beginning."""
    match question:
        case Numeric(unit=unit) if unit:
            return "its unit stands in the question, and is not asked for"
        case ShortAnswer(key_points=key_points) if key_points:
            return "its key points are left out"
        case Expression():
            return "the expression is taken in this very form only"
        case Ordering():
            return "it asks which item stands at which place"
        case _:
            return ""


def _html(html: str) -> str:
    return _escaped(html.strip())


def _escaped(text: str) -> str:
    return text.translate(_SPECIAL).replace("\r", "").replace("\n", "\\n")


def _wild(text: str) -> str:
    """An asterisk that is one, where Moodle would take it for any text."""
    return text.replace("*", "\\*")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _in_brackets(text: str) -> str:
    return _one_line(text).replace("]", ")").replace("[", "(")
