"""Questions as read from a bank: texts still in their own markup, nothing validated yet."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from content.questions import AnyQuestion
from publishing.errors import PublishingError
from publishing.pandoc import READ_AS, WRITTEN_AS, Piece, convert

Markup = Literal["html", "markdown", "plain"]
_HTML = "html+tex_math_single_backslash-native_divs-native_spans"
_DISPLAY = re.compile(r"\$\$([^$<>]+)\$\$")
_QUESTION: TypeAdapter[AnyQuestion] = TypeAdapter(AnyQuestion)
_GAP = re.compile(r"[\ue100-\ue1ff]")


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a bank in its own markup; a line becomes plain text with formulas."""

    value: str
    markup: Markup = "html"
    is_line: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A question that was read.

    Attributes:
        name: how the bank calls it, for messages.
        fields: of a question of `content`, with `Text` where that has strings. In the stem of a
            cloze text, the sign of `gap_sign(n)` stands for its n-th gap.
    """

    name: str
    fields: Mapping[str, Any]


class NotReadableError(Exception):
    """Why one item cannot become a question; it fails alone."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An item of a bank that could not be read, and why."""

    name: str
    reason: str


@dataclass
class Resolved:
    """Questions and failures, in the order of the bank."""

    questions: list[AnyQuestion] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def resolve(read: Sequence[Draft | Failure], folder: Path) -> Resolved:
    """Translates the texts of all drafts in few starts of Pandoc and validates each by itself.

    Raises:
        TypesettingTimedOutError, TypesetterUnavailableError: as Pandoc does.
    """
    drafts = [one for one in read if isinstance(one, Draft)]
    by_text = translated([text for draft in drafts for text in _texts(draft.fields)], folder)
    resolved = Resolved()
    for one in read:
        if isinstance(one, Failure):
            resolved.failures.append(one)
            continue
        texts = by_text
        if texts is None:
            texts = translated(list(_texts(one.fields)), folder)
        if texts is None:
            resolved.failures.append(Failure(one.name, "its text cannot be read"))
            continue
        try:
            resolved.questions.append(_question(one, texts))
        except ValidationError as error:
            resolved.failures.append(Failure(one.name, _reason(error)))
    return resolved


def translated(texts: Sequence[Text], folder: Path) -> dict[Text, str] | None:
    """Each text as Markdown or as a line; None where Pandoc fails on one of them."""
    known: dict[Text, str] = {text: "" for text in texts if not text.value.strip()}
    for markup, read_as in (("html", _HTML), ("markdown", READ_AS)):
        mine = [
            text for text in dict.fromkeys(texts) if text.markup == markup and text not in known
        ]
        pieces = [Piece(_prepared(text), "line" if text.is_line else "markup") for text in mine]
        try:
            made = convert(pieces, folder, to=WRITTEN_AS, from_=read_as, are_formulas_kept=True)
        except PublishingError:
            return None
        known.update(zip(mine, made.texts, strict=True))
    known.update((text, text.value) for text in texts if text.markup == "plain")
    return known


def _prepared(text: Text) -> str:
    """Display formulas as Moodle writes them, for Pandoc."""
    return _DISPLAY.sub(r"\\[\1\\]", text.value) if text.markup == "html" else text.value


def _texts(value: object) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def _question(draft: Draft, texts: Mapping[Text, str]) -> AnyQuestion:
    fields = _filled(draft.fields, texts)
    gaps = fields.get("gaps", ())
    for number, gap in enumerate(gaps):
        sign = chr(0xE100 + number)
        fields["stem"] = fields["stem"].replace(sign, "{{" + gap["id"] + "}}")
    return _QUESTION.validate_python(fields)


def _filled(value: Any, texts: Mapping[Text, str]) -> Any:  # noqa: ANN401 (a tree of anything)
    if isinstance(value, Text):
        made = texts[value]
        return " ".join(made.split()) if value.is_line else made
    if isinstance(value, Mapping):
        return {key: _filled(inner, texts) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        filled = [_filled(inner, texts) for inner in value]
        return tuple(inner for inner in filled if inner != "")
    return value


def _reason(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"][1:])
    message = first["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message
