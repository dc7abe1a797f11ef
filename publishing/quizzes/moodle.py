"""A quiz as Moodle XML.

Source: docs.moodle.org, "Moodle XML format" and "Embedded Answers (Cloze) question type".
"""

from pathlib import Path
from typing import assert_never

from lxml import etree

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
from publishing.quizzes.texts import QuizTexts, gap_sign, quiz_texts
from publishing.written import Written

_CLOZE_SPECIAL = str.maketrans({sign: f"\\{sign}" for sign in '}#~/"\\'})


def write_moodle(quiz: Quiz, folder: Path) -> Written:
    """A file that a Moodle question bank imports; formulas as MathJax finds them.

    Raises:
        TypesettingError, TypesettingTimedOutError, TypesetterUnavailableError: as Pandoc does.
    """
    texts = quiz_texts(quiz, folder, formulas="mathjax")
    root = etree.Element("quiz")
    category = _child(root, "question", type="category")
    _text(_child(category, "category"), f"$course$/{_category(quiz.title)}")
    warnings = [*texts.warnings]
    for question in quiz.questions:
        warnings += _add(root, question, texts)
    path = folder / "quiz.xml"
    tree = etree.ElementTree(root)
    tree.write(str(path), encoding="utf-8", xml_declaration=True, pretty_print=True)
    return Written(path, tuple(warnings))


def _add(root: etree._Element, question: AnyQuestion, texts: QuizTexts) -> list[str]:
    element = _child(root, "question", type=_type_of(question))
    _text(_child(element, "name"), texts.label(question))
    stem = texts.stem(question)
    if isinstance(question, Cloze):
        for number, gap in enumerate(question.gaps):
            stem = stem.replace(gap_sign(number), _embedded(gap))
    _html(element, "questiontext", stem)
    _html(element, "generalfeedback", texts.block(question.explanation))
    if not isinstance(question, Cloze):
        _child(element, "defaultgrade").text = f"{question.points:g}"
    _child(element, "idnumber").text = question.id
    warnings = _details(element, question, texts)
    _tags(element, question)
    return [f"Question {question.id}: {warning}" for warning in warnings]


def _type_of(question: AnyQuestion) -> str:
    match question:
        case SingleChoice() | MultipleChoice():
            return "multichoice"
        case Numeric():
            return "numerical"
        case ShortAnswer():
            return "shortanswer" if question.accepted else "essay"
        case Expression():
            return "shortanswer"
        case Cloze():
            return "cloze"
        case Ordering():
            return "ordering"
        case Matching():
            return "matching"
        case _:
            assert_never(question)


def _details(element: etree._Element, question: AnyQuestion, texts: QuizTexts) -> list[str]:
    """Adds the answers of a question; what of it is lost."""
    match question:
        case SingleChoice() | MultipleChoice():
            return _choices(element, question, texts)
        case Numeric():
            return _number(element, question)
        case ShortAnswer():
            return _short(element, question, texts)
        case Expression():
            return _expression(element, question)
        case Ordering():
            return _ordering(element, question, texts)
        case Matching():
            return _matching(element, question, texts)
        case Cloze():
            return []
        case _:
            assert_never(question)


def _choices(
    element: etree._Element, question: SingleChoice | MultipleChoice, texts: QuizTexts
) -> list[str]:
    _child(element, "single").text = str(isinstance(question, SingleChoice)).lower()
    _child(element, "shuffleanswers").text = "true"
    _child(element, "answernumbering").text = "abc"
    n_right = sum(choice.is_right for choice in question.choices)
    wrong = 0 if isinstance(question, SingleChoice) else -100
    for choice in question.choices:
        share = 100 / n_right if choice.is_right else wrong
        answer = _html(element, "answer", texts.inline(choice.text), fraction=f"{share:.5g}")
        _html(answer, "feedback", texts.block(choice.feedback))
    return []


