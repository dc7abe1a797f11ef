"""Quizzes in the Common Cartridge's profile of QTI 1.2: choices, words, and free text."""

from collections.abc import Sequence

from lxml import etree

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
from publishing.quizzes.texts import QuizTexts, gap_sign

QTI12 = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
_SINGLE, _MULTIPLE = "cc.multiple_choice.v0p1", "cc.multiple_response.v0p1"
_WORDS, _ESSAY = "cc.fib.v0p1", "cc.essay.v0p1"


def assessment(identifier: str, quiz: Quiz, texts: QuizTexts) -> tuple[bytes, list[str]]:
    """The XML of a quiz, and what of its questions the profile cannot say."""
    root = etree.Element(f"{{{QTI12}}}questestinterop", nsmap={None: QTI12})
    test = _child(root, "assessment", ident=identifier, title=legal(quiz.title))
    _metadata(test, cc_profile="cc.exam.v0p1", qmd_assessmenttype="Examination")
    section = _child(test, "section", ident="root_section")
    for question in quiz.questions:
        _add(section, question, texts)
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    lost = [f"Question {q.id}: {_LOST}" for q in quiz.questions if _is_essay(q) and not _is_free(q)]
    return written, lost


_LOST = "Common Cartridge has no such kind; it is asked as free text, with its key as a solution"


def _is_essay(question: AnyQuestion) -> bool:
    return not isinstance(question, SingleChoice | MultipleChoice) and not _accepted(question)


def _is_free(question: AnyQuestion) -> bool:
    return isinstance(question, ShortAnswer)


def _accepted(question: AnyQuestion) -> Sequence[str]:
    """Words that are right as they stand; none where the profile needs free text."""
    match question:
        case ShortAnswer():
            return question.accepted
        case Numeric() if not question.tolerance:
            return [f"{question.value:g}"]
        case _:
            return ()


def _add(section: etree._Element, question: AnyQuestion, texts: QuizTexts) -> None:
    item = _child(section, "item", ident=f"item-{question.id}")
    item.set("title", legal(texts.label(question)) or question.id)
    metadata = _child(item, "itemmetadata")
    weight = {"cc_weighting": f"{question.points:g}"}
    if isinstance(question, SingleChoice | MultipleChoice):
        profile = _SINGLE if isinstance(question, SingleChoice) else _MULTIPLE
        _metadata(metadata, cc_profile=profile, **weight)
        _add_choices(item, question, texts)
    elif accepted := _accepted(question):
        _metadata(metadata, cc_profile=_WORDS, **weight)
        _add_words(item, question, accepted, texts)
    else:
        _metadata(metadata, cc_profile=_ESSAY, qmd_computerscored="No", **weight)
        _add_essay(item, question, texts)
    if question.explanation.strip():
        _feedback(item, "general_fb", texts.block(question.explanation))


def _add_choices(
    item: etree._Element, question: SingleChoice | MultipleChoice, texts: QuizTexts
) -> None:
    is_single = isinstance(question, SingleChoice)
    presentation = _presentation(item, texts.stem(question))
    response = _child(presentation, "response_lid", ident="response")
    response.set("rcardinality", "Single" if is_single else "Multiple")
    rendered = _child(response, "render_choice")
    for choice in question.choices:
        label = _child(rendered, "response_label", ident=choice.id)
        _material(label, texts.inline(choice.text))
    processing = _processing(item, question)
    for choice in question.choices:
        if choice.feedback.strip():
            told = _condition(processing, continues=True)
            _equals(_child(told, "conditionvar"), choice.id)
            _display(told, f"{choice.id}_fb")
    right = _condition(processing)
    variables = _child(right, "conditionvar")
    if not is_single:
        variables = _child(variables, "and")
    for choice in question.choices:
        if choice.is_right:
            _equals(variables, choice.id)
        elif not is_single:
            _equals(_child(variables, "not"), choice.id)
    _child(right, "setvar", action="Set", varname="SCORE").text = "100"
    for choice in question.choices:
        if choice.feedback.strip():
            _feedback(item, f"{choice.id}_fb", texts.block(choice.feedback))


