"""Questions out of an Anki package: each note becomes one.

Source: Anki's package formats; `collection.anki21b` is compressed by Zstandard, the older
`collection.anki21` and `collection.anki2` are plain SQLite files.
"""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import zstandard

from publishing.archives import MAX_MEMBER_BYTES, BoundedArchive
from publishing.errors import QuestionBankError
from publishing.quizzes.drafts import Draft, Failure, NotReadableError, Text
from publishing.quizzes.item_ids import ItemIds
from publishing.quizzes.texts import gap_sign

COLLECTIONS = ("collection.anki21b", "collection.anki21", "collection.anki2")
MAX_NOTES = 5_000
_NOTES = "SELECT CAST(id AS integer), guid, flds, tags FROM notes ORDER BY id LIMIT ?"
_PLACES = "SELECT CAST(nid AS integer), CAST(MIN(due) AS integer) FROM cards GROUP BY nid LIMIT ?"
_FIELD_END = "\x1f"
_CLOZE = re.compile(r"\{\{c\d+::(.*?)(?:::.*?)?\}\}", re.DOTALL)
_SOUND = re.compile(r"\[sound:[^\]]*\]")
_TAG = re.compile(r"<[^>]+>")
_LONGEST_ANSWER = 120
_STEPS_BETWEEN_CHECKS, _MOST_CHECKS = 10_000, 1_500


def read_anki(archive: BoundedArchive, folder: Path) -> Iterator[Draft | Failure]:
    """A draft or a failure for each note.

    Raises:
        QuestionBankError: the package holds no collection that can be read.
    """
    ids = ItemIds()
    for number, (guid, fields, tags) in enumerate(_notes(_collection(archive, folder)), start=1):
        name = _plain(fields[0])[:80] or f"note {number}"
        try:
            draft = _fields(fields)
        except NotReadableError as error:
            yield Failure(name, str(error))
            continue
        draft["id"] = ids.for_(guid, f"note-{number}")
        draft["concepts"] = tuple(tag for tag in tags.split() if tag)
        yield Draft(name, draft)


def _collection(archive: BoundedArchive, folder: Path) -> Path:
    name = next((one for one in COLLECTIONS if one in archive.names), None)
    if name is None:
        raise QuestionBankError("the package holds no collection of Anki")
    content = archive.read(name)
    if name.endswith("b"):
        content = _decompressed(content)
    path = folder / "collection.sqlite"
    path.write_bytes(content)
    return path


def _decompressed(content: bytes) -> bytes:
    try:
        with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(content) as reader:
            plain = reader.read(MAX_MEMBER_BYTES + 1)
    except zstandard.ZstdError as error:
        raise QuestionBankError(f"the collection cannot be unpacked: {error}") from error
    if len(plain) > MAX_MEMBER_BYTES:
        raise QuestionBankError(f"the collection unpacks to more than {MAX_MEMBER_BYTES:,} bytes")
    return plain


def _notes(path: Path) -> list[tuple[str, list[str], str]]:
    """Id, fields and tags of each note, in the order in which they are learned."""
    try:
        database = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        try:
            # A stranger's schema runs no functions, and no query goes on without end.
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute("PRAGMA cell_size_check = ON")
            checks = iter(range(_MOST_CHECKS))
            database.set_progress_handler(lambda: next(checks, None) is None, _STEPS_BETWEEN_CHECKS)
            rows = database.execute(_NOTES, (MAX_NOTES,)).fetchall()
            places = dict(database.execute(_PLACES, (MAX_NOTES * 10,)).fetchall())
        finally:
            database.close()
    except sqlite3.Error as error:
        raise QuestionBankError(f"the collection cannot be read: {error}") from error
    rows.sort(key=lambda row: (int(places.get(row[0]) or 0), row[0]))
    return [(str(guid), str(flds).split(_FIELD_END), str(tags)) for _, guid, flds, tags in rows]


def _fields(fields: list[str]) -> dict[str, Any]:
    front = _SOUND.sub("", fields[0])
    if _CLOZE.search(front):
        return _cloze(front, fields[1:])
    back = _SOUND.sub("", fields[1]) if len(fields) > 1 else ""
    if not _plain(front):
        raise NotReadableError("its front has no text")
    if not _plain(back):
        raise NotReadableError("its back has no text")
    answer = [Text(back, is_line=True)]
    is_short = len(_plain(back)) <= _LONGEST_ANSWER and "<li" not in back
    key: dict[str, Any] = {"accepted": answer} if is_short else {"key_points": _points(back)}
    return {"kind": "short_answer", "stem": Text(front), **key}


def _cloze(text: str, extra: list[str]) -> dict[str, Any]:
    gaps: list[dict[str, Any]] = []

    def gap(found: re.Match[str]) -> str:
        accepted = [Text(found[1], is_line=True)]
        gaps.append({"id": f"gap-{len(gaps) + 1}", "accepted": accepted})
        return gap_sign(len(gaps) - 1)

    stem = Text(_CLOZE.sub(gap, text))
    return {"kind": "cloze", "stem": stem, "gaps": gaps, "explanation": Text("".join(extra[:1]))}


def _points(back: str) -> list[Text]:
    """Parts of a long answer: its list items, or its lines."""
    parts = re.split(r"<(?:li|br|p|div)\b[^>]*>", back)
    texts = [part for part in parts if _plain(part)]
    return [Text(text[:480], is_line=True) for text in texts[:10]]


def _plain(html: str) -> str:
    return " ".join(_TAG.sub(" ", html).replace("&nbsp;", " ").split())
