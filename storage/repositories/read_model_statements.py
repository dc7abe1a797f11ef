"""The statements that add changes to the read models: one a table, whatever the number of rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pedagogy.events.read_models import COUNTS, ReadModelChanges

Row = tuple[Any, ...]
IS_LATER = (
    "excluded.estimated_sequence IS NOT NULL AND (t.estimated_sequence IS NULL OR"
    " (excluded.estimated_at, excluded.estimated_sequence)"
    " > (t.estimated_at, t.estimated_sequence))"
)
ESTIMATE = {
    "probability": "float8",
    "answer_count": "int4",
    "estimated_at": "timestamptz",
    "estimated_sequence": "int8",
}
COUNTED = dict.fromkeys(COUNTS, "int8")


@dataclass(frozen=True, slots=True)
class Addition:
    """How changes get into one table.

    Attributes:
        keys: Columns that name a row, with their types.
        values: The others, in the order of `rows`.
        merged: What becomes of a value where the row is there already, as SQL; a column that is
            not named is added up.
        sent_as: The types of columns that are sent as another one.
        rows: The rows of some changes, each key once.
    """

    table: str
    keys: Mapping[str, str]
    values: Mapping[str, str]
    merged: Mapping[str, str]
    rows: Callable[[ReadModelChanges], list[Row]]
    sent_as: Mapping[str, str]

    @property
    def statement(self) -> str:
        """Takes an array for each column."""
        columns = {**self.keys, **self.values}
        sent = [
            f"${n}::{self.sent_as.get(name, kind)}[]"
            for n, (name, kind) in enumerate(columns.items(), 1)
        ]
        taken = [f"a.{name}::{kind}" for name, kind in columns.items()]
        changed = [
            f"{name} = {self.merged.get(name, f't.{name} + excluded.{name}')}"
            for name in self.values
        ]
        # All names are those of this module.
        return (
            f"INSERT INTO {self.table} AS t ({', '.join(columns)})"  # noqa: S608
            f" SELECT {', '.join(taken)} FROM unnest({', '.join(sent)}) AS a ({', '.join(columns)})"
            f" ON CONFLICT ({', '.join(self.keys)}) DO UPDATE SET {', '.join(changed)}"
        )


def _days(changes: ReadModelChanges) -> list[Row]:
    return [(*key, *_counted(counts)) for key, counts in changes.days.items()]


def _standings(changes: ReadModelChanges) -> list[Row]:
    return [
        (
            *learner,
            *_counted(counts),
            changes.spans[learner].first_at,
            changes.spans[learner].last_at,
        )
        for learner, counts in changes.totals().items()
    ]


def _items(changes: ReadModelChanges) -> list[Row]:
    return [
        (
            *key,
            item.kind,
            item.first_at,
            item.last_at,
            item.times,
            item.seconds,
            item.share_thousandths,
            item.finished_at,
            item.duration_seconds,
            "{" + ",".join(f"[{start},{end})" for start, end in item.ranges) + "}",
        )
        for key, item in changes.items.items()
    ]


def _concepts(changes: ReadModelChanges) -> list[Row]:
    rows = []
    for (course_id, learner_key, concept_id), change in changes.concepts.items():
        last = change.estimate
        estimate: Row = (None,) * 4
        if last is not None:
            estimate = (last.probability, last.answer_count, last.at, last.sequence)
        counted = (change.answers, change.share_thousandths)
        rows.append((course_id, concept_id, learner_key, *counted, *estimate))
    return rows


def _mastery_days(changes: ReadModelChanges) -> list[Row]:
    return [
        (*key, last.probability, last.answer_count, last.at, last.sequence)
        for key, last in changes.mastery_days.items()
    ]


def _counted(counts: Mapping[str, int]) -> Sequence[int]:
    return [counts.get(name, 0) for name in COUNTS]


LATEST = {name: f"CASE WHEN {IS_LATER} THEN excluded.{name} ELSE t.{name} END" for name in ESTIMATE}
SPAN = {
    "first_at": "least(t.first_at, excluded.first_at)",
    "last_at": "greatest(t.last_at, excluded.last_at)",
}
LEARNER = {"course_id": "uuid", "learner_key": "uuid"}

ADDITIONS = (
    Addition("learning_days", {**LEARNER, "day": "date"}, COUNTED, {}, _days, {}),
    Addition(
        "learner_standings",
        LEARNER,
        {**COUNTED, "first_at": "timestamptz", "last_at": "timestamptz"},
        SPAN,
        _standings,
        {},
    ),
    Addition(
        "learner_items",
        {**LEARNER, "item_id": "uuid"},
        {
            "kind": "text",
            "first_at": "timestamptz",
            "last_at": "timestamptz",
            "times": "int4",
            "seconds": "int8",
            "share_thousandths": "int4",
            "finished_at": "timestamptz",
            "duration_seconds": "int4",
            "watched": "int4multirange",
        },
        {
            **SPAN,
            "kind": "t.kind",
            "share_thousandths": "greatest(t.share_thousandths, excluded.share_thousandths)",
            "finished_at": "least(t.finished_at, excluded.finished_at)",
            "duration_seconds": "greatest(t.duration_seconds, excluded.duration_seconds)",
        },
        _items,
        {"watched": "text"},
    ),
    Addition(
        "learner_concepts",
        {"course_id": "uuid", "concept_id": "uuid", "learner_key": "uuid"},
        {"answers": "int4", "share_thousandths": "int8", **ESTIMATE},
        LATEST,
        _concepts,
        {},
    ),
    Addition(
        "mastery_days",
        {**LEARNER, "concept_id": "uuid", "day": "date"},
        ESTIMATE,
        LATEST,
        _mastery_days,
        {},
    ),
)
