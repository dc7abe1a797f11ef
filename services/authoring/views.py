"""Content as its readers see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import AnyContent, ContentKind
from content.learner_view import without_keys
from content.questions import Quiz
from services.authoring.entering import EnteredContent
from services.authoring.versions import cited_versions, parts_citing, stored_value
from storage.repositories.contents import ContentsRepository
from storage.repositories.stored_content import ListedContent, Origin


@dataclass(frozen=True, slots=True)
class ContentSummary:
    """Content in a list."""

    id: UUID
    course_id: UUID
    kind: ContentKind
    title: str
    status: Literal["draft", "published"]
    version: int
    published_version: int | None
    is_stale: bool
    origin: Origin
    job_id: UUID | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ContentView(ContentSummary):
    """Content with the version that its reader sees.

    Attributes:
        content: JSON of the value; of a quiz without its keys where the reader may not see them.
        quality: What the quality gate found, for those who see drafts.
        stale_parts: Parts that cite a document which has changed since.
    """

    content: Mapping[str, Any]
    quality: Mapping[str, Any] | None
    stale_parts: tuple[str, ...]
    can_undo: bool
    can_redo: bool


def summary_of(listed: ListedContent) -> ContentSummary:
    """How a list shows it."""
    head = listed.head
    return ContentSummary(
        id=head.id,
        course_id=head.course_id,
        kind=head.kind,
        title=listed.title,
        status=head.status,
        version=head.version,
        published_version=head.published_version,
        is_stale=listed.is_stale,
        origin=head.origin,
        job_id=head.job_id,
        created_at=head.created_at,
        updated_at=head.updated_at,
    )


async def view_of(session: AsyncSession, entered: EnteredContent) -> ContentView:
    """The content as the actor who entered it reads it."""
    contents, head = ContentsRepository(session), entered.head
    version = await contents.version(head.id, entered.shown_version)
    value = stored_value(head.kind, version)
    changed = await contents.superseded(cited_versions(value))
    is_at_work = entered.sees_drafts
    redone = await contents.version_after(head.id, version.number) if is_at_work else None
    summary = summary_of(ListedContent(head, version.title, bool(changed)))
    return ContentView(
        **{name: getattr(summary, name) for name in ContentSummary.__slots__},
        content=shown_content(value, sees_keys=is_at_work),
        quality=version.quality if is_at_work else None,
        stale_parts=parts_citing(value, changed),
        can_undo=is_at_work and version.parent is not None,
        can_redo=redone is not None,
    )


def shown_content(value: AnyContent, *, sees_keys: bool) -> dict[str, Any]:
    """JSON of the value; a quiz loses its keys where they are not for the reader."""
    if isinstance(value, Quiz) and not sees_keys:
        return without_keys(value)
    return value.model_dump(mode="json")