def _add_words(
    item: etree._Element, question: AnyQuestion, accepted: Sequence[str], texts: QuizTexts
) -> None:
    stem = texts.stem(question)
    if isinstance(question, Numeric) and question.unit:
        stem += f"<p>({_escaped(question.unit)})</p>"
    presentation = _presentation(item, stem)
    response = _child(presentation, "response_str", ident="response", rcardinality="Single")
    _child(response, "render_fib", prompt="Dashline")
    condition = _condition(_processing(item, question))
    variables = _child(condition, "conditionvar")
    for text in accepted:
        _equals(variables, text, case="No")
    _child(condition, "setvar", action="Set", varname="SCORE").text = "100"


def _add_essay(item: etree._Element, question: AnyQuestion, texts: QuizTexts) -> None:
    stem = texts.stem(question)
    if isinstance(question, Cloze):
        for number, gap in enumerate(question.gaps):
            offered = f" ({_escaped(' / '.join(gap.options))})" if gap.options else ""
            stem = stem.replace(gap_sign(number), f"____{offered}")
    stem += _asked(question, texts)
    presentation = _presentation(item, stem)
    response = _child(presentation, "response_str", ident="response", rcardinality="Single")
    _child(response, "render_fib")
    if question.explanation.strip():
        _processing(item, question)
    solution = _child(_child(item, "itemfeedback", ident="solution"), "solution")
    material = _child(_child(solution, "solutionmaterial"), "flow_mat")
    _material(material, _key(question, texts))


def _asked(question: AnyQuestion, texts: QuizTexts) -> str:
    """What is to be put in order or matched, where a stem does not say it."""
    match question:
        case Ordering():
            return _list([texts.line(item) for item in sorted(question.items)])
        case Matching():
            rights = sorted([*(pair.right for pair in question.pairs), *question.distractors])
            lefts = _list([texts.line(pair.left) for pair in question.pairs])
            return lefts + _list([texts.line(right) for right in rights])
        case Numeric() if question.unit:
            return f"<p>({_escaped(question.unit)})</p>"
        case _:
            return ""


def _key(question: AnyQuestion, texts: QuizTexts) -> str:
    match question:
        case Numeric():
            unit = _escaped(question.unit)
            return f"<p>{question.value:g} ± {question.tolerance:g} {unit}</p>"
        case ShortAnswer():
            return _list([texts.line(point) for point in question.key_points])
        case Expression():
            return f"<p>{_escaped(question.expression)}</p>"
        case Cloze():
            return _list([_escaped(" / ".join(gap.accepted)) for gap in question.gaps])
        case Ordering():
            return _list([texts.line(item) for item in question.items])
        case Matching():
            return _list(
                [f"{texts.line(one.left)} → {texts.line(one.right)}" for one in question.pairs]
            )
        case _:
            return ""


def _presentation(item: etree._Element, html: str) -> etree._Element:
    presentation = _child(item, "presentation")
    _material(presentation, html)
    return presentation


def _processing(item: etree._Element, question: AnyQuestion) -> etree._Element:
    processing = _child(item, "resprocessing")
    outcomes = _child(processing, "outcomes")
    _child(outcomes, "decvar", maxvalue="100", minvalue="0", varname="SCORE", vartype="Decimal")
    if question.explanation.strip():
        always = _condition(processing, continues=True)
        _child(_child(always, "conditionvar"), "other")
        _display(always, "general_fb")
    return processing


def _condition(processing: etree._Element, *, continues: bool = False) -> etree._Element:
    return _child(processing, "respcondition", **{"continue": "Yes" if continues else "No"})


def _equals(parent: etree._Element, text: str, **attributes: str) -> None:
    _child(parent, "varequal", respident="response", **attributes).text = legal(text)


def _display(condition: etree._Element, identifier: str) -> None:
    _child(condition, "displayfeedback", feedbacktype="Response", linkrefid=identifier)


def _feedback(item: etree._Element, identifier: str, html: str) -> None:
    _material(_child(_child(item, "itemfeedback", ident=identifier), "flow_mat"), html)


def _material(parent: etree._Element, html: str) -> None:
    text = _child(_child(parent, "material"), "mattext", texttype="text/html")
    text.text = legal(html)


def _metadata(parent: etree._Element, **fields: str) -> None:
    metadata = _child(parent, "qtimetadata")
    for label, entry in fields.items():
        field = _child(metadata, "qtimetadatafield")
        _child(field, "fieldlabel").text = label
        _child(field, "fieldentry").text = entry


def _list(items: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _child(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{QTI12}}}{name}", attrib=attributes)
