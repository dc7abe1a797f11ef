"""What a person takes with them: an archive of all that is kept about them, made on the way."""

import asyncio
import zipfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from services.actors import Actor
from services.devices import Device
from storage.database import Database
from storage.personal_tables import PERSONAL_TABLES, PersonalTable
from storage.repositories.audit import AuditRepository
from storage.repositories.personal_records import PersonalRecordsRepository

ROWS_AT_ONCE = 100
"""An answer with its sources has some ten kilobytes."""
INTRODUCTION = """\
All that {school} keeps about {email}, as of {moment}.
Each file is a JSON list. What is left out: hashes of passwords, keys and tokens, and secrets.
What you uploaded into a course is the course's; documents can be downloaded there.

"""


class PersonalExportService:
    """Packs a person's records; nobody but the person gets them."""

    def __init__(self, database: Database, clock: Callable[[], datetime], school: str) -> None:
        self._database = database
        self._clock = clock
        self._school = school

    async def export(self, actor: Actor, device: Device) -> AsyncIterator[bytes]:
        """The archive (zip), piece by piece; that it was asked for is audited.

        A transaction for each piece, so that a slow reader holds none, and no more than a piece
        in memory.
        """
        async with self._database.transaction(actor.scope) as session:
            await AuditRepository(session).record(
                "user.export",
                actor_id=actor.user_id,
                subject=str(actor.user_id),
                address=device.address,
            )
        return self._pieces(actor)

    async def _pieces(self, actor: Actor) -> AsyncIterator[bytes]:
        moment = self._clock()
        archive = _Archive(moment)
        introduction = INTRODUCTION.format(
            school=self._school, email=actor.email, moment=f"{moment:%Y-%m-%d %H:%M} UTC"
        )
        files = "".join(f"{table.name}.json: {table.about}\n" for table in PERSONAL_TABLES)
        yield await archive.add("README.txt", introduction + files)
        for table in PERSONAL_TABLES:
            archive.begin(f"{table.name}.json")
            async for piece in self._records(actor, table):
                yield await archive.write(piece)
            yield archive.end()
        yield archive.close()

    async def _records(self, actor: Actor, table: PersonalTable) -> AsyncIterator[str]:
        after: str | None = None
        opening = "[\n"
        while True:
            async with self._database.transaction(actor.scope) as session:
                found = await PersonalRecordsRepository(session).read(
                    table, actor.user_id, after=after, limit=ROWS_AT_ONCE
                )
            if found.records:
                yield opening + ",\n".join(found.records)
                opening = ",\n"
            if found.after is None:
                break
            after = found.after
        yield "[]\n" if opening == "[\n" else "\n]\n"


@dataclass(slots=True)
class _Outgoing:
    """What the archive has written and nobody has taken yet."""

    waiting: bytearray

    def write(self, content: bytes) -> int:
        self.waiting += content
        return len(content)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is to be closed."""

    def take(self) -> bytes:
        taken = bytes(self.waiting)
        self.waiting.clear()
        return taken


class _Archive:
    """A zip that is written in one go, to a reader who cannot be asked to turn back."""

    def __init__(self, moment: datetime) -> None:
        self._outgoing = _Outgoing(bytearray())
        self._zip = zipfile.ZipFile(self._outgoing, "w", zipfile.ZIP_DEFLATED)
        self._moment = moment.timetuple()[:6]
        self._file: IO[bytes] | None = None

    def begin(self, name: str) -> None:
        entry = zipfile.ZipInfo(name, self._moment)
        entry.compress_type = zipfile.ZIP_DEFLATED
        # Its size is not known yet: room for a large one.
        self._file = self._zip.open(entry, "w", force_zip64=True)

    async def write(self, text: str) -> bytes:
        assert self._file is not None  # noqa: S101 - begun before
        await asyncio.to_thread(self._file.write, text.encode())  # compressing takes a while
        return self._outgoing.take()

    def end(self) -> bytes:
        assert self._file is not None  # noqa: S101 - begun before
        self._file.close()
        self._file = None
        return self._outgoing.take()

    async def add(self, name: str, text: str) -> bytes:
        self.begin(name)
        return await self.write(text) + self.end()

    def close(self) -> bytes:
        self._zip.close()
        return self._outgoing.take()
