"""What events add to the read models: sums, extremes and latest values.

All of it adds up to the same in any cuts of the log: sums are of whole numbers, and what is latest
is latest by its moment, then by its place in the log.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Literal, NamedTuple
from uuid import UUID

from pedagogy.events.kinds import (
    AnswerGraded,
    AnyEvent,
    CardReviewed,
    HintGiven,
    LessonRead,
    MasteryEstimated,
    ProblemAnswered,
    QuestionAsked,
    QuizAttempted,
    VideoWatched,
)

COUNTS = (
    "asked",
    "attempts",
    "answers",
    "share_thousandths",
    "hints",
    "solutions",
    "reviews",
    "recalled",
    "lessons_read",
    "videos_watched",
    "seconds_read",
    "seconds_watched",
)
"""What is counted by day and in all; `share_thousandths` is the sum of the shares that answers
scored, in whole thousandths, so that sums do not depend on their order."""
FORGOTTEN = "again"

ItemKind = Literal["lesson", "video", "quiz", "deck"]


class LoggedEvent(NamedTuple):
    """An event with what its row says of it."""

    sequence: int
    course_id: UUID
    learner_key: UUID
    occurred_at: datetime
    event: AnyEvent


@dataclass(slots=True)
class Span:
    """The first and the last of some moments."""

    first_at: datetime
    last_at: datetime

    def see(self, at: datetime) -> None:
        """Widens it to a moment."""
        if at < self.first_at:
            self.first_at = at
        elif at > self.last_at:
            self.last_at = at


@dataclass(slots=True)
class ItemChange(Span):
    """What events add to what a learner has done with a lesson, video, quiz or deck.

    Attributes:
        share_thousandths: The most they have read or watched, or scored of all points.
        ranges: Seconds of a video that were watched, ends left out.
    """

    kind: ItemKind
    times: int = 0
    seconds: int = 0
    share_thousandths: int = 0
    finished_at: datetime | None = None
    duration_seconds: int = 0
    ranges: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Estimate:
    """What was believed last of a concept: by moment, then by place in the log."""

    at: datetime
    sequence: int
    probability: float
    answer_count: int


@dataclass(slots=True)
class ConceptChange:
    """What events add to what a learner has shown of a concept."""

    answers: int = 0
    share_thousandths: int = 0
    estimate: Estimate | None = None


Learner = tuple[UUID, UUID]
"""Course and pseudonym."""
Counts = defaultdict[str, int]
"""By the names of `COUNTS`."""


def no_counts() -> Counts:
    """Nothing counted yet."""
    return defaultdict(int)


class ReadModelChanges:
    """Adds up events of any number, in the order of the log."""

    def __init__(self, zone: tzinfo) -> None:
        """Days are those of a time zone."""
        self._zone = zone
        self.count = 0
        self.days: dict[tuple[UUID, UUID, date], Counts] = defaultdict(no_counts)
        self.spans: dict[Learner, Span] = {}
        self.items: dict[tuple[UUID, UUID, UUID], ItemChange] = {}
        self.concepts: dict[tuple[UUID, UUID, UUID], ConceptChange] = defaultdict(ConceptChange)
        self.mastery_days: dict[tuple[UUID, UUID, UUID, date], Estimate] = {}

    def add(self, logged: LoggedEvent) -> None:
        """Adds one event; a kind that no read model shows only counts as activity."""
        self.count += 1
        learner, at = (logged.course_id, logged.learner_key), logged.occurred_at
        self._see(learner, at)
        match logged.event:
            case QuestionAsked():
                self._tally(learner, at, asked=1)
            case QuizAttempted() as attempted:
                self._attempted(learner, at, attempted)
            case AnswerGraded() as graded:
                self._graded(learner, graded.answered_at or at, graded)
            case HintGiven(help="solution"):
                self._tally(learner, at, solutions=1)
            case HintGiven():
                self._tally(learner, at, hints=1)
            case CardReviewed() | ProblemAnswered() as practised:
                self._practised(learner, at, practised)
            case LessonRead() as read:
                self._read(learner, at, read)
            case VideoWatched() as watched:
                self._watched(learner, at, watched)
            case MasteryEstimated() as estimated:
                self._estimated(learner, logged, estimated)
            case _:
                self._tally(learner, at)

    def totals(self) -> dict[Learner, Counts]:
        """What was counted of each learner, of all days."""
        totals: dict[Learner, Counts] = {learner: no_counts() for learner in self.spans}
        for (*learner, _day), counts in self.days.items():
            total = totals[learner[0], learner[1]]
            for name, count in counts.items():
                total[name] += count
        return totals

    def _attempted(self, learner: Learner, at: datetime, attempted: QuizAttempted) -> None:
        self._tally(learner, at, attempts=1)
        item = self._item(learner, attempted.quiz_id, "quiz", at)
        item.times += 1
        share = thousandths(attempted.score, attempted.maximum)
        item.share_thousandths = max(item.share_thousandths, share)
        item.finished_at = _earlier(item.finished_at, at)

    def _graded(self, learner: Learner, at: datetime, graded: AnswerGraded) -> None:
        """A first grade counts the answer; a later one moves its share by the difference."""
        if not graded.is_answered:
            self._tally(learner, at)
            return
        share = thousandths(graded.score, graded.maximum)
        is_first = graded.revision == 1
        if not is_first:
            if graded.replaced_score is None:
                return
            share -= thousandths(graded.replaced_score, graded.maximum)
        self._tally(learner, at, answers=int(is_first), share_thousandths=share)
        for concept_id in graded.concept_ids:
            concept = self.concepts[*learner, concept_id]
            concept.answers += int(is_first)
            concept.share_thousandths += share

    def _practised(
        self, learner: Learner, at: datetime, practised: CardReviewed | ProblemAnswered
    ) -> None:
        if isinstance(practised, ProblemAnswered):
            share = thousandths(practised.score, practised.maximum)
            self._tally(learner, at, answers=1, share_thousandths=share)
            return
        self._tally(learner, at, reviews=1, recalled=int(practised.recall != FORGOTTEN))
        self._item(learner, practised.deck_id, "deck", at).times += 1

    def _read(self, learner: Learner, at: datetime, read: LessonRead) -> None:
        self._tally(learner, at, seconds_read=read.seconds, lessons_read=int(read.is_finished))
        item = self._item(learner, read.lesson_id, "lesson", at)
        item.times += 1
        item.seconds += read.seconds
        item.share_thousandths = max(item.share_thousandths, thousandths(read.share, 1))
        if read.is_finished:
            item.finished_at = _earlier(item.finished_at, at)

    def _watched(self, learner: Learner, at: datetime, watched: VideoWatched) -> None:
        seconds = max(watched.to_seconds - watched.from_seconds, 0)
        is_finished = int(watched.is_finished)
        self._tally(learner, at, seconds_watched=seconds, videos_watched=is_finished)
        item = self._item(learner, watched.video_id, "video", at)
        item.times += 1
        item.seconds += seconds
        item.duration_seconds = max(item.duration_seconds, watched.duration_seconds)
        if seconds:
            item.ranges.append((watched.from_seconds, watched.to_seconds))
        if watched.is_finished:
            item.finished_at = _earlier(item.finished_at, at)

    def _estimated(
        self, learner: Learner, logged: LoggedEvent, estimated: MasteryEstimated
    ) -> None:
        at = logged.occurred_at
        new = Estimate(at, logged.sequence, estimated.probability, estimated.answer_count)
        concept = self.concepts[*learner, estimated.concept_id]
        concept.estimate = _latest(concept.estimate, new)
        key = (*learner, estimated.concept_id, self._day(at))
        self.mastery_days[key] = _latest(self.mastery_days.get(key), new)

    def _tally(self, learner: Learner, at: datetime, **counts: int) -> None:
        """Counts on the day; one with nothing counted is a day of activity, too."""
        day = self.days[*learner, self._day(at)]
        for name, count in counts.items():
            day[name] += count

    def _see(self, learner: Learner, at: datetime) -> None:
        span = self.spans.get(learner)
        if span is None:
            self.spans[learner] = Span(at, at)
        else:
            span.see(at)

    def _item(self, learner: Learner, item_id: UUID, kind: ItemKind, at: datetime) -> ItemChange:
        key = (*learner, item_id)
        item = self.items.get(key)
        if item is None:
            item = self.items[key] = ItemChange(at, at, kind)
        else:
            item.see(at)
        return item

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()


def thousandths(part: float, whole: float) -> int:
    """A share in whole thousandths; 0 of nothing."""
    return round(1000 * part / whole) if whole > 0 else 0


def _earlier(before: datetime | None, at: datetime) -> datetime:
    return at if before is None else min(before, at)


def _latest(before: Estimate | None, new: Estimate) -> Estimate:
    is_later = before is None or (new.at, new.sequence) > (before.at, before.sequence)
    return new if is_later or before is None else before


__all__ = ["COUNTS", "LoggedEvent", "ReadModelChanges", "thousandths"]
