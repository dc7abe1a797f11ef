"""Questions out of Moodle XML, whoever wrote it."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lxml import etree, html

from publishing.quizzes.drafts import Draft, Failure, Markup, NotReadableError, Text
from publishing.quizzes.embedded_answers import embedded_gaps
from publishing.quizzes.item_ids import ItemIds
from publishing.quizzes.texts import gap_sign

_MARKUPS: Mapping[str, Markup] = {"markdown": "markdown", "plain_text": "plain"}
_NOT_QUESTIONS = ("category", "description")
_DIFFICULTY = "difficulty: "
_DIFFICULTIES = ("beginner", "intermediate", "advanced")
_PLACE = re.compile(r"\[\[(\d{1,2})\]\]")


def read_moodle(root: etree._Element) -> Iterator[Draft | Failure]:
    """A draft or a failure for each question of a `quiz` element."""
    ids = ItemIds()
    for question in root.iterfind("question"):
        kind = question.get("type", "")
        if kind in _NOT_QUESTIONS:
            continue
        name = (question.findtext("name/text") or kind).strip()[:80]
        try:
            fields = {**_common(question), **_reader_of(kind)(question)}
            fields["id"] = ids.for_(question.findtext("idnumber"), name)
            yield Draft(name, fields)
        except NotReadableError as error:
            yield Failure(name, str(error))


def title_of(root: etree._Element) -> str:
    """The name of the first category that has one; else empty."""
    for category in root.iterfind("question/category/text"):
        name = re.split(r"(?<!/)/(?!/)", category.text or "")[-1].replace("//", "/").strip()
        if name and not name.startswith("$"):
            return name
    return ""


def _common(question: etree._Element) -> dict[str, Any]:
    tags = [(tag.text or "").strip() for tag in question.iterfind("tags/tag/text")]
    difficulty = [tag.removeprefix(_DIFFICULTY) for tag in tags if tag.startswith(_DIFFICULTY)]
    fields: dict[str, Any] = {
        "stem": _text(question.find("questiontext")),
        "explanation": _text(question.find("generalfeedback")),
        "concepts": tuple(tag for tag in tags if tag and not tag.startswith(_DIFFICULTY)),
        "points": _number(question.findtext("defaultgrade") or "1"),
    }
    if difficulty and difficulty[0] in _DIFFICULTIES:
        fields["difficulty"] = difficulty[0]
    return fields


def _multichoice(question: etree._Element) -> dict[str, Any]:
    is_single = (question.findtext("single") or "true").strip() in ("true", "1")
    answers = question.findall("answer")
    least = 100.0 if is_single else 0.001
    choices = [
        {
            "id": f"choice-{number}",
            "text": _text(answer),
            "is_right": _number(answer.get("fraction") or "0") >= least,
            "feedback": _text(answer.find("feedback")),
        }
        for number, answer in enumerate(answers, start=1)
    ]
    if not any(choice["is_right"] for choice in choices):
        raise NotReadableError("no answer of it is fully right")
    return {"kind": "single_choice" if is_single else "multiple_choice", "choices": choices}


def _numerical(question: etree._Element) -> dict[str, Any]:
    answer = next(iter(_right_answers(question)), None)
    if answer is None:
        raise NotReadableError("no answer of it is fully right")
    unit = question.findtext("units/unit/unit_name") or ""
    return {
        "kind": "numeric",
        "value": _number(answer.findtext("text") or ""),
        "tolerance": abs(_number(answer.findtext("tolerance") or "0")),
        "unit": unit.strip(),
    }


def _shortanswer(question: etree._Element) -> dict[str, Any]:
    answers = [(answer.findtext("text") or "").strip() for answer in _right_answers(question)]
    accepted = [text.replace("\\*", "*") for text in answers if not re.search(r"(?<!\\)\*", text)]
    if not accepted:
        raise NotReadableError("all its right answers hold wildcards")
    return {"kind": "short_answer", "accepted": accepted}


def _essay(question: etree._Element) -> dict[str, Any]:
    rubric = question.findtext("graderinfo/text") or ""
    if not rubric.strip():
        raise NotReadableError("free text without notes for graders has no key")
    items = html.fragment_fromstring(rubric, create_parent="div").xpath(".//li | .//p[not(li)]")
    points = [Text(html.tostring(item, encoding="unicode"), is_line=True) for item in items]
    return {"kind": "short_answer", "key_points": points or [Text(rubric, is_line=True)]}


def _truefalse(question: etree._Element) -> dict[str, Any]:
    choices = [
        {
            "id": (answer.findtext("text") or "").strip().lower(),
            "text": (answer.findtext("text") or "").strip().capitalize(),
            "is_right": _number(answer.get("fraction") or "0") >= 100,
            "feedback": _text(answer.find("feedback")),
        }
        for answer in question.iterfind("answer")
    ]
    return {"kind": "single_choice", "choices": choices}


def _cloze(question: etree._Element) -> dict[str, Any]:
    text = _text(question.find("questiontext"))
    stem, gaps = embedded_gaps(text.value)
    if not gaps:
        raise NotReadableError("no embedded answer of it can be read")
    return {"kind": "cloze", "stem": Text(stem, text.markup), "gaps": gaps, "points": 1.0}


def _gaps_with_options(question: etree._Element) -> dict[str, Any]:
    """`[[2]]` in the text stands for the second option; options of one group are offered."""
    options = [
        ((option.findtext("text") or "").strip(), (option.findtext("group") or "1").strip())
        for option in question.xpath("selectoption | dragbox")
    ]
    text = _text(question.find("questiontext"))
    gaps: list[dict[str, Any]] = []

    def gap(found: re.Match[str]) -> str:
        number = int(found[1])
        if not 1 <= number <= len(options):
            raise NotReadableError(f"{found[0]} stands for no option")
        right, group = options[number - 1]
        offered = list(dict.fromkeys(text for text, of in options if of == group))
        gaps.append({"id": f"gap-{len(gaps) + 1}", "accepted": [right], "options": offered[:10]})
        return gap_sign(len(gaps) - 1)

    return {
        "kind": "cloze",
        "stem": Text(_PLACE.sub(gap, text.value), text.markup),
        "gaps": gaps,
    }


def _ordering(question: etree._Element) -> dict[str, Any]:
    answers = sorted(
        question.iterfind("answer"), key=lambda one: _number(one.get("fraction") or "0")
    )
    return {"kind": "ordering", "items": [_line(answer) for answer in answers]}


def _matching(question: etree._Element) -> dict[str, Any]:
    pairs, distractors = [], []
    for part in question.iterfind("subquestion"):
        right = Text(part.findtext("answer/text") or "", "plain", is_line=True)
        if (part.findtext("text") or "").strip():
            pairs.append({"left": _line(part), "right": right})
        else:
            distractors.append(right)
    return {"kind": "matching", "pairs": pairs, "distractors": distractors}


_READERS: Mapping[str, Callable[[etree._Element], dict[str, Any]]] = {
    "multichoice": _multichoice,
    "numerical": _numerical,
    "shortanswer": _shortanswer,
    "essay": _essay,
    "truefalse": _truefalse,
    "cloze": _cloze,
    "gapselect": _gaps_with_options,
    "ddwtos": _gaps_with_options,
    "ordering": _ordering,
    "matching": _matching,
}


def _reader_of(kind: str) -> Callable[[etree._Element], dict[str, Any]]:
    if kind not in _READERS:
        raise NotReadableError(f"questions of the kind {kind!r} are not known here")
    return _READERS[kind]


def _right_answers(question: etree._Element) -> Iterator[etree._Element]:
    for answer in question.iterfind("answer"):
        if _number(answer.get("fraction") or "0") >= 100:
            yield answer


def _text(element: etree._Element | None) -> Text:
    if element is None:
        return Text("")
    markup = _MARKUPS.get(element.get("format", "html"), "html")
    return Text(element.findtext("text") or "", markup)


def _line(element: etree._Element) -> Text:
    text = _text(element)
    return Text(text.value, text.markup, is_line=True)


def _number(text: str) -> float:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError as error:
        raise NotReadableError(f"{text[:40]!r} is no number") from error
