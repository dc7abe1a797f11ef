"""What the quality gate found in a piece of content, item by item."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from content.base import Content, ItemId, Line

Severity = Literal["fail", "warn"]
FindingCode = Literal[
    "wrong_key",
    "ambiguous_key",
    "unsettled_key",
    "key_in_stem",
    "key_stands_out",
    "unsupported_fact",
    "no_source",
    "source_not_verbatim",
    "duplicate",
    "reading_level",
    "missing_objective",
]
"""
- `wrong_key`: the sources settle the question otherwise.
- `ambiguous_key`: another answer is as right as the key.
- `unsettled_key`: the sources do not settle the question.
- `key_in_stem`: the question names its own answer.
- `key_stands_out`: the form of the choices gives the key away.
- `unsupported_fact`: a statement is not borne out by what it cites.
- `no_source`: the item cites nothing.
- `source_not_verbatim`: what it cites does not stand in the material as quoted, or not any more.
- `duplicate`: another item asks or says the same.
- `reading_level`: it reads harder than its audience.
- `missing_objective`: nothing serves the objective.
"""
Check = Literal["keys", "facts", "sources", "duplicates", "reading_level", "objectives", "form"]


class Finding(Content):
    """A fault, or what may be one.

    `fail` keeps the item from being published without a teacher's word; `warn` is shown.
    """

    code: FindingCode
    severity: Severity
    item_id: ItemId | None = None
    """The item; None for the whole."""
    detail: Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
    """For the author: what was found, with the values."""


class SkippedCheck(Content):
    """A check that could not be made, and why."""

    check: Check
    reason: Annotated[str, StringConstraints(min_length=1, max_length=300)]


class UsedMaterial(Content):
    """How much of the material that was read a piece of content stands on."""

    share: Annotated[float, Field(ge=0, le=1)]
    """Of its characters, those in passages that are cited."""
    passages_used: Annotated[int, Field(ge=0)]
    passages_read: Annotated[int, Field(ge=0)]
    left_out: Annotated[tuple[Line, ...], Field(max_length=50)] = ()
    """Headings of the material under which nothing is cited, in its order."""


class QualityReport(Content):
    """All findings on one piece of content."""

    method: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    """Who answered the questions blind: `grounded`, or the name of a chat model."""
    checks: tuple[Check, ...]
    """What was checked."""
    skipped: tuple[SkippedCheck, ...] = ()
    findings: Annotated[tuple[Finding, ...], Field(max_length=2_000)] = ()
    material: UsedMaterial | None = None
    """For what a job has written: what it used of the material it read."""

    def of(self, item_id: str | None) -> tuple[Finding, ...]:
        """The findings on one item; on the whole for None."""
        return tuple(finding for finding in self.findings if finding.item_id == item_id)

    def passes(self, item_id: str | None) -> bool:
        """Whether no finding on the item is a `fail`."""
        return all(finding.severity != "fail" for finding in self.of(item_id))

    @property
    def failing(self) -> tuple[str | None, ...]:
        """The items with a `fail`, each once, in order."""
        return tuple(dict.fromkeys(f.item_id for f in self.findings if f.severity == "fail"))
