"""What the quality gate says of content, and what of it stands in the way of publishing."""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from content.kinds import AnyContent
from content.quality import QualityReport
from services.errors import ServiceError
from storage.database import Scope

NAMED_AT_MOST = 5

NAMED_OF_WHOLE = "as a whole"


class EditGate(Protocol):
    """Looks at what a person has written or edited."""

    async def edited(
        self, scope: Scope, course_id: UUID, content: AnyContent
    ) -> Mapping[str, Any] | None:
        """What it found, as it is stored; None for what it does not look at."""
        ...


class GateRefusedError(ServiceError):
    """Items of what is to be published do not pass the quality gate."""

    code = "quality_gate"

    def __init__(self, failing: tuple[str, ...]) -> None:
        named = "; ".join(failing[:NAMED_AT_MOST])
        more = f"; and {len(failing) - NAMED_AT_MOST} more" if len(failing) > NAMED_AT_MOST else ""
        super().__init__(
            f"{len(failing)} items do not pass the quality gate: {named}{more}. Correct them, or"
            " publish with `override` and a `reason`."
        )
        self.failing = failing


def failing_items(quality: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The items that a stored report lets not be published, each in words; none where all pass."""
    if quality is None:
        return ()
    report = QualityReport.model_validate(quality)
    return tuple(
        f"{item or NAMED_OF_WHOLE}: {', '.join(_faults(report, item))}" for item in report.failing
    )


def _faults(report: QualityReport, item: str | None) -> list[str]:
    return [finding.detail for finding in report.of(item) if finding.severity == "fail"]


def require_passed(quality: Mapping[str, Any] | None) -> None:
    """Passes silently where nothing fails, and where the gate has not looked.

    Raises:
        GateRefusedError: items fail.
    """
    if failing := failing_items(quality):
        raise GateRefusedError(failing)
