"""Questions out of GIFT texts, whoever wrote them."""

import re
from collections.abc import Iterator
from typing import Any

from publishing.quizzes.drafts import Draft, Failure, Markup, NotReadableError, Text
from publishing.quizzes.item_ids import ItemIds
from publishing.quizzes.texts import gap_sign

# Escaped signs become characters of their own first, so that what is left of them divides.
_ESCAPES = {sign: chr(0xE200 + number) for number, sign in enumerate("\\~=#{}:")}
_ESCAPES["n"] = chr(0xE220)
_ESCAPED = re.compile(r"\\([\\~=#{}:n])")
_MEANT = {mark: ("\n" if sign == "n" else sign) for sign, mark in _ESCAPES.items()}
_MEANT_PATTERN = re.compile("[" + "".join(_MEANT) + "]")
_COMMENT = re.compile(r"^\s*//(.*)$", re.MULTILINE)
_ID = re.compile(r"\[id:([^\]]+)\]")
_TAG = re.compile(r"\[tag:([^\]]+)\]")
_TITLE = re.compile(r"^\s*::(.*?)::", re.DOTALL)
_MARKUP = re.compile(r"^\s*\[(html|markdown|moodle|plain)\]")
_CATEGORY = re.compile(r"^\s*\$CATEGORY:.*$", re.MULTILINE)
_PERCENT = re.compile(r"^\s*%(-?\d+(?:\.\d+)?)%")
_TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_DIGITS = r"([-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?)"
_NUMBER = re.compile(rf"\s*{_DIGITS}\s*(?:\.\.\s*{_DIGITS}|:\s*{_DIGITS}?)?\s*")
_MARKUPS: dict[str, Markup] = {"html": "html", "moodle": "html", "markdown": "markdown"}


def read_gift(text: str) -> Iterator[Draft | Failure]:
    """A draft or a failure for each question; descriptions are passed over."""
    ids = ItemIds()
    for number, (comments, whole) in enumerate(_questions(text), start=1):
        protected = _ESCAPED.sub(lambda found: _ESCAPES[found[1]], whole)
        title, rest = _title(protected)
        name = title or f"question {number}"
        try:
            fields = _fields(rest)
        except NotReadableError as error:
            yield Failure(name, str(error))
            continue
        if fields is not None:
            tags = [tag.strip() for tag in _TAG.findall(comments)]
            found = _ID.search(comments)
            fields["id"] = ids.for_(found[1] if found else None, title, f"question-{number}")
            yield Draft(name, {**fields, "concepts": tuple(tags)})


def title_of_gift(text: str) -> str:
    """The last part of the first category; else empty."""
    found = _CATEGORY.search(text)
    path = found[0].partition(":")[2].strip() if found else ""
    name = re.split(r"(?<!/)/(?!/)", path)[-1].replace("//", "/").strip()
    return "" if name.startswith("$") else name


def _questions(text: str) -> Iterator[tuple[str, str]]:
    """Comments and text of each question: blank lines divide, though not between braces."""
    text = text.replace("\r\n", "\n").lstrip("\ufeff")
    gathered: list[str] = []
    comments: list[str] = []
    depth = 0
    for line in [*_CATEGORY.sub("", text).split("\n"), ""]:
        if found := _COMMENT.match(line):
            comments.append(found[1])
            continue
        bare = _ESCAPED.sub("", line)
        depth = max(0, depth + bare.count("{") - bare.count("}"))
        if line.strip():
            gathered.append(line)
        elif gathered and depth == 0:
            yield "\n".join(comments), "\n".join(gathered)
            gathered, comments = [], []
    if gathered:
        yield "\n".join(comments), "\n".join(gathered)


def _title(text: str) -> tuple[str, str]:
    found = _TITLE.match(text)
    return (_meant(found[1]).strip()[:80], text[found.end() :]) if found else ("", text)


def _fields(text: str) -> dict[str, Any] | None:
    """What a question is; None for a description."""
    markup, text = _markup(text, "html")
    before, brace, rest = text.partition("{")
    if not brace:
        return None
    body, closing, after = rest.rpartition("}")
    if not closing:
        raise NotReadableError("its answers are not closed by a brace")
    answers, _, explanation = body.partition("####")
    fields = _answers(answers.strip(), markup)
    has_more = bool(after.strip())
    if has_more and fields["kind"] in ("short_answer", "single_choice") and not _is_truth(fields):
        fields = _with_gap(before, after, fields, markup)
    else:
        stem = f"{before}_____{after}" if has_more else before
        fields["stem"] = Text(_meant(stem).strip(), markup)
    fields["explanation"] = _text(explanation, markup)
    return fields


