"""One statement of xAPI 1.0.3 for each event that a learning record store should hear of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from connectors.xapi.vocabulary import (
    ANSWERED,
    ASKED,
    COMPLETED,
    EXPERIENCED,
    INTERACTED,
    LENGTH,
    MASTERED,
    PASSED,
    PLAYED,
    PROGRESS,
    PROGRESSED,
    SCORED,
    VOIDED,
    Verb,
    activity_type,
)
from pedagogy.events.kinds import (
    AnswerGraded,
    AnyEvent,
    CardReviewed,
    CertificateAwarded,
    CertificateRevoked,
    HintGiven,
    LessonRead,
    MasteryEstimated,
    ProblemAnswered,
    QuestionAsked,
    QuizAttempted,
    VideoWatched,
)
from pedagogy.mastery.knowledge_tracing import MASTERED_FROM

FORGOTTEN = "again"
Statement = dict[str, Any]
Said = tuple[Verb, dict[str, Any], dict[str, Any] | None]
"""What was done, to what, and with which result."""


@dataclass(frozen=True, slots=True)
class Person:
    """A learner by name, for a store that is allowed to know it."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """An event and what its row says of it; the id is the statement's."""

    event_id: UUID
    course_id: UUID
    learner_key: UUID
    occurred_at: datetime
    event: AnyEvent


class StatementWriter:
    """Writes statements about one installation."""

    def __init__(self, home: str) -> None:
        """Takes the address of the installation, which accounts and activities are named by."""
        self._home = home.rstrip("/")

    def statement(self, told: ToldEvent, person: Person | None = None) -> Statement | None:
        """The statement of an event: the same each time. None for what is not told.

        Who learned is an account with the pseudonym, unless a person is given.
        """
        said = self._said(told)
        if said is None:
            return None
        verb, thing, result = said
        statement: Statement = {
            "id": str(told.event_id),
            "actor": self._actor(told.learner_key, person),
            "verb": verb,
            "object": thing,
            "context": {
                "platform": "NeuroShiksha",
                "contextActivities": {
                    "grouping": [self._activity("courses", told.course_id, "course")]
                },
            },
            "timestamp": told.occurred_at.isoformat(timespec="milliseconds"),
            "version": "1.0.0",
        }
        if result is not None:
            statement["result"] = result
        if verb is VOIDED:
            del statement["context"]  # not for what is no activity
        return statement

    def _actor(self, learner_key: UUID, person: Person | None) -> dict[str, Any]:
        if person is not None:
            return {"objectType": "Agent", "name": person.name, "mbox": f"mailto:{person.email}"}
        account = {"homePage": f"{self._home}/", "name": str(learner_key)}
        return {"objectType": "Agent", "account": account}

    def _said(self, told: ToldEvent) -> Said | None:
        match told.event:
            case QuestionAsked() as asked:
                return ASKED, self._activity("messages", asked.message_id, "question"), None
            case QuizAttempted() as attempted:
                quiz = self._activity("quizzes", attempted.quiz_id, "assessment")
                score = _score(attempted.score, attempted.maximum)
                return COMPLETED, quiz, {**score, "completion": True}
            case AnswerGraded(is_answered=True) as graded:
                return self._graded(graded)
            case HintGiven() as given:
                place = f"{given.quiz_id}/questions/{given.question_id}"
                return INTERACTED, self._activity("quizzes", place, "question"), None
            case ProblemAnswered() as answered:
                place = f"{answered.quiz_id}/questions/{answered.question_id}"
                score = _score(answered.score, answered.maximum)
                return ANSWERED, self._activity("quizzes", place, "question"), score
            case CardReviewed() as reviewed:
                card = self._activity("cards", f"{reviewed.deck_id}.{reviewed.card_id}", "question")
                return ANSWERED, card, {"success": reviewed.recall != FORGOTTEN}
            case MasteryEstimated() as estimated:
                concept = self._activity("concepts", estimated.concept_id, "objective")
                is_mastered = estimated.probability >= MASTERED_FROM
                verb = MASTERED if is_mastered else PROGRESSED
                return verb, concept, {"score": {"scaled": estimated.probability}}
            case _:
                return self._studied(told)

    def _studied(self, told: ToldEvent) -> Said | None:
        match told.event:
            case LessonRead() as read:
                return self._read(read)
            case VideoWatched() as watched:
                return self._watched(watched)
            case CertificateAwarded():
                return PASSED, self._activity("courses", told.course_id, "course"), None
            case CertificateRevoked(certificate_id=certificate_id):
                awarded = CertificateAwarded(certificate_id=certificate_id)
                reference = str(awarded.id_for(told.learner_key))
                return VOIDED, {"objectType": "StatementRef", "id": reference}, None
            case _:
                return None

    def _graded(self, graded: AnswerGraded) -> Said:
        place = f"{graded.attempt_id}/questions/{graded.question_id}"
        question = self._activity("attempts", place, "question")
        is_right = graded.score >= graded.maximum
        verb = ANSWERED if graded.revision == 1 else SCORED
        return verb, question, {**_score(graded.score, graded.maximum), "success": is_right}

    def _read(self, read: LessonRead) -> Said:
        lesson = self._activity("lessons", read.lesson_id, "lesson")
        result: dict[str, Any] = {
            "duration": f"PT{read.seconds}S",
            "extensions": {PROGRESS: round(100 * read.share)},
        }
        if read.is_finished:
            return COMPLETED, lesson, {**result, "completion": True}
        return PROGRESSED, lesson, result

    def _watched(self, watched: VideoWatched) -> Said:
        video = self._activity("videos", watched.video_id, "media")
        seconds = max(watched.to_seconds - watched.from_seconds, 0)
        result: dict[str, Any] = {
            "duration": f"PT{seconds}S",
            "extensions": {
                PLAYED: f"{watched.from_seconds}[.]{watched.to_seconds}",
                LENGTH: watched.duration_seconds,
            },
        }
        if watched.is_finished:
            return COMPLETED, video, {**result, "completion": True}
        return EXPERIENCED, video, result

    def _activity(self, kind: str, name: object, type_: str) -> dict[str, Any]:
        return {
            "objectType": "Activity",
            "id": f"{self._home}/xapi/{kind}/{quote(str(name))}",
            "definition": {"type": activity_type(type_)},
        }


def _score(score: float, maximum: float) -> dict[str, Any]:
    """The score, as a share too; none of a maximum that is nothing."""
    if maximum <= 0:
        return {}
    scaled = round(score / maximum, 6)
    return {"score": {"scaled": scaled, "raw": score, "min": 0, "max": maximum}}
