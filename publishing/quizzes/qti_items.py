"""Questions as items of QTI 2.1; `qti_dialects` makes QTI 3.0 of them.

Source: IMS Question and Test Interoperability, Assessment Test, Section and Item Information
Model, 2.1 final.
"""

from collections.abc import Sequence
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
    ShortAnswer,
    SingleChoice,
)
from publishing.characters import legal
from publishing.quizzes.texts import QuizTexts, gap_sign
from publishing.quizzes.xhtml import BLOCKS, add, elements

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
ITEM_PREFIX, GAP_PREFIX, CHOICE_PREFIX = "item-", "gap-", "choice-"
"""Identifiers of QTI begin with a letter, ours may begin with a digit."""
RESPONSE = "RESPONSE"
UNIT_CLASS, EXPRESSION_CLASS = "unit", "expression"
EXPLANATION = "EXPLANATION"


def item_of(question: AnyQuestion, texts: QuizTexts, language: str) -> etree._Element:
    """A question as an `assessmentItem`."""
    item = etree.Element(
        _name("assessmentItem"),
        attrib={
            "identifier": f"{ITEM_PREFIX}{question.id}",
            "title": legal(texts.label(question)) or question.id,
            "adaptive": "false",
            "timeDependent": "false",
            "{http://www.w3.org/XML/1998/namespace}lang": language,
        },
        nsmap={None: QTI},
    )
    _declare_responses(item, question)
    _declare_outcomes(item, question)
    body = _child(item, "itemBody")
    _fill_body(body, question, texts)
    _add_processing(item, question)
    if question.explanation.strip():
        feedback = _child(
            item,
            "modalFeedback",
            outcomeIdentifier=EXPLANATION,
            identifier="shown",
            showHide="show",
        )
        add(feedback, iter(elements(texts.block(question.explanation), QTI)))
    return item


def _declare_responses(item: etree._Element, question: AnyQuestion) -> None:
    match question:
        case SingleChoice() | MultipleChoice():
            cardinality = "single" if isinstance(question, SingleChoice) else "multiple"
            keys = [f"{CHOICE_PREFIX}{choice.id}" for choice in question.choices if choice.is_right]
            _declare(item, RESPONSE, cardinality, "identifier", keys)
        case Numeric():
            _declare(item, RESPONSE, "single", "float", [repr(question.value)])
        case ShortAnswer():
            _declare_words(item, RESPONSE, question.accepted)
        case Expression():
            _declare(item, RESPONSE, "single", "string", [question.expression])
        case Cloze():
            for gap in question.gaps:
                _declare_gap(item, gap)
        case Ordering():
            keys = [f"{CHOICE_PREFIX}{number}" for number, _ in enumerate(question.items, 1)]
            _declare(item, RESPONSE, "ordered", "identifier", keys)
        case Matching():
            numbers = range(1, len(question.pairs) + 1)
            keys = [f"left-{number} right-{number}" for number in numbers]
            _declare(item, RESPONSE, "multiple", "directedPair", keys)
        case _:
            assert_never(question)


def _declare_gap(item: etree._Element, gap: Gap) -> None:
    identifier = f"{GAP_PREFIX}{gap.id}"
    if gap.options:
        number = options_of(gap).index(gap.accepted[0]) + 1
        _declare(item, identifier, "single", "identifier", [f"{CHOICE_PREFIX}{number}"])
    else:
        _declare_words(item, identifier, gap.accepted)


def options_of(gap: Gap) -> list[str]:
    """What a gap offers: its options, the key among them."""
    return list(dict.fromkeys([*gap.options, gap.accepted[0]]))


def _declare_words(item: etree._Element, identifier: str, accepted: Sequence[str]) -> None:
    declaration = _declare(item, identifier, "single", "string", accepted[:1])
    if accepted:
        mapping = _child(declaration, "mapping", defaultValue="0")
        for text in accepted:
            key = legal(text)
            _child(mapping, "mapEntry", mapKey=key, mappedValue="1", caseSensitive="false")


def _declare(
    item: etree._Element, identifier: str, cardinality: str, base_type: str, keys: Sequence[str]
) -> etree._Element:
    declaration = _child(
        item,
        "responseDeclaration",
        identifier=identifier,
        cardinality=cardinality,
        baseType=base_type,
    )
    if keys:
        correct = _child(declaration, "correctResponse")
        for key in keys:
            _child(correct, "value").text = legal(key)
    return declaration


