"""Questions out of items of QTI 2.x and 3.0, whoever wrote them."""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lxml import etree

from publishing.quizzes.drafts import NotReadableError, Text
from publishing.quizzes.qti_items import (
    CHOICE_PREFIX,
    EXPRESSION_CLASS,
    GAP_PREFIX,
    ITEM_PREFIX,
    QTI,
    UNIT_CLASS,
)
from publishing.quizzes.texts import gap_sign

_NOT_SHOWN = ("rubricBlock", "feedbackBlock", "feedbackInline", "stylesheet", "infoControl")
_Fields = dict[str, Any]


def fields_of_item(item: etree._Element) -> _Fields:
    """The fields of a question out of an `assessmentItem` in the spelling of 2.1.

    Raises:
        NotReadableError: it has no interaction that is known here, or no key.
    """
    body = item.find(_q("itemBody"))
    interactions = [] if body is None else [e for e in body.iter() if _is_interaction(e)]
    if body is None or not interactions:
        raise NotReadableError("it asks nothing")
    kinds = {_local(one) for one in interactions}
    if kinds <= {"textEntryInteraction", "inlineChoiceInteraction"}:
        fields = _written(item, body, interactions)
    elif len(interactions) == 1 and (reader := _READERS.get(_local(interactions[0]))):
        prompt = _prompt(interactions[0])
        fields = reader(item, interactions[0])
        fields["stem"] = Text(_stem(body) + prompt)
    else:
        raise NotReadableError(f"{', '.join(sorted(kinds))} is not known here")
    return {**_common(item), **fields}


def own_id(identifier: str) -> str:
    """The id that an identifier was made of."""
    return identifier.removeprefix(ITEM_PREFIX)


def _common(item: etree._Element) -> _Fields:
    feedback = [html_of(one) for one in item.iterfind(_q("modalFeedback"))]
    return {"explanation": Text("".join(feedback)), "points": _points(item)}


def _points(item: etree._Element) -> float:
    path = f"{_q('outcomeDeclaration')}[@identifier='MAXSCORE']//{_q('value')}"
    written = item.findtext(path) or "1"
    try:
        return float(written) or 1.0
    except ValueError:
        return 1.0


def _choices(item: etree._Element, interaction: etree._Element) -> _Fields:
    keys = _keys(item, interaction)
    is_single = _declaration(item, interaction).get("cardinality") == "single"
    choices = [
        {
            "id": _slug(choice.get("identifier", ""), number),
            "text": Text(html_of(choice)),
            "is_right": choice.get("identifier") in keys,
            "feedback": Text("".join(html_of(one) for one in choice.iter(_q("feedbackInline")))),
        }
        for number, choice in enumerate(interaction.iter(_q("simpleChoice")), start=1)
    ]
    return {"kind": "single_choice" if is_single else "multiple_choice", "choices": choices}


def _ordering(item: etree._Element, interaction: etree._Element) -> _Fields:
    texts = {
        choice.get("identifier"): Text(html_of(choice), is_line=True)
        for choice in interaction.iter(_q("simpleChoice"))
    }
    keys = _keys(item, interaction)
    return {"kind": "ordering", "items": [texts[key] for key in keys if key in texts]}


def _matching(item: etree._Element, interaction: etree._Element) -> _Fields:
    sides = [
        {
            choice.get("identifier", ""): Text(html_of(choice), is_line=True)
            for choice in side.iter(_q("simpleAssociableChoice"))
        }
        for side in interaction.iter(_q("simpleMatchSet"))
    ]
    if len(sides) != 2:
        raise NotReadableError("it has not two sides to be matched")
    lefts, rights = sides
    matched = [key.split() for key in _keys(item, interaction)]
    known = [pair for pair in matched if len(pair) == 2 and pair[0] in lefts and pair[1] in rights]
    used = {right for _, right in known}
    return {
        "kind": "matching",
        "pairs": [{"left": lefts[left], "right": rights[right]} for left, right in known],
        "distractors": [text for key, text in rights.items() if key not in used],
    }


