"""Values of content as versions to be kept, and back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ValidationError

from content.kinds import AnyContent, ContentKind, content_of, parts_of, spans_of
from services.errors import InvalidValueError
from storage.repositories.stored_content import CitedVersion, NewVersion, StoredVersion

NOUNS: Mapping[ContentKind, str] = {
    ContentKind.LESSON: "lesson",
    ContentKind.QUIZ: "quiz",
    ContentKind.DECK: "deck",
    ContentKind.STUDY_GUIDE: "study guide",
    ContentKind.SLIDES: "slide deck",
    ContentKind.VIDEO: "video",
}


def version_of(
    content: AnyContent,
    *,
    quality: Mapping[str, Any] | None = None,
    author_id: UUID | None = None,
    job_id: UUID | None = None,
    why: str = "",
) -> NewVersion:
    """The version that keeps a value, with the documents that it cites."""
    return NewVersion(
        title=content.title,
        body=content.model_dump(mode="json"),
        sources=cited_versions(content),
        quality=quality,
        author_id=author_id,
        job_id=job_id,
        why=why,
    )


def stored_value(kind: ContentKind, version: StoredVersion) -> AnyContent:
    """The value that a version keeps."""
    return content_of(kind, version.body)


def edited_value(kind: ContentKind, body: Mapping[str, Any]) -> AnyContent:
    """The value that a person has sent.

    Raises:
        InvalidValueError: It is not one of that kind; names the field.
    """
    try:
        return content_of(kind, body)
    except ValidationError as error:
        fault, *others = error.errors(include_url=False, include_context=False)
        field = ".".join(map(str, ("content", *fault["loc"])))
        more = f" (and {len(others)} more)" if others else ""
        raise InvalidValueError(field, f"{field}: {fault['msg']}{more}") from error


def cited_versions(content: AnyContent) -> tuple[CitedVersion, ...]:
    """Each document version that it cites, once."""
    spans = spans_of(content)
    return tuple(dict.fromkeys((span.document_id, span.document_version) for span in spans))


def parts_citing(content: AnyContent, versions: frozenset[CitedVersion]) -> tuple[str, ...]:
    """Ids of the parts that cite any of these document versions."""
    return tuple(
        name
        for name, part in parts_of(content).items()
        if any((span.document_id, span.document_version) in versions for span in spans_of(part))
    )


def with_part(content: AnyContent, part_id: str, replacement: BaseModel) -> AnyContent:
    """The same content with one part replaced, which keeps its id.

    Raises:
        InvalidValueError: There is no such part.
    """
    for name in type(content).model_fields:
        parts = getattr(content, name)
        if not isinstance(parts, tuple):
            continue
        changed = tuple(_replaced(part, part_id, replacement) for part in parts)
        if changed != parts:
            return content.model_copy(update={name: changed})
    raise InvalidValueError("part", f"There is no part “{part_id}” in it.")


def require_part(content: AnyContent, part_id: str) -> BaseModel:
    """The part of that id.

    Raises:
        InvalidValueError: There is none.
    """
    part = parts_of(content).get(part_id)
    if part is None:
        known = ", ".join(parts_of(content)) or "none has an id"
        raise InvalidValueError("part", f"There is no part “{part_id}” in it; there are: {known}.")
    return part


def _replaced(part: object, part_id: str, replacement: BaseModel) -> object:
    if getattr(part, "id", None) != part_id:
        return part
    return replacement.model_copy(update={"id": part_id})
