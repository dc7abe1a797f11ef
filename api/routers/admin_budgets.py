"""Budgets for chat models."""

from uuid import UUID

from fastapi import APIRouter

from api.dependencies import CurrentActor, ServicesDependency
from api.openapi import problems
from api.permissions import ADMIN, permits
from api.schemas.budgets import BudgetList, BudgetPut, BudgetRead

router = APIRouter(prefix="/admin/budgets", tags=["usage"], responses=problems(401, 403, 422, 503))


@router.get("", summary="List budgets (admin)")
@permits(ADMIN)
async def list_budgets(services: ServicesDependency, actor: CurrentActor) -> BudgetList:
    """Every budget, with what is spent and reserved."""
    budgets = await services.budgets.every(actor)
    return BudgetList(items=[BudgetRead.model_validate(budget) for budget in budgets])


@router.put("", summary="Set a budget (admin)")
@permits(ADMIN)
async def put_budget(
    services: ServicesDependency, actor: CurrentActor, body: BudgetPut
) -> BudgetRead:
    """Sets the limits of the budget with that scope, subject and period; what is spent stays."""
    budget = await services.budgets.put(
        actor,
        body.scope,
        body.subject_id,
        body.period,
        soft_limit_micro_usd=body.soft_limit_micro_usd,
        hard_limit_micro_usd=body.hard_limit_micro_usd,
    )
    return BudgetRead.model_validate(budget)


@router.delete(
    "/{budget_id}", status_code=204, summary="Remove a budget (admin)", responses=problems(404)
)
@permits(ADMIN)
async def remove_budget(services: ServicesDependency, actor: CurrentActor, budget_id: UUID) -> None:
    """Removes a budget."""
    await services.budgets.remove(actor, budget_id)
