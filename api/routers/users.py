"""Accounts: one's own, and for admins everyone's."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from api.attachments import attachment
from api.dependencies import (
    ActorInPerson,
    CurrentActor,
    DeviceDependency,
    PageDependency,
    ServicesDependency,
    SessionCookieDependency,
)
from api.openapi import problems
from api.permissions import ADMIN, CHANGES_OWN, IN_PERSON, READS, Rule, Who, permits
from api.schemas.common import PageOf, PlainText
from api.schemas.users import (
    ErasureCreate,
    OwnErasure,
    ProfileUpdate,
    UserCreate,
    UserRead,
    UserReplace,
    UserUpdate,
)
from services.actors import Role
from services.api_keys import KeyScope
from services.users import NewUser
from storage.paging import Order
from storage.repositories.users import UserFilter

router = APIRouter(prefix="/users", tags=["users"], responses=problems(401, 422, 503))

SortField = Annotated[Literal["created_at", "email"], Query(description="What to sort by.")]
Direction = Annotated[Literal["asc", "desc"], Query(description="Which way.")]


@router.get("/me", summary="One's own account")
@permits(READS)
async def read_me(services: ServicesDependency, actor: CurrentActor) -> UserRead:
    """The signed-in user."""
    return UserRead.model_validate(await services.users.read(actor, actor.user_id))


@router.patch("/me", summary="Change one's own profile")
@permits(CHANGES_OWN)
async def change_me(
    services: ServicesDependency, actor: CurrentActor, body: ProfileUpdate
) -> UserRead:
    """Changes the fields sent, and no others."""
    values = body.model_dump(exclude_unset=True)
    return UserRead.model_validate(await services.users.change_own(actor, values))


@router.get(
    "/me/export",
    summary="Take one's data along",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A zip of JSON files, made on the way.",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        },
        **problems(403),
    },
)
@permits(IN_PERSON)
async def export_me(
    services: ServicesDependency, device: DeviceDependency, actor: ActorInPerson
) -> StreamingResponse:
    """All that is kept about the signed-in user; its README.txt says what is in which file."""
    pieces = await services.personal_export.export(actor, device)
    headers = attachment("my data", "zip", otherwise="data")
    return StreamingResponse(pieces, media_type="application/zip", headers=headers)


@router.delete(
    "/me",
    status_code=204,
    summary="Erase one's own account",
    responses=problems(403, 404, 409, 429),
)
@permits(IN_PERSON)
async def erase_me(
    services: ServicesDependency,
    cookie: SessionCookieDependency,
    device: DeviceDependency,
    actor: ActorInPerson,
    response: Response,
    body: OwnErasure,
) -> None:
    """For good: account, conversations and all else that is the user's. Statistics stay."""
    await services.erasure.erase_own(actor, body.password, body.email, device)
    cookie.clear(response)


@router.get("", summary="List accounts (admin)", responses=problems(403))
@permits(ADMIN)
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
@permits(ADMIN)
async def create_user(
    services: ServicesDependency, actor: CurrentActor, body: UserCreate
) -> UserRead:
    """Makes an account of any role."""
    return UserRead.model_validate(await services.users.create(actor, NewUser(**body.model_dump())))


@router.get("/{user_id}", summary="Read an account (admin)", responses=problems(403, 404))
@permits(Rule(Who.SELF, KeyScope.ADMIN))
async def read_user(services: ServicesDependency, actor: CurrentActor, user_id: UUID) -> UserRead:
    """One account; one's own is readable by everyone."""
    return UserRead.model_validate(await services.users.read(actor, user_id))


@router.put("/{user_id}", summary="Replace an account (admin)", responses=problems(403, 404, 409))
@permits(ADMIN)
async def replace_user(
    services: ServicesDependency, actor: CurrentActor, user_id: UUID, body: UserReplace
) -> UserRead:
    """Sets every field but the password; those left out get their default."""
    return UserRead.model_validate(await services.users.change(actor, user_id, body.model_dump()))


@router.patch("/{user_id}", summary="Change an account (admin)", responses=problems(403, 404, 409))
@permits(ADMIN)
async def change_user(
    services: ServicesDependency, actor: CurrentActor, user_id: UUID, body: UserUpdate
) -> UserRead:
    """Changes the fields sent, and no others."""
    values = body.model_dump(exclude_unset=True)
    return UserRead.model_validate(await services.users.change(actor, user_id, values))


@router.delete(
    "/{user_id}", status_code=204, summary="Delete an account (admin)", responses=problems(403, 404)
)
@permits(ADMIN)
async def delete_user(services: ServicesDependency, actor: CurrentActor, user_id: UUID) -> None:
    """Deletes softly: the account can be restored."""
    await services.users.delete(actor, user_id)


@router.post(
    "/{user_id}/erase",
    status_code=204,
    summary="Erase an account (admin)",
    responses=problems(403, 404, 409),
)
@permits(ADMIN)
async def erase_user(
    services: ServicesDependency,
    device: DeviceDependency,
    actor: CurrentActor,
    user_id: UUID,
    body: ErasureCreate,
) -> None:
    """For good, also of an account that is deleted; its address confirms it."""
    await services.erasure.erase_for(actor, user_id, body.email, device)


@router.post(
    "/{user_id}/restore",
    summary="Restore an account (admin)",
    responses=problems(403, 404, 409),
)
@permits(ADMIN)
async def restore_user(
    services: ServicesDependency, actor: CurrentActor, user_id: UUID
) -> UserRead:
    """Brings a deleted account back."""
    return UserRead.model_validate(await services.users.restore(actor, user_id))