def _with_gap(before: str, after: str, fields: dict[str, Any], markup: Markup) -> dict[str, Any]:
    """A missing word: what is right, and where wrong answers are given, what to choose from."""
    gap: dict[str, Any] = {"id": "gap-1", "accepted": fields.get("accepted", ())}
    if fields["kind"] == "single_choice":
        lines = [
            Text(one["text"].value, one["text"].markup, is_line=True) for one in fields["choices"]
        ]
        keys = [one["is_right"] for one in fields["choices"]]
        gap["accepted"] = [line for line, is_right in zip(lines, keys, strict=True) if is_right]
        gap["options"] = lines
    stem = Text(_meant(f"{before}{gap_sign(0)}{after}").strip(), markup)
    return {"kind": "cloze", "stem": stem, "gaps": [gap]}


def _answers(body: str, markup: Markup) -> dict[str, Any]:
    if not body:
        raise NotReadableError("free text has no key")
    if body.startswith("#"):
        return _numeric(body[1:].strip())
    if (truth := _TRUTH.get(body.split("#")[0].strip().upper())) is not None:
        return _true_or_false(is_true=truth)
    pieces = re.split(r"(?=[=~])", body)
    marked = [piece for piece in pieces if piece.strip() and piece[0] in "=~"]
    if any(piece[0] == "~" for piece in marked):
        return _choices(marked, markup)
    if marked and all("->" in piece for piece in marked):
        return _matching(marked, markup)
    accepted = [_told(piece[1:])[0] for piece in marked if _share(piece) >= 100]
    if not accepted:
        raise NotReadableError("no answer of it is fully right")
    return {
        "kind": "short_answer",
        "accepted": [_meant(one).replace("\\*", "*") for one in accepted],
    }


def _choices(marked: list[str], markup: Markup) -> dict[str, Any]:
    is_single = any(piece[0] == "=" and _share(piece) >= 100 for piece in marked)
    choices = []
    for number, piece in enumerate(marked, start=1):
        said, feedback = _told(piece[1:])
        is_right = _share(piece) >= 100 if is_single else _share(piece) > 0
        choices.append(
            {
                "id": f"choice-{number}",
                "text": _text(said, markup),
                "is_right": is_right,
                "feedback": _text(feedback, markup),
            }
        )
    return {"kind": "single_choice" if is_single else "multiple_choice", "choices": choices}


def _matching(marked: list[str], markup: Markup) -> dict[str, Any]:
    pairs, distractors = [], []
    for piece in marked:
        left, _, right = piece[1:].partition("->")
        answer = Text(_meant(right).strip(), "plain", is_line=True)
        if left.strip():
            pairs.append({"left": _text(left, markup, is_line=True), "right": answer})
        else:
            distractors.append(answer)
    return {"kind": "matching", "pairs": pairs, "distractors": distractors}


def _numeric(body: str) -> dict[str, Any]:
    pieces = [piece for piece in re.split(r"(?=[=~])", body) if piece.strip()]
    right = [piece for piece in pieces if piece[0] not in "=~" or _share(piece) >= 100]
    said = _told(right[0].lstrip("="))[0] if right else ""
    said = _PERCENT.sub("", said)
    if not (found := _NUMBER.fullmatch(said)):
        raise NotReadableError(f"{said.strip()[:40]!r} is no number with a tolerance")
    value, tolerance = float(found[1]), abs(float(found[3] or 0))
    if found[2]:
        last = float(found[2])
        # Nine digits hide what binary fractions add: 3.141..3.142 is 3.1415 within 0.0005.
        value, tolerance = (round(n, 9) for n in ((value + last) / 2, abs(last - value) / 2))
    return {"kind": "numeric", "value": value, "tolerance": tolerance}


def _true_or_false(*, is_true: bool) -> dict[str, Any]:
    choices = [
        {"id": "true", "text": "True", "is_right": is_true},
        {"id": "false", "text": "False", "is_right": not is_true},
    ]
    return {"kind": "single_choice", "choices": choices}


def _is_truth(fields: dict[str, Any]) -> bool:
    return any(choice["id"] == "true" for choice in fields.get("choices", ()))


def _share(piece: str) -> float:
    """The points that an answer gives, in per cent."""
    found = _PERCENT.match(piece[1:])
    return float(found[1]) if found else (100.0 if piece.startswith("=") else 0.0)


def _told(answer: str) -> tuple[str, str]:
    """An answer without its share, and its feedback."""
    said, _, feedback = _PERCENT.sub("", answer).partition("#")
    return said.strip(), feedback.strip()


def _text(text: str, markup: Markup, *, is_line: bool = False) -> Text:
    own, rest = _markup(text, markup)
    return Text(_meant(rest).strip(), own, is_line=is_line)


def _markup(text: str, inherited: Markup) -> tuple[Markup, str]:
    found = _MARKUP.match(text)
    if found is None:
        return inherited, text
    return _MARKUPS.get(found[1], "plain"), text[found.end() :]


def _meant(text: str) -> str:
    return _MEANT_PATTERN.sub(lambda found: _MEANT[found[0]], text)
