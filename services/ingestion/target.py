"""Where a run brings its material."""

from dataclasses import dataclass
from uuid import UUID

from storage.database import Scope


@dataclass(frozen=True, slots=True)
class IngestionTarget:
    """A course to bring material into, and the scope to do it in.

    Attributes:
        language: of the course. Lexical terms of every document are analysed in it, because
            questions are, and in the document's own where that is another.
    """

    scope: Scope
    course_id: UUID
    language: str
