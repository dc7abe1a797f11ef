"""Files made of content: kept within a quota, served to who may see it, cleaned up."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from content.kinds import ContentKind
from services.access import Permission
from services.actors import Actor
from services.authoring.asset_store import AssetStore
from services.authoring.entering import EnteredContent, enter_content
from services.errors import InvalidValueError, ServiceError
from services.keyring import KeyRing
from storage.database import MAINTENANCE, Database, Scope
from storage.errors import NotFoundError
from storage.files import hash_file
from storage.repositories.assets import AssetsRepository, NewAsset, StoredAsset
from storage.repositories.contents import ContentsRepository

LINK_LIFETIME = timedelta(minutes=15)
UNUSED_DAYS = 30
ORPHANS_AFTER = timedelta(hours=1)
"""A file is written before its row; younger ones may be waiting for theirs."""
HASHES_AT_ONCE = 500


class QuotaExceededError(ServiceError):
    """The files of a course would take more room than it has."""

    code = "asset_quota"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            f"The files of this course take more than the {limit_bytes >> 20:,} MiB it may have."
            " Delete videos that are not needed, or raise NEUROSHIKSHA_ASSET_QUOTA_BYTES."
        )
        self.limit_bytes = limit_bytes


class BadSignatureError(InvalidValueError):
    """A signed address was changed, is of another secret, or too old."""

    code = "bad_link"

    def __init__(self) -> None:
        super().__init__("signature", "This address is not valid any more. Get a new one.")


@dataclass(frozen=True, slots=True)
class OpenedAsset:
    """A file to be sent.

    Attributes:
        path: Where it lies on this machine; None where it has to be read from elsewhere.
    """

    asset: StoredAsset
    path: Path | None
    store: AssetStore

    async def read(self, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Its bytes from `start` to before `end`, its own end for None; in blocks.

        Raises:
            NotFoundError: they are lost.
            StorageUnavailableError: the store cannot be reached.
        """
        stop = self.asset.byte_size if end is None else end
        return await self.store.read(self.asset.content_hash, start, stop)

    async def save(self, target: Path) -> None:
        """Copies it into a local file.

        Raises:
            As `read`.
        """
        with target.open("wb") as file:
            async for block in await self.read():
                await asyncio.to_thread(file.write, block)


@dataclass(frozen=True, slots=True)
class SignedLink:
    """An address that opens one file for a while, for who does not sign in: a player, say."""

    path: str
    expires_at: datetime


