"""The closed sets of the jobs contract."""

from enum import StrEnum


class JobKind(StrEnum):
    """What a job makes."""

    INGEST = "ingest"
    LESSON = "lesson"
    QUIZ = "quiz"
    FLASHCARDS = "flashcards"
    STUDY_GUIDE = "study_guide"
    SLIDES = "slides"
    VIDEO = "video"


class JobStatus(StrEnum):
    """Where a job stands; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
