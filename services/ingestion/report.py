"""What a run did, file by file, in the shape that `--report` writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, Self
from uuid import UUID

from ingestion.document import PAGES_LEFT_OUT

FileStatus = Literal["ok", "unchanged", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is not taken in: words for a person, and the stable code that they have."""

    text: str
    code: str | None = None


def joined(reasons: Sequence[Reason]) -> Reason | None:
    """All of them in one; it has a code where there is but one."""
    if len(reasons) <= 1:
        return next(iter(reasons), None)
    return Reason("; ".join(reason.text for reason in reasons))


def joined_warnings(warnings: Sequence[str]) -> Reason | None:
    """What of a file is not in the course, though the rest is; None where nothing is amiss."""
    return joined([Reason(warning, PAGES_LEFT_OUT) for warning in warnings])


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one source file.

    Attributes:
        path: the document's key, or the path of a file that holds several documents.
        reason: why it failed or was skipped, in words for a person.
        document_id: None where the file holds several documents, or none was made.
        documents: documents the file holds.
        chunks: chunks of those documents that are now in the course.
        seconds: spent on it: reading, and its share of encoding and storing; no waiting.
        warning: what of it is not in the course, though the rest is, and what to do.
        reason_code: stable name of the reason, where there is one reason and it has a name.
        warning_code: stable name of the warning, where there is but one.
    """

    path: str
    status: FileStatus
    reason: str | None = None
    document_id: UUID | None = None
    documents: int = 0
    chunks: int = 0
    seconds: float = 0.0
    warning: str | None = None
    reason_code: str | None = None
    warning_code: str | None = None

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> Self:
        """What `as_json` gave."""
        document_id = entry["document_id"]
        return cls(**{**entry, "document_id": None if document_id is None else UUID(document_id)})

    def as_json(self) -> dict[str, Any]:
        """The entry of `files` in the report; `warning` and the codes only if there is one."""
        return {
            "path": self.path,
            "status": self.status,
            "reason": self.reason,
            "document_id": None if self.document_id is None else str(self.document_id),
            "documents": self.documents,
            "chunks": self.chunks,
            "seconds": round(self.seconds, 3),
            **({} if self.warning is None else {"warning": self.warning}),
            **({} if self.reason_code is None else {"reason_code": self.reason_code}),
            **({} if self.warning_code is None else {"warning_code": self.warning_code}),
        }


def left_out(path: str, reason: Reason, *, is_failure: bool) -> FileReport:
    """The report of a file that nobody tried to read."""
    status: FileStatus = "failed" if is_failure else "skipped"
    return FileReport(path, status, reason.text, reason_code=reason.code)


@dataclass(frozen=True, slots=True)
class IngestionReport:
    """What a run did in all.

    Attributes:
        encoded_chunks: None where others did the work and only told of files.
    """

    files: tuple[FileReport, ...]
    encoded_chunks: int | None
    deleted_documents: int
    seconds: float

    def count(self, status: FileStatus) -> int:
        """Files with that status."""
        return sum(file.status == status for file in self.files)

    def of(self, status: FileStatus) -> Sequence[FileReport]:
        """The files with that status, in the order of the run."""
        return [file for file in self.files if file.status == status]

    @property
    def with_warnings(self) -> Sequence[FileReport]:
        """The files of which something was left out, in the order of the run."""
        return [file for file in self.files if file.warning is not None]

    def as_json(self) -> dict[str, Any]:
        """The report as the command line writes it."""
        statuses: tuple[FileStatus, ...] = ("ok", "unchanged", "failed", "skipped")
        return {
            "files": [file.as_json() for file in self.files],
            "totals": {
                "files": len(self.files),
                **{status: self.count(status) for status in statuses},
                "warnings": len(self.with_warnings),
                "documents": sum(file.documents for file in self.files),
                "chunks": sum(file.chunks for file in self.files),
                "encoded_chunks": self.encoded_chunks,
                "deleted_documents": self.deleted_documents,
                "seconds": round(self.seconds, 3),
            },
        }


class IngestionListener(Protocol):
    """Told how a run goes on, from the event loop; must return at once."""

    def surveyed(self, files: int, documents: int, /) -> None:
        """The sources were compared with the course: so much is new or changed."""
        ...

    def chunks_found(self, count: int, /) -> None:
        """A document was read; so many more chunks are to be stored."""
        ...

    def chunks_ready(self, count: int, /) -> None:
        """So many more chunks have their vectors."""
        ...

    def documents_finished(self, count: int, /) -> None:
        """So many more of the surveyed documents are in, or have failed."""
        ...

    def file_finished(self, report: FileReport, /) -> None:
        """A file is in, was unchanged, failed or was skipped."""
        ...


class SilentListener:
    """A listener for those who only want the report; others override what they show."""

    def surveyed(self, files: int, documents: int, /) -> None:
        """Says nothing."""

    def chunks_found(self, count: int, /) -> None:
        """Says nothing."""

    def chunks_ready(self, count: int, /) -> None:
        """Says nothing."""

    def documents_finished(self, count: int, /) -> None:
        """Says nothing."""

    def file_finished(self, report: FileReport, /) -> None:
        """Says nothing."""
