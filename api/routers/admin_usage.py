"""What chat models were used for, and what it cost."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import AwareDatetime

from api.dependencies import CurrentActor, ServicesDependency
from api.openapi import problems
from api.permissions import ADMIN, READS, permits
from api.schemas.usage import UsageReport, UsageTotalRead
from services.usage import as_csv
from storage.repositories.usage import UsageGrouping, UsageTotal

router = APIRouter(tags=["usage"], responses=problems(401, 403, 422, 503))

DEFAULT_DAYS = 30

From = Annotated[
    AwareDatetime | None, Query(alias="from", description="Thirty days before the end, if absent.")
]
To = Annotated[AwareDatetime | None, Query(alias="to", description="Now, if absent; exclusive.")]
GroupBy = Annotated[UsageGrouping, Query(description="What each total is of.")]


@router.get("/admin/usage", summary="Usage of everyone (admin)")
@permits(ADMIN)
async def read_usage(
    services: ServicesDependency,
    actor: CurrentActor,
    start: From = None,
    end: To = None,
    group_by: GroupBy = "day",
) -> UsageReport:
    """Tokens and money by day, user, course or deployment."""
    totals = await services.usage.report(actor, *_period(start, end), group_by)
    return _report(group_by, totals)


@router.get(
    "/admin/usage.csv",
    summary="Usage of everyone as CSV (admin)",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
@permits(ADMIN)
async def read_usage_table(
    services: ServicesDependency,
    actor: CurrentActor,
    start: From = None,
    end: To = None,
    group_by: GroupBy = "day",
) -> Response:
    """The same as a table for spreadsheets."""
    totals = await services.usage.report(actor, *_period(start, end), group_by)
    headers = {"Content-Disposition": f'attachment; filename="usage-by-{group_by}.csv"'}
    return Response(as_csv(totals), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/users/me/usage", summary="One's own usage")
@permits(READS)
async def read_own_usage(
    services: ServicesDependency, actor: CurrentActor, start: From = None, end: To = None
) -> UsageReport:
    """Tokens and money of the signed-in user by day."""
    return _report("day", await services.usage.own(actor, *_period(start, end)))


def _period(start: datetime | None, end: datetime | None) -> tuple[datetime, datetime]:
    end = end or datetime.now(UTC)
    return start or end - timedelta(days=DEFAULT_DAYS), end


def _report(group_by: UsageGrouping, totals: Sequence[UsageTotal]) -> UsageReport:
    return UsageReport(
        group_by=group_by, totals=[UsageTotalRead.model_validate(total) for total in totals]
    )