def _free_text(item: etree._Element, interaction: etree._Element) -> _Fields:
    if points := _key_points(item):
        return {"kind": "short_answer", "key_points": points}
    declared = _find_declaration(item, interaction)
    keys = [] if declared is None else _correct(declared)
    if keys:
        return {"kind": "short_answer", "accepted": keys}
    raise NotReadableError("free text without key points for scorers has no key")


_READERS: Mapping[str, Callable[[etree._Element, etree._Element], _Fields]] = {
    "choiceInteraction": _choices,
    "orderInteraction": _ordering,
    "matchInteraction": _matching,
    "extendedTextInteraction": _free_text,
}


def _written(
    item: etree._Element, body: etree._Element, interactions: Sequence[etree._Element]
) -> _Fields:
    """A number, an expression, words, or a text with gaps."""
    [first, *others] = interactions
    is_alone = not others and _stands_alone(first)
    if is_alone and first.get("class") == EXPRESSION_CLASS:
        [expression] = _keys(item, first)[:1] or [""]
        return {"kind": "expression", "expression": expression, "stem": Text(_stem(body))}
    if not others and _declaration(item, first).get("baseType") in ("float", "integer"):
        return {**_number(item, body, first), "stem": Text(_stem(body))}
    if is_alone and _local(first) == "textEntryInteraction":
        return {
            "kind": "short_answer",
            "accepted": _accepted(item, first),
            "key_points": _key_points(item),
            "stem": Text(_stem(body)),
        }
    gaps = [_gap(item, one, number) for number, one in enumerate(interactions, start=1)]
    return {"kind": "cloze", "stem": Text(_stem(body, with_gaps=True)), "gaps": gaps}


def _number(item: etree._Element, body: etree._Element, entry: etree._Element) -> _Fields:
    [written] = _keys(item, entry)[:1] or [""]
    try:
        value = float(written)
    except ValueError as error:
        raise NotReadableError(f"{written[:40]!r} is no number") from error
    equal = item.find(f".//{_q('equal')}")
    mode = "exact" if equal is None else equal.get("toleranceMode", "exact")
    bounds = "0" if equal is None else (equal.get("tolerance") or "0")
    try:
        bound = float(bounds.split()[0])
    except (ValueError, IndexError) as error:
        raise NotReadableError(f"{bounds[:40]!r} is no tolerance") from error
    units = body.xpath(".//*[@class=$name]", name=UNIT_CLASS)
    return {
        "kind": "numeric",
        "value": value,
        "tolerance": {"absolute": bound, "relative": bound / 100}.get(mode, 0.0),
        "is_relative": mode == "relative",
        "unit": "".join(units[0].itertext()) if units else "",
    }


def _gap(item: etree._Element, interaction: etree._Element, number: int) -> _Fields:
    identifier = interaction.get("responseIdentifier", "")
    own = identifier.removeprefix(GAP_PREFIX)
    fields: _Fields = {"id": own if identifier != own else f"gap-{number}"}
    if _local(interaction) == "textEntryInteraction":
        return {**fields, "accepted": _accepted(item, interaction)}
    texts = {
        choice.get("identifier"): " ".join("".join(choice.itertext()).split())
        for choice in interaction.iter(_q("inlineChoice"))
    }
    keys = [texts[key] for key in _keys(item, interaction) if key in texts]
    return {**fields, "accepted": keys, "options": list(texts.values())}


def _accepted(item: etree._Element, interaction: etree._Element) -> list[str]:
    declaration = _declaration(item, interaction)
    accepted = list(dict.fromkeys([*_correct(declaration), *_mapped(declaration)]))
    if not accepted and not _key_points(item):
        raise NotReadableError("no answer to it is given as right")
    return accepted


def _keys(item: etree._Element, interaction: etree._Element) -> list[str]:
    declaration = _declaration(item, interaction)
    if keys := _correct(declaration) or _mapped(declaration):
        return keys
    raise NotReadableError("no answer to it is given as right")


