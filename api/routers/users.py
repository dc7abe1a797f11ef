"""Accounts: one's own, and for admins everyone's."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from api.dependencies import CurrentActor, PageDependency, ServicesDependency
from api.openapi import problems
from api.schemas.common import PageOf, PlainText
from api.schemas.users import ProfileUpdate, UserCreate, UserRead, UserReplace, UserUpdate
from services.actors import Role
from services.users import NewUser
from storage.paging import Order
from storage.repositories.users import UserFilter

router = APIRouter(prefix="/users", tags=["users"], responses=problems(401, 422, 503))

SortField = Annotated[Literal["created_at", "email"], Query(description="What to sort by.")]
Direction = Annotated[Literal["asc", "desc"], Query(description="Which way.")]


@router.get("/me", summary="One's own account")
async def read_me(services: ServicesDependency, actor: CurrentActor) -> UserRead:
    """The signed-in user."""
    return UserRead.model_validate(await services.users.read(actor, actor.user_id))


@router.patch("/me", summary="Change one's own profile")
async def change_me(
    services: ServicesDependency, actor: CurrentActor, body: ProfileUpdate
) -> UserRead:
    """Changes the fields sent, and no others."""
    values = body.model_dump(exclude_unset=True)
    return UserRead.model_validate(await services.users.change_own(actor, values))


@router.get("", summary="List accounts (admin)", responses=problems(403))
async def list_users(
    services: ServicesDependency,
    actor: CurrentActor,
    page: PageDependency,
    email: Annotated[
        PlainText | None, Query(max_length=254, description="The whole address.")
    ] = None,
    role: Annotated[Role | None, Query()] = None,
    deleted: Annotated[bool, Query(description="The deleted ones instead.")] = False,
    sort: SortField = "created_at",
    direction: Direction = "asc",
) -> PageOf[UserRead]:
    """Accounts that pass the filters."""
    wanted = UserFilter(email=email, role=role, is_deleted=deleted)
    order = Order(sort, descending=direction == "desc")
    found = await services.users.page(actor, page, order, wanted)
    return PageOf[UserRead].model_validate(found)


@router.post("", status_code=201, summary="Make an account (admin)", responses=problems(403, 409))
async def create_user(
    services: ServicesDependency, actor: CurrentActor, body: UserCreate
) -> UserRead:
    """Makes an account of any role."""
    return UserRead.model_validate(await services.users.create(actor, NewUser(**body.model_dump())))


@router.get("/{user_id}", summary="Read an account (admin)", responses=problems(403, 404))
async def read_user(services: ServicesDependency, actor: CurrentActor, user_id: UUID) -> UserRead:
    """One account; one's own is readable by everyone."""
    return UserRead.model_validate(await services.users.read(actor, user_id))


@router.put("/{user_id}", summary="Replace an account (admin)", responses=problems(403, 404, 409))
async def replace_user(
    services: ServicesDependency, actor: CurrentActor, user_id: UUID, body: UserReplace
) -> UserRead:
    """Sets every field but the password; those left out get their default."""
    return UserRead.model_validate(await services.users.change(actor, user_id, body.model_dump()))


@router.patch("/{user_id}", summary="Change an account (admin)", responses=problems(403, 404, 409))
async def change_user(
    services: ServicesDependency, actor: CurrentActor, user_id: UUID, body: UserUpdate
) -> UserRead:
    """Changes the fields sent, and no others."""
    values = body.model_dump(exclude_unset=True)
    return UserRead.model_validate(await services.users.change(actor, user_id, values))


@router.delete(
    "/{user_id}", status_code=204, summary="Delete an account (admin)", responses=problems(403, 404)
)
async def delete_user(services: ServicesDependency, actor: CurrentActor, user_id: UUID) -> None:
    """Deletes softly: the account can be restored."""
    await services.users.delete(actor, user_id)


@router.post(
    "/{user_id}/restore",
    summary="Restore an account (admin)",
    responses=problems(403, 404, 409),
)
async def restore_user(
    services: ServicesDependency, actor: CurrentActor, user_id: UUID
) -> UserRead:
    """Brings a deleted account back."""
    return UserRead.model_validate(await services.users.restore(actor, user_id))
