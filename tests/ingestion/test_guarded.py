import os
import signal
from pathlib import Path

import pytest

from ingestion.errors import (
    DocumentTooLargeError,
    EmptyDocumentError,
    ReaderCrashedError,
    ReadingTimedOutError,
)
from ingestion.guarded import GuardedReader, read_guarded
from ingestion.reading import read_documents


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    path = tmp_path / "lesson.md"
    path.write_text("# Motion\n\nA body moves, as $x$ says.\n\n- one\n")
    return path


def test_a_document_comes_through_unchanged(lesson: Path) -> None:
    documents = read_guarded(lesson, "lesson.md")

    assert documents == list(read_documents(lesson, key="lesson.md"))


def test_an_error_comes_through_and_the_process_goes_on(lesson: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.md").touch()
    with GuardedReader() as reader:
        list(reader.read(lesson, key="first"))
        process = reader._process

        with pytest.raises(EmptyDocumentError, match=r"empty\.md: the file has 0 bytes"):
            list(reader.read(tmp_path / "empty.md", key="empty.md"))

        assert [d.key for d in reader.read(lesson, key="second")] == ["second"]
        assert reader._process is process


def test_a_killed_process_is_replaced_unnoticed(lesson: Path) -> None:
    with GuardedReader() as reader:
        list(reader.read(lesson, key="first"))
        os.kill(reader._process._process.pid, signal.SIGKILL)

        assert len(list(reader.read(lesson, key="second"))) == 1


def test_a_file_that_takes_too_long_fails_alone(lesson: Path) -> None:
    with GuardedReader(timeout_seconds=0.001) as reader:
        with pytest.raises(ReadingTimedOutError, match=r"0\.001 s"):
            list(reader.read(lesson, key="slow"))

        assert reader._process is None


def test_a_file_that_takes_too_much_memory_fails_alone(lesson: Path, tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_bytes(b"words " * 3_000_000)
    with GuardedReader(memory_bytes=160 << 20) as reader:
        # Some libraries end the process where an allocation fails, in place of saying so.
        with pytest.raises((DocumentTooLargeError, ReaderCrashedError)):
            list(reader.read(tmp_path / "long.txt", key="long.txt"))

        assert len(list(reader.read(lesson, key="next"))) == 1


def test_a_process_without_memory_says_so(lesson: Path) -> None:
    with pytest.raises(DocumentTooLargeError, match="16 MiB of memory"):
        read_guarded(lesson, "lesson.md", memory_bytes=16 << 20)


def test_a_process_that_dies_within_a_file_is_reported(tmp_path: Path) -> None:
    text = "Text. " * 1000
    records = "".join(f'{{"doc_id": "{n}", "text": "{text}"}}\n' for n in range(2000))
    (tmp_path / "many.jsonl").write_text(records)
    with GuardedReader() as reader:
        documents = reader.read(tmp_path / "many.jsonl", key="many.jsonl")
        next(documents)
        os.kill(reader._process._process.pid, signal.SIGKILL)

        with pytest.raises(ReaderCrashedError, match="SIGKILL"):
            list(documents)


def test_leaving_a_file_half_read_does_not_mix_files_up(lesson: Path, tmp_path: Path) -> None:
    records = "".join(f'{{"doc_id": "{n}", "text": "Text."}}\n' for n in range(50))
    (tmp_path / "many.jsonl").write_text(records)
    with GuardedReader() as reader:
        documents = reader.read(tmp_path / "many.jsonl", key="many")
        assert next(documents).key == "0"
        documents.close()

        assert [d.key for d in reader.read(lesson, key="lesson")] == ["lesson"]


def test_the_process_ends_with_its_reader(lesson: Path) -> None:
    reader = GuardedReader()
    list(reader.read(lesson, key="lesson"))
    child = reader._process._process

    reader.close()

    assert child.returncode == -signal.SIGKILL
