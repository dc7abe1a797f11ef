"""What two versions of content differ in: by their parts, and line by line."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from content.kinds import AnyContent, parts_of
from content.lessons import Lesson, MarkdownLesson
from publishing.lessons.markdown import lesson_text
from storage.repositories.stored_content import VersionHead


@dataclass(frozen=True, slots=True)
class PartChange:
    """What became of one part; `part` None stands for what is outside of the parts."""

    part: str | None
    change: Literal["added", "removed", "changed", "moved"]
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """What a version has changed.

    Attributes:
        unified: The lines that differ with three around them, in the form of `diff -u`: of the
            Markdown where both are lessons, else of the JSON.
    """

    old: int
    new: int
    parts: tuple[PartChange, ...]
    unified: str


def difference_of(
    old: VersionHead, before: AnyContent, new: VersionHead, after: AnyContent
) -> Difference:
    """The difference of two versions of the same content."""
    lines = difflib.unified_diff(
        _lines(before), _lines(after), f"version {old.number}", f"version {new.number}", lineterm=""
    )
    return Difference(old.number, new.number, tuple(_changes(before, after)), "\n".join(lines))


def _changes(before: AnyContent, after: AnyContent) -> Iterator[PartChange]:
    old, new = (
        {name: part.model_dump(mode="json") for name, part in parts_of(value).items()}
        for value in (before, after)
    )
    frame_before, frame_after = _frame(before), _frame(after)
    if frame_before != frame_after:
        yield PartChange(None, "changed", frame_before, frame_after)
    for name, part in old.items():
        if name not in new:
            yield PartChange(name, "removed", part)
        elif new[name] != part:
            yield PartChange(name, "changed", part, new[name])
    for name, part in new.items():
        if name not in old:
            yield PartChange(name, "added", None, part)
    kept = [name for name in old if name in new]
    order = [name for name in new if name in old]
    for name, other in zip(kept, order, strict=True):
        if name != other:
            yield PartChange(other, "moved")


def _frame(value: AnyContent) -> dict[str, Any]:
    """What is outside of the parts: title, summary, glossary and the like."""
    part_fields = {
        name
        for name in type(value).model_fields
        if any(hasattr(item, "id") for item in _items(getattr(value, name)))
    }
    return value.model_dump(mode="json", exclude=part_fields)


def _items(field: object) -> tuple[object, ...]:
    return field if isinstance(field, tuple) else ()


def _lines(value: AnyContent) -> list[str]:
    match value:
        case Lesson():
            text = lesson_text(value).markdown
        case MarkdownLesson():
            text = f"# {value.title}\n\n{value.summary}\n\n{value.markdown}"
        case _:
            text = orjson.dumps(value.model_dump(mode="json"), option=orjson.OPT_INDENT_2).decode()
    return text.splitlines()
