"""Content as files of a format, made once and kept."""

import asyncio
import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import orjson

from content.base import Content
from content.kinds import VALUES, AnyContent, ContentKind
from content.lessons import Lesson, MarkdownLesson, Section
from publishing.apart import export_apart
from publishing.errors import PublishingError
from publishing.formats import formats_of
from services.access import Permission
from services.actors import Actor
from services.authoring.assets import AssetService, OpenedAsset
from services.authoring.entering import EnteredContent, enter_content
from services.authoring.versions import stored_value
from services.errors import PermissionDeniedError, ServiceError
from storage.database import Database, Scope
from storage.repositories.assets import NewAsset
from storage.repositories.contents import ContentsRepository
from storage.repositories.stored_content import StoredVersion

EXPORTS_VERSION = 1
"""Raised when exports of the same content come out otherwise."""
EXPORTS_AT_ONCE = 2


class FormatNotFoundError(ServiceError):
    """Content of this kind is not to be had in that format."""

    code = "format_not_offered"

    def __init__(self, wanted: str, offered: tuple[str, ...]) -> None:
        names = ", ".join(offered)
        super().__init__(f"There is no format “{wanted}” of this; there are: {names}.")
        self.offered = offered


class CannotBeMadeError(ServiceError):
    """The content does not become a file of that format; the message says why."""

    code = "cannot_be_made"


@dataclass(frozen=True, slots=True)
class Original:
    """A version to make files of."""

    scope: Scope
    course_id: UUID
    kind: ContentKind
    version: StoredVersion

    @property
    def value(self) -> AnyContent:
        """What it says."""
        return stored_value(self.kind, self.version)


class Renditions:
    """Makes files of content, a few at a time, none in the event loop."""

    def __init__(self, database: Database, assets: AssetService) -> None:
        self._database = database
        self._assets = assets
        self._places = asyncio.Semaphore(EXPORTS_AT_ONCE)

    async def of_shown(
        self, actor: Actor, kind: ContentKind, content_id: UUID, wanted: str
    ) -> OpenedAsset:
        """A file of the version that the actor sees; of a quiz only for who may see its keys.

        Raises:
            NotFoundError: none of that kind, or not one that this actor may see.
            PermissionDeniedError: it would tell a learner the keys.
            FormatNotFoundError: it is not offered in that format.
            CannotBeMadeError: it cannot be made.
        """
        async with self._database.transaction(actor.scope) as session:
            entered = await enter_content(session, actor, kind, content_id, Permission.READ)
            contents = ContentsRepository(session)
            version = await contents.version(content_id, entered.shown_version)
        _require_keys(entered)
        scope = Scope(user_id=actor.user_id, course_ids=(entered.head.course_id,))
        original = Original(scope, entered.head.course_id, kind, version)
        try:
            return await self.make(original, wanted)
        except PublishingError as error:
            raise CannotBeMadeError(str(error)) from error

    async def make(self, original: Original, wanted: str) -> OpenedAsset:
        """The file of a version; the one made before where there is one.

        Raises:
            FormatNotFoundError: it is not offered in that format.
            PublishingError: it cannot be made.
        """
        value = exported_value(original.value)
        offered = formats_of(type(value))
        if wanted not in offered:
            raise FormatNotFoundError(wanted, offered)
        key = _key(original.version, wanted)
        found = await self._assets.find(original.scope, original.course_id, key)
        if found is not None:
            return found
        async with self._places:
            with tempfile.TemporaryDirectory(prefix="neuroshiksha-export-") as folder:
                made = await asyncio.to_thread(export_apart, value, wanted, Path(folder))
                new = new_asset(original, key, made.path.name, made.media_type)
                asset = await self._assets.keep(original.scope, new, made.path)
        return self._assets.opened(asset)


def formats_of_kind(kind: ContentKind) -> tuple[str, ...]:
    """The formats that content of a kind is offered in."""
    return formats_of(VALUES[kind])


def new_asset(
    original: Original, key: str, name: str, media_type: str, *, is_derived: bool = True
) -> NewAsset:
    """A file of a version, before it is hashed."""
    return NewAsset(
        course_id=original.course_id,
        content_id=original.version.content_id,
        version=original.version.number,
        key=key,
        name=name,
        media_type=media_type,
        content_hash="",
        byte_size=0,
        is_derived=is_derived,
    )


def exported_value(value: AnyContent) -> Content:
    """What files are made of: a lesson without parts counts as one with a single section."""
    if not isinstance(value, MarkdownLesson):
        return value
    body = value.markdown.strip() or "…"
    section = Section(id="text", heading=value.title, body=body[:40_000])
    return Lesson(title=value.title, sections=(section,), summary=value.summary)


def _require_keys(entered: EnteredContent) -> None:
    if entered.head.kind is ContentKind.QUIZ and not entered.sees_drafts:
        raise PermissionDeniedError("save a quiz with its keys")


def _key(version: StoredVersion, wanted: str) -> str:
    body = orjson.dumps(version.body, option=orjson.OPT_SORT_KEYS)
    digest = hashlib.sha256(body).hexdigest()
    # Versions that say the same have a file each, as learners may have one and not the other.
    return f"export/{version.content_id}/{version.number}/{digest}/{wanted}/{EXPORTS_VERSION}"