def _mapped(declaration: etree._Element) -> list[str]:
    """Answers that give points."""
    entries = declaration.iter(_q("mapEntry"))
    return [one.get("mapKey", "") for one in entries if one.get("mappedValue", "0")[:1] not in "-0"]


def _correct(declaration: etree._Element) -> list[str]:
    path = f"{_q('correctResponse')}/{_q('value')}"
    return [(value.text or "").strip() for value in declaration.iterfind(path)]


def _declaration(item: etree._Element, interaction: etree._Element) -> etree._Element:
    found = _find_declaration(item, interaction)
    if found is None:
        raise NotReadableError("its response is not declared")
    return found


def _find_declaration(item: etree._Element, interaction: etree._Element) -> etree._Element | None:
    wanted = interaction.get("responseIdentifier")
    declared = item.iterfind(_q("responseDeclaration"))
    return next((one for one in declared if one.get("identifier") == wanted), None)


def _key_points(item: etree._Element) -> list[Text]:
    """What a scorer is told: list items, or paragraphs where there are none."""
    rubrics = [one for one in item.iter(_q("rubricBlock")) if "scorer" in one.get("view", "")]
    for name in ("li", "p"):
        if points := [point for one in rubrics for point in one.iter(_q(name))]:
            texts = (Text(html_of(point), is_line=True) for point in points)
            return [text for text in texts if text.value][:10]
    return []


def _stands_alone(interaction: etree._Element) -> bool:
    """Whether a paragraph holds nothing else, but perhaps a unit."""
    parent = interaction.getparent()
    if parent is None or (parent.text or "").strip() or (interaction.tail or "").strip():
        return False
    return all(one is interaction or one.get("class") == UNIT_CLASS for one in parent)


def _prompt(interaction: etree._Element) -> str:
    return "".join(f"<p>{html_of(prompt)}</p>" for prompt in interaction.iterfind(_q("prompt")))


def _stem(body: etree._Element, *, with_gaps: bool = False) -> str:
    """The body as HTML without what is answered and what learners do not see."""
    mine = copy.deepcopy(body)
    number = 0
    for element in list(mine.iter()):
        if not isinstance(element.tag, str):
            continue
        if with_gaps and _is_interaction(element):
            _replace(element, gap_sign(number))
            number += 1
        elif _is_hidden(element) or (element.get("class") == UNIT_CLASS and not with_gaps):
            _replace(element, "")
    return html_of(mine)


def _replace(element: etree._Element, text: str) -> None:
    parent = element.getparent()
    if parent is None:
        return
    said = text + (element.tail or "")
    before = element.getprevious()
    if before is None:
        parent.text = (parent.text or "") + said
    else:
        before.tail = (before.tail or "") + said
    parent.remove(element)


def html_of(element: etree._Element) -> str:
    """The content of an element as HTML without feedback."""
    mine = copy.deepcopy(element)
    for feedback in list(mine.iter(_q("feedbackInline"))):
        if feedback is not mine:
            _replace(feedback, "")
    for inner in mine.iter():
        if isinstance(inner.tag, str):
            inner.tag = etree.QName(inner).localname
    etree.cleanup_namespaces(mine)
    pieces = [_escaped(mine.text or "")]
    pieces += [etree.tostring(child, encoding="unicode") for child in mine]
    return "".join(pieces).strip()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _slug(identifier: str, number: int) -> str:
    own = identifier.removeprefix(CHOICE_PREFIX)
    return own if own != identifier else f"choice-{number}"


def _is_interaction(element: Any) -> bool:  # noqa: ANN401 (comments have other tags)
    return isinstance(element.tag, str) and _local(element).endswith("Interaction")


def _is_hidden(element: etree._Element) -> bool:
    return _is_interaction(element) or _local(element) in _NOT_SHOWN


def _local(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def _q(name: str) -> str:
    return f"{{{QTI}}}{name}"
