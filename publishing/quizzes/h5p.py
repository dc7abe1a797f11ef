"""A quiz as an H5P question set. The package holds content; the platform has the libraries.

Source: h5p.org, "H5P Specification" and the semantics of the libraries named below.
"""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, assert_never
from uuid import NAMESPACE_URL, uuid5

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
from publishing.errors import QuestionsNotExpressibleError
from publishing.quizzes.texts import QuizTexts, gap_sign, quiz_texts
from publishing.written import Written

VERSIONS: Mapping[str, tuple[int, int]] = {
    "H5P.QuestionSet": (1, 20),
    "H5P.MultiChoice": (1, 16),
    "H5P.Blanks": (1, 14),
    "H5P.DragText": (1, 10),
    "H5P.Essay": (1, 5),
}
_MARKS = "*/:\\"
"""Signs that H5P reads within a blank; an answer that holds one cannot be written."""


def write_h5p(quiz: Quiz, folder: Path) -> Written:
    """A package of content without libraries; formulas as MathJax finds them.

    Raises:
        QuestionsNotExpressibleError: no answer of a blank can be written.
        TypesettingError, TypesettingTimedOutError, TypesetterUnavailableError: as Pandoc does.
    """
    if refused := {q.id: q.kind for q in quiz.questions if not _is_expressible(q)}:
        raise QuestionsNotExpressibleError("H5P", refused)
    texts = quiz_texts(quiz, folder, formulas="mathjax")
    parts = [_part(question, texts, quiz) for question in quiz.questions]
    path = folder / "quiz.h5p"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("h5p.json", json.dumps(_properties(quiz, parts), ensure_ascii=False))
        package.writestr("content/content.json", json.dumps(_set(quiz, texts, parts)))
    warnings = [f"Question {q.id}: {lost}" for q in quiz.questions if (lost := _lost(q))]
    return Written(path, (*texts.warnings, *warnings))


def _is_expressible(question: AnyQuestion) -> bool:
    match question:
        case Cloze():
            return all(_writable(gap.accepted) for gap in question.gaps)
        case ShortAnswer():
            return not question.accepted or bool(_writable(question.accepted))
        case Ordering():
            return len(_writable(question.items)) == len(question.items)
        case Matching():
            rights = [pair.right for pair in question.pairs]
            return len(_writable(rights)) == len(rights)
        case _:
            return True


def _part(question: AnyQuestion, texts: QuizTexts, quiz: Quiz) -> dict[str, Any]:
    library, params = _params(question, texts)
    major, minor = VERSIONS[library]
    title = texts.label(question)
    return {
        "library": f"{library} {major}.{minor}",
        "params": params,
        "subContentId": str(uuid5(NAMESPACE_URL, f"{quiz.title}/{question.id}")),
        "metadata": {"title": title, "license": "U", "contentType": library.partition(".")[2]},
    }


def _params(question: AnyQuestion, texts: QuizTexts) -> tuple[str, dict[str, Any]]:
    stem = texts.stem(question)
    match question:
        case SingleChoice() | MultipleChoice():
            return "H5P.MultiChoice", _choices(question, texts)
        case Numeric():
            unit = f" {_outside(question.unit)}" if question.unit else ""
            return "H5P.Blanks", _blanks(stem, [f"<p>*{question.value:g}*{unit}</p>"])
        case ShortAnswer():
            if question.accepted:
                answers = "/".join(_writable(question.accepted))
                return "H5P.Blanks", _blanks(stem, [f"<p>*{_html(answers)}*</p>"])
            return "H5P.Essay", _essay(stem, question)
        case Expression():
            return "H5P.Essay", _essay(stem, question)
        case Cloze():
            for number, gap in enumerate(question.gaps):
                stem = stem.replace("*", "∗") if number == 0 else stem
                stem = stem.replace(gap_sign(number), _blank(gap))
            return "H5P.Blanks", _blanks("", [stem])
        case Ordering():
            lines = [f"{n}. *{item}*" for n, item in enumerate(question.items, start=1)]
            return "H5P.DragText", _drag(stem, lines, ())
        case Matching():
            lines = [f"{_outside(pair.left)}: *{pair.right}*" for pair in question.pairs]
            return "H5P.DragText", _drag(stem, lines, _writable(question.distractors))
        case _:
            assert_never(question)