def _declare_outcomes(item: etree._Element, question: AnyQuestion) -> None:
    for identifier, value in (("SCORE", 0.0), ("MAXSCORE", question.points)):
        outcome = _child(
            item,
            "outcomeDeclaration",
            identifier=identifier,
            cardinality="single",
            baseType="float",
        )
        _child(_child(outcome, "defaultValue"), "value").text = f"{value:g}"
    if question.explanation.strip():
        _child(
            item,
            "outcomeDeclaration",
            identifier=EXPLANATION,
            cardinality="single",
            baseType="identifier",
        )
    if isinstance(question, SingleChoice | MultipleChoice):
        cardinality = "single" if isinstance(question, SingleChoice) else "multiple"
        _child(
            item,
            "outcomeDeclaration",
            identifier="FEEDBACK",
            cardinality=cardinality,
            baseType="identifier",
        )


def _fill_body(body: etree._Element, question: AnyQuestion, texts: QuizTexts) -> None:
    stem = texts.stem(question)
    if isinstance(question, Cloze):
        _add_blocks(body, stem)
        _insert_gaps(body, question)
        return
    match question:
        case SingleChoice() | MultipleChoice():
            _add_choices(body, question, texts)
        case Numeric() | Expression():
            _add_entry(body, question)
        case ShortAnswer():
            _add_words(body, question, texts)
        case Ordering():
            parent = _child(body, "orderInteraction", responseIdentifier=RESPONSE, shuffle="true")
            for number, text in enumerate(question.items, start=1):
                _simple_choice(parent, "simpleChoice", f"{CHOICE_PREFIX}{number}", texts.line(text))
        case Matching():
            _add_matching(body, question, texts)
        case _:
            assert_never(question)
    interaction = list(body)
    _add_blocks(body, stem)
    # The stem is added last and stands first, so that each branch only says what is its own.
    for element in interaction:
        body.append(element)


def _add_choices(
    body: etree._Element, question: SingleChoice | MultipleChoice, texts: QuizTexts
) -> None:
    parent = _child(
        body,
        "choiceInteraction",
        responseIdentifier=RESPONSE,
        shuffle="true",
        maxChoices="1" if isinstance(question, SingleChoice) else "0",
    )
    for choice in question.choices:
        identifier = f"{CHOICE_PREFIX}{choice.id}"
        made = _simple_choice(parent, "simpleChoice", identifier, texts.inline(choice.text))
        if choice.feedback.strip():
            feedback = _child(
                made,
                "feedbackInline",
                outcomeIdentifier="FEEDBACK",
                identifier=identifier,
                showHide="show",
            )
            add(feedback, iter(_inline(texts.inline(choice.feedback))))


def _add_entry(body: etree._Element, question: Numeric | Expression) -> None:
    paragraph = _child(body, "p")
    entry = _child(paragraph, "textEntryInteraction", responseIdentifier=RESPONSE)
    entry.set("expectedLength", "20")
    if isinstance(question, Expression):
        entry.set("class", EXPRESSION_CLASS)
    elif question.unit:
        entry.tail = " "
        unit = _child(paragraph, "span")
        unit.set("class", UNIT_CLASS)
        unit.text = legal(question.unit)


def _add_words(body: etree._Element, question: ShortAnswer, texts: QuizTexts) -> None:
    if question.accepted:
        paragraph = _child(body, "p")
        _child(paragraph, "textEntryInteraction", responseIdentifier=RESPONSE, expectedLength="40")
    else:
        _child(body, "extendedTextInteraction", responseIdentifier=RESPONSE)
    if question.key_points:
        rubric = _child(body, "rubricBlock", view="scorer", use="scoring")
        points = _child(rubric, "ul")
        for point in question.key_points:
            add(_child(points, "li"), iter(elements(texts.line(point), QTI)))


def _add_matching(body: etree._Element, question: Matching, texts: QuizTexts) -> None:
    count = len(question.pairs)
    parent = _child(
        body,
        "matchInteraction",
        responseIdentifier=RESPONSE,
        shuffle="true",
        maxAssociations=str(count),
    )
    lefts = [(f"left-{n}", pair.left) for n, pair in enumerate(question.pairs, start=1)]
    rights = [pair.right for pair in question.pairs] + list(question.distractors)
    numbered = [(f"right-{n}", right) for n, right in enumerate(rights, start=1)]
    for side in (lefts, numbered):
        choices = _child(parent, "simpleMatchSet")
        for identifier, text in side:
            made = _simple_choice(choices, "simpleAssociableChoice", identifier, texts.line(text))
            made.set("matchMax", "1")


def _insert_gaps(body: etree._Element, question: Cloze) -> None:
    for number, gap in enumerate(question.gaps):
        _replace_sign(body, gap_sign(number), _interaction_of(gap))