class AssetService:
    """Keeps and serves files."""

    def __init__(
        self,
        database: Database,
        files: AssetStore,
        keys: KeyRing,
        quota_bytes: int,
        clock: Callable[[], datetime],
    ) -> None:
        """Takes where they are kept, and how much of a course's may be.

        Args:
            database: Where their rows are.
            files: Holds their bytes, and nothing else.
            keys: Signs addresses.
            quota_bytes: For the files of one course.
            clock: The time.
        """
        self._database = database
        self._files = files
        self._secrets = keys.derived("addresses of assets")
        self._quota_bytes = quota_bytes
        self._clock = clock

    async def keep(self, scope: Scope, new: NewAsset, file: Path) -> StoredAsset:
        """Keeps a file that was made; `content_hash` and `byte_size` of `new` are set here.

        Raises:
            QuotaExceededError: there is no room for it in the course.
            StorageUnavailableError: the store cannot be reached.
            DiskFullError: there is no room for it on the disk.
        """
        content_hash, byte_size = await asyncio.to_thread(_measured, file)
        async with self._database.transaction(scope) as session:
            taken = await AssetsRepository(session).total_bytes(new.course_id)
        if taken + byte_size > self._quota_bytes:
            raise QuotaExceededError(self._quota_bytes)
        await asyncio.to_thread(self._files.write_file, file, content_hash)
        stored = NewAsset(
            course_id=new.course_id,
            content_id=new.content_id,
            version=new.version,
            key=new.key,
            name=new.name,
            media_type=new.media_type,
            content_hash=content_hash,
            byte_size=byte_size,
            is_derived=new.is_derived,
        )
        async with self._database.transaction(scope) as session:
            kept = await AssetsRepository(session).add(stored)
        if not await asyncio.to_thread(self._files.has, content_hash):  # cleaned up meanwhile
            await asyncio.to_thread(self._files.write_file, file, content_hash)
        return kept

    async def find(self, scope: Scope, course_id: UUID, key: str) -> OpenedAsset | None:
        """The file that was made before of the same into the same; None where there is none."""
        async with self._database.transaction(scope) as session:
            asset = await AssetsRepository(session).used(course_id, key)
        if asset is None:
            return None
        if await asyncio.to_thread(self._files.has, asset.content_hash):
            return self.opened(asset)
        async with self._database.transaction(scope) as session:  # its bytes were lost
            await AssetsRepository(session).delete(asset.id)
        return None

    def opened(self, asset: StoredAsset) -> OpenedAsset:
        """A file whose row is known.

        Raises:
            NotFoundError: its bytes were kept here, and are lost.
        """
        return OpenedAsset(asset, self._files.local_path(asset.content_hash), self._files)

    async def open(self, actor: Actor, asset_id: UUID) -> OpenedAsset:
        """A file for who may see the version that it was made of.

        Raises:
            NotFoundError: no such file, or not one that this actor may see.
        """
        async with self._database.transaction(actor.scope) as session:
            asset, _entered = await self._enter(session, actor, asset_id)
        return self.opened(asset)

    async def link(self, actor: Actor, asset_id: UUID) -> SignedLink:
        """An address that opens the file for a quarter of an hour without signing in.

        Raises:
            NotFoundError: as `open`.
        """
        await self.open(actor, asset_id)
        expires_at = (self._clock() + LINK_LIFETIME).replace(microsecond=0)
        expires = int(expires_at.timestamp())
        signature = _signature(self._secrets[0], asset_id, expires)
        return SignedLink(f"/signed-assets/{asset_id}/{expires}/{signature}", expires_at)

    async def open_signed(self, asset_id: UUID, expires: int, signature: str) -> OpenedAsset:
        """The file of a signed address.

        Raises:
            BadSignatureError: it was changed, is too old, or the file is gone.
        """
        is_signed = any(
            hmac.compare_digest(_signature(secret, asset_id, expires), signature)
            for secret in self._secrets
        )
        if not is_signed or datetime.fromtimestamp(expires, UTC) <= self._clock():
            raise BadSignatureError
        try:
            async with self._database.transaction(MAINTENANCE) as session:
                return self.opened(await AssetsRepository(session).read(asset_id))
        except NotFoundError:
            raise BadSignatureError from None

    async def of_content(
        self, actor: Actor, kind: ContentKind, content_id: UUID
    ) -> list[StoredAsset]:
        """The files of the version that the actor sees.

        Raises:
            NotFoundError: none of that kind, or not one that this actor may see.
        """
        async with self._database.transaction(actor.scope) as session:
            entered = await enter_content(session, actor, kind, content_id, Permission.READ)
            assets = AssetsRepository(session)
            found = await assets.of_content(content_id, entered.shown_version)
            return [asset for asset in found if may_have(entered, asset)]

    async def clean_up(self, orphans_after: timedelta = ORPHANS_AFTER) -> int:
        """Lets go of what was not used for long, and of bytes that no row names; how many files.

        Bytes that were stored within `orphans_after` stay, as their row may be on its way.
        """
        async with self._database.transaction(MAINTENANCE) as session:
            await AssetsRepository(session).forget_unused(UNUSED_DAYS)
        written = await asyncio.to_thread(lambda: list(self._files.hashes()))
        removed = 0
        for start in range(0, len(written), HASHES_AT_ONCE):
            hashes = written[start : start + HASHES_AT_ONCE]
            async with self._database.transaction(MAINTENANCE) as session:
                kept = await AssetsRepository(session).kept_hashes(hashes)
            orphans = [content_hash for content_hash in hashes if content_hash not in kept]
            removed += await asyncio.to_thread(self._discard, orphans, orphans_after)
        return removed

    def _discard(self, hashes: Sequence[str], unused_for: timedelta) -> int:
        return sum(self._files.discard(each, unused_for=unused_for) for each in hashes)

    async def _enter(
        self, session: AsyncSession, actor: Actor, asset_id: UUID
    ) -> tuple[StoredAsset, EnteredContent]:
        asset = await AssetsRepository(session).read(asset_id)
        head = await ContentsRepository(session).head(asset.content_id)
        try:
            entered = await enter_content(session, actor, head.kind, head.id, Permission.READ)
        except NotFoundError:
            raise NotFoundError("asset", asset_id) from None
        if not may_have(entered, asset):
            raise NotFoundError("asset", asset_id)
        return asset, entered


def may_have(entered: EnteredContent, asset: StoredAsset) -> bool:
    """Whether who entered the content may have a file of it: learners none with keys in it."""
    if entered.sees_drafts:
        return True
    is_shown = asset.version == entered.shown_version
    return is_shown and entered.head.kind is not ContentKind.QUIZ


def _measured(file: Path) -> tuple[str, int]:
    return hash_file(file), file.stat().st_size


def _signature(secret: bytes, asset_id: UUID, expires: int) -> str:
    return hmac.digest(secret, f"{asset_id}/{expires}".encode(), hashlib.sha256).hex()
