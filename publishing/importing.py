"""The one way from a question bank to a quiz; the format is told by the content."""

import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lxml import etree

from content.questions import Quiz
from publishing.archives import MAX_FILE_BYTES, opened, parse_xml
from publishing.errors import QuestionBankError
from publishing.quizzes.anki_reader import COLLECTIONS, read_anki
from publishing.quizzes.drafts import Draft, Failure, Text, resolve, translated
from publishing.quizzes.gift_reader import read_gift, title_of_gift
from publishing.quizzes.moodle_reader import read_moodle, title_of
from publishing.quizzes.qti_dialects import as_qti2
from publishing.quizzes.qti_package import QtiBank, is_item, read_item, read_package

BankFormat = Literal["qti", "moodle", "gift", "anki"]
MAX_QUESTIONS = 200
"""As many as a quiz holds."""


@dataclass(frozen=True, slots=True)
class ImportedQuestions:
    """What a question bank gave.

    Attributes:
        quiz: the questions that could be read, at least one.
        failures: those that could not, each with its reason.
        format: the format that the file was in.
    """

    quiz: Quiz
    failures: tuple[Failure, ...]
    format: BankFormat


@dataclass(frozen=True, slots=True)
class _Bank:
    format: BankFormat
    read: Sequence[Draft | Failure]
    title: str = ""
    introduction: str = ""
    language: str = ""


def import_questions(path: Path, *, language: str = "en") -> ImportedQuestions:
    """Reads QTI 2.x or 3.0 (package or item), Moodle XML, GIFT, or an Anki package. Blocks.

    Args:
        path: the file; its name does not matter.
        language: of the questions, where the file does not say.

    Raises:
        QuestionBankError: the file is of no known format, damaged, grows beyond reason, or
            holds no question that can be read.
        TypesettingTimedOutError: Pandoc took too long for its texts.
        TypesetterUnavailableError: Pandoc is not installed.
    """
    if path.stat().st_size > MAX_FILE_BYTES:
        raise QuestionBankError(f"the file is larger than {MAX_FILE_BYTES >> 20} MiB")
    with tempfile.TemporaryDirectory(prefix="neuroshiksha-import-") as scratch:
        folder = Path(scratch)
        bank = _read(path, folder)
        first, rest = _divided(bank.read)
        resolved = resolve(first, folder)
        failures = (*resolved.failures, *rest)
        if not resolved.questions:
            raise QuestionBankError(_nothing_read(failures))
        introduction = Text(bank.introduction)
        quiz = Quiz(
            title=" ".join(bank.title.split())[:500] or path.stem[:500] or "Questions",
            language=bank.language if _is_language(bank.language) else language,
            introduction=(translated([introduction], folder) or {}).get(introduction, "")[:10_000],
            questions=tuple(resolved.questions),
        )
    return ImportedQuestions(quiz, failures, bank.format)


def _read(path: Path, folder: Path) -> _Bank:
    if zipfile.is_zipfile(path):
        return _read_archive(path, folder)
    content = path.read_bytes()
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _read_xml(parse_xml(content.lstrip(b"\xef\xbb\xbf \t\r\n")), path.name)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QuestionBankError("the file is neither a zip archive, XML, nor text") from error
    return _Bank("gift", list(read_gift(text)), title_of_gift(text))


def _read_archive(path: Path, folder: Path) -> _Bank:
    with opened(path) as archive:
        if set(COLLECTIONS) & set(archive.names):
            return _Bank("anki", list(read_anki(archive, folder)))
        return _of_qti(read_package(archive))


def _read_xml(root: etree._Element, name: str) -> _Bank:
    if root.tag == "quiz":
        return _Bank("moodle", list(read_moodle(root)), title_of(root))
    if is_item(as_qti2(root)):
        return _of_qti(read_item(root, name))
    raise QuestionBankError(f"XML that begins with <{etree.QName(root).localname}> is no bank")


def _of_qti(bank: QtiBank) -> _Bank:
    return _Bank("qti", bank.read, bank.title, bank.introduction, bank.language)


def _divided(read: Sequence[Draft | Failure]) -> tuple[list[Draft | Failure], list[Failure]]:
    """What fits into a quiz, and a failure for each question beyond."""
    fitting: list[Draft | Failure] = []
    beyond: list[Failure] = []
    count = 0
    for one in read:
        count += isinstance(one, Draft)
        if isinstance(one, Draft) and count > MAX_QUESTIONS:
            reason = f"a quiz holds {MAX_QUESTIONS} questions; import it from a file of its own"
            beyond.append(Failure(one.name, reason))
        else:
            fitting.append(one)
    return fitting, beyond


def _nothing_read(failures: Sequence[Failure]) -> str:
    if not failures:
        return "the file holds no questions"
    first = "; ".join(f"{one.name}: {one.reason}" for one in failures[:3])
    return f"none of its {len(failures)} questions can be read ({first})"


def _is_language(text: str) -> bool:
    return 2 <= len(text) <= 3 and text.isascii() and text.isalpha() and text.islower()