def _interaction_of(gap: Gap) -> etree._Element:
    identifier = f"{GAP_PREFIX}{gap.id}"
    if not gap.options:
        return etree.Element(
            _name("textEntryInteraction"), responseIdentifier=identifier, expectedLength="20"
        )
    made = etree.Element(
        _name("inlineChoiceInteraction"), responseIdentifier=identifier, shuffle="true"
    )
    for number, option in enumerate(options_of(gap), start=1):
        choice = _child(made, "inlineChoice", identifier=f"{CHOICE_PREFIX}{number}")
        choice.text = legal(option)
    return made


def _replace_sign(root: etree._Element, sign: str, made: etree._Element) -> None:
    for element in root.iter():
        if element.text and sign in element.text:
            before, _, after = element.text.partition(sign)
            element.text, made.tail = before, after
            element.insert(0, made)
            return
        parent = element.getparent()
        if element.tail and sign in element.tail and parent is not None:
            before, _, after = element.tail.partition(sign)
            element.tail, made.tail = before, after
            parent.insert(parent.index(element) + 1, made)
            # lxml moves an element with its tail; the new one has its own.
            return


def _add_processing(item: etree._Element, question: AnyQuestion) -> None:
    processing = _child(item, "responseProcessing")
    if not isinstance(question, ShortAnswer) or question.accepted:
        condition = _child(_child(processing, "responseCondition"), "responseIf")
        _add_test(condition, question)
        score = _child(condition, "setOutcomeValue", identifier="SCORE")
        _child(score, "baseValue", baseType="float").text = f"{question.points:g}"
    if isinstance(question, SingleChoice | MultipleChoice):
        chosen = _child(processing, "setOutcomeValue", identifier="FEEDBACK")
        _child(chosen, "variable", identifier=RESPONSE)
    if question.explanation.strip():
        shown = _child(processing, "setOutcomeValue", identifier=EXPLANATION)
        _child(shown, "baseValue", baseType="identifier").text = "shown"


def _add_test(condition: etree._Element, question: AnyQuestion) -> None:
    match question:
        case Numeric():
            share = 100 if question.is_relative else 1
            mode = "relative" if question.is_relative else "absolute"
            equal = _child(
                condition, "equal", toleranceMode=mode if question.tolerance else "exact"
            )
            if question.tolerance:
                bound = repr(question.tolerance * share)
                equal.set("tolerance", f"{bound} {bound}")
            _child(equal, "variable", identifier=RESPONSE)
            _child(equal, "correct", identifier=RESPONSE)
        case ShortAnswer():
            _add_mapped(condition, RESPONSE)
        case Cloze():
            parent = _child(condition, "and")
            for gap in question.gaps:
                identifier = f"{GAP_PREFIX}{gap.id}"
                if gap.options:
                    _add_match(parent, identifier)
                else:
                    _add_mapped(parent, identifier)
        case _:
            _add_match(condition, RESPONSE)


def _add_match(parent: etree._Element, identifier: str) -> None:
    match_ = _child(parent, "match")
    _child(match_, "variable", identifier=identifier)
    _child(match_, "correct", identifier=identifier)


def _add_mapped(parent: etree._Element, identifier: str) -> None:
    more = _child(parent, "gt")
    _child(more, "mapResponse", identifier=identifier)
    _child(more, "baseValue", baseType="float").text = "0"


def _add_blocks(body: etree._Element, html: str) -> None:
    """Adds a stem; texts that stand in no block get a paragraph."""
    paragraph: etree._Element | None = None
    for piece in elements(html, QTI):
        is_block = not isinstance(piece, str) and etree.QName(piece).localname in BLOCKS
        if is_block:
            paragraph = None
            body.append(piece)
        elif not isinstance(piece, str) or piece.strip():
            paragraph = _child(body, "p") if paragraph is None else paragraph
            add(paragraph, iter([piece]))


def _inline(html: str) -> list[etree._Element | str]:
    """Content for where no block may stand: blocks give their content."""
    pieces: list[etree._Element | str] = []
    for piece in elements(html, QTI):
        if isinstance(piece, str) or etree.QName(piece).localname not in BLOCKS:
            pieces.append(piece)
        else:
            span = etree.Element(_name("span"))
            span.text = "".join(str(text) for text in piece.itertext()).strip()
            pieces += [span, " "]
    return pieces


def _simple_choice(parent: etree._Element, name: str, identifier: str, html: str) -> etree._Element:
    choice = _child(parent, name, identifier=identifier)
    add(choice, iter(elements(html, QTI)))
    return choice


def _child(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, _name(name), attrib=attributes)


def _name(local: str) -> str:
    return f"{{{QTI}}}{local}"