def _choices(question: SingleChoice | MultipleChoice, texts: QuizTexts) -> dict[str, Any]:
    return {
        "question": texts.stem(question),
        "answers": [
            {
                "text": f"<div>{texts.inline(choice.text)}</div>",
                "correct": choice.is_right,
                "tipsAndFeedback": {
                    "tip": "",
                    "chosenFeedback": texts.block(choice.feedback),
                    "notChosenFeedback": "",
                },
            }
            for choice in question.choices
        ],
        "behaviour": {
            "type": "single" if isinstance(question, SingleChoice) else "multi",
            "randomAnswers": True,
            "enableRetry": True,
            "enableSolutionsButton": True,
        },
        "overallFeedback": _overall(texts.block(question.explanation)),
    }


def _blanks(stem: str, lines: list[str]) -> dict[str, Any]:
    return {
        "text": stem,
        "questions": lines,
        "behaviour": {"caseSensitive": False, "enableRetry": True, "enableSolutionsButton": True},
    }


def _essay(stem: str, question: ShortAnswer | Expression) -> dict[str, Any]:
    keys = question.key_points if isinstance(question, ShortAnswer) else (question.expression,)
    return {
        "taskDescription": stem,
        "keywords": [
            {"keyword": legal(key), "alternatives": [], "options": {"points": 1}} for key in keys
        ],
        "solution": {"introduction": "", "sample": _html("; ".join(keys))},
    }


def _drag(stem: str, lines: list[str], distractors: list[str] | tuple[()]) -> dict[str, Any]:
    return {
        "taskDescription": stem,
        "textField": legal("\n".join(lines)),
        "distractors": legal("\n".join(f"*{one}*" for one in distractors)),
        "behaviour": {"enableRetry": True, "enableSolutionsButton": True, "instantFeedback": False},
    }


def _blank(gap: Gap) -> str:
    return f"*{_html('/'.join(_writable(gap.accepted)))}*"


def _writable(answers: tuple[str, ...] | list[str]) -> list[str]:
    return [answer for answer in answers if not set(answer) & set(_MARKS)]


def _outside(text: str) -> str:
    """Text beside a blank: an asterisk would begin one."""
    return _html(text.replace("*", "∗"))


def _html(text: str) -> str:
    return legal(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _overall(feedback: str) -> list[dict[str, Any]]:
    return [{"from": 0, "to": 100, "feedback": feedback}] if feedback else []


def _properties(quiz: Quiz, parts: list[dict[str, Any]]) -> dict[str, Any]:
    used = {"H5P.QuestionSet", *(part["library"].split(" ")[0] for part in parts)}
    return {
        "title": legal(quiz.title)[:255],
        "language": quiz.language if len(quiz.language) == 2 else "und",
        "mainLibrary": "H5P.QuestionSet",
        "embedTypes": ["iframe"],
        "license": "U",
        "preloadedDependencies": [
            {"machineName": name, "majorVersion": major, "minorVersion": minor}
            for name, (major, minor) in VERSIONS.items()
            if name in used
        ],
    }


def _set(quiz: Quiz, texts: QuizTexts, parts: list[dict[str, Any]]) -> dict[str, Any]:
    introduction = texts.block(quiz.introduction)
    return {
        "introPage": {
            "showIntroPage": bool(introduction),
            "title": legal(quiz.title),
            "introduction": introduction,
        },
        "progressType": "dots",
        "passPercentage": 50,
        "questions": parts,
        "disableBackwardsNavigation": False,
        "randomQuestions": False,
        "endGame": {"showResultPage": True, "showSolutionButton": True, "showRetryButton": True},
    }


def _lost(question: AnyQuestion) -> str:
    """What H5P cannot say of a question."""
    match question:
        case Numeric(tolerance=tolerance) if tolerance:
            return "its tolerance is left out, for H5P compares what is written"
        case Expression():
            return "the expression becomes a free answer with the key as its sample"
        case Cloze() if any(gap.options for gap in question.gaps):
            return "what its gaps offer is left out; the learner writes"
        case Ordering() | Matching():
            return "formulas within its items are shown as they were written"
        case _:
            return ""