def _number(element: etree._Element, question: Numeric) -> list[str]:
    answer = _child(element, "answer", fraction="100", format="moodle_auto_format")
    _text(answer, repr(question.value))
    share = abs(question.value) if question.is_relative else 1
    _child(answer, "tolerance").text = repr(question.tolerance * share)
    _html(answer, "feedback", "")
    if question.unit:
        unit = _child(_child(element, "units"), "unit")
        _child(unit, "multiplier").text = "1"
        _child(unit, "unit_name").text = legal(question.unit)
        _child(element, "unitgradingtype").text = "0"
        _child(element, "showunits").text = "0"
    return []


def _short(element: etree._Element, question: ShortAnswer, texts: QuizTexts) -> list[str]:
    if question.accepted:
        _child(element, "usecase").text = "0"
        for accepted in question.accepted:
            _accepted(element, accepted)
        return ["its key points are left out, for Moodle compares words"] * bool(
            question.key_points
        )
    _child(element, "responseformat").text = "editor"
    points = "".join(f"<li>{texts.line(point)}</li>" for point in question.key_points)
    _html(element, "graderinfo", f"<ul>{points}</ul>")
    return []


def _expression(element: etree._Element, question: Expression) -> list[str]:
    _child(element, "usecase").text = "1"
    _accepted(element, question.expression)
    return ["Moodle takes the expression in this very form only"]


def _accepted(element: etree._Element, text: str) -> None:
    answer = _child(element, "answer", fraction="100", format="moodle_auto_format")
    _text(answer, text.replace("*", "\\*"))
    _html(answer, "feedback", "")


def _ordering(element: etree._Element, question: Ordering, texts: QuizTexts) -> list[str]:
    for name, value in (
        ("layouttype", "VERTICAL"),
        ("selecttype", "ALL"),
        ("selectcount", "0"),
        ("gradingtype", "ABSOLUTE_POSITION"),
        ("showgrading", "SHOW"),
        ("numberingstyle", "none"),
    ):
        _child(element, name).text = value
    for number, item in enumerate(question.items, start=1):
        _html(element, "answer", texts.line(item), fraction=f"{number:.7f}")
    return []


def _matching(element: etree._Element, question: Matching, texts: QuizTexts) -> list[str]:
    _child(element, "shuffleanswers").text = "true"
    sides = [(texts.line(pair.left), pair.right) for pair in question.pairs]
    sides += [("", distractor) for distractor in question.distractors]
    for left, right in sides:
        part = _html(element, "subquestion", left)
        _text(_child(part, "answer"), right)
    return []


def _embedded(gap: Gap) -> str:
    """A gap as an embedded answer; wrong options come after the right ones."""
    kind = "MULTICHOICE" if gap.options else "SHORTANSWER"
    right = list(gap.accepted)
    wrong = [option for option in gap.options if option not in gap.accepted]
    if gap.options:
        right = [text for text in gap.accepted if text in gap.options] or right[:1]
    answers = [f"={_cloze_text(text)}" for text in right] + [_cloze_text(text) for text in wrong]
    return f"{{1:{kind}:{'~'.join(answers)}}}"


def _cloze_text(text: str) -> str:
    escaped = text.translate(_CLOZE_SPECIAL)
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _tags(element: etree._Element, question: AnyQuestion) -> None:
    tags = _child(element, "tags")
    for text in (*question.concepts, f"difficulty: {question.difficulty}"):
        _text(_child(tags, "tag"), text)


def _html(parent: etree._Element, name: str, html: str, **attributes: str) -> etree._Element:
    element = _child(parent, name, **attributes, format="html")
    _text(element, html)
    return element


def _text(parent: etree._Element, text: str) -> None:
    _child(parent, "text").text = legal(text)


def _child(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, name, attrib=attributes)


def _category(title: str) -> str:
    """A name of one category: Moodle divides at single slashes."""
    return title.replace("/", "//")
