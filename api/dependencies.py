"""What routes ask for: the services, the actor, the page wanted.

The functions are `async` though they await nothing: FastAPI runs plain ones in a thread, which
costs more than they do.
"""

from typing import Annotated

from fastapi import Depends, Header, Path, Query, Request
from fastapi.security import OAuth2PasswordBearer

from api.schemas.common import PlainText
from bootstrap.services import Services
from services.actors import Actor
from services.api_keys import is_api_key
from services.errors import NotAuthenticatedError, PermissionDeniedError
from storage.paging import PageRequest

MAXIMUM_PAGE = 10_000
MAXIMUM_PAGE_SIZE = 100

bearer_token = OAuth2PasswordBearer(
    tokenUrl="/api/v1/auth/token",
    refreshUrl="/api/v1/auth/refresh",
    auto_error=False,
    description="E-mail address as username, and password.",
)


async def services_of(request: Request) -> Services:
    """The services of this process."""
    services: Services = request.app.state.services
    return services


async def current_actor(
    services: Annotated[Services, Depends(services_of)],
    token: Annotated[str | None, Depends(bearer_token)],
) -> Actor:
    """The signed-in user.

    Raises:
        NotAuthenticatedError: when nobody is, or the token is no longer good.
    """
    if token is None:
        message = (
            "Sign in: send `Authorization: Bearer <access_token>` from POST /auth/token, or an API"
            " key instead of the token."
        )
        raise NotAuthenticatedError(message)
    return await services.identity.authenticate(token)


async def actor_in_person(
    actor: Annotated[Actor, Depends(current_actor)],
    token: Annotated[str | None, Depends(bearer_token)],
) -> Actor:
    """The user who signed in, not a program with their key.

    A key that makes keys would outlive being taken back.

    Raises:
        PermissionDeniedError: for a program.
    """
    if token is not None and is_api_key(token):
        raise PermissionDeniedError("manage API keys with an API key; sign in")
    return actor


async def page_request(
    page: Annotated[int, Query(ge=1, le=MAXIMUM_PAGE, description="Page, from 1.")] = 1,
    size: Annotated[int, Query(ge=1, le=MAXIMUM_PAGE_SIZE, description="Items on a page.")] = 20,
    cursor: Annotated[
        PlainText | None,
        Query(
            max_length=500,
            description="`next_cursor` of the page before; then `page` is not used and nothing"
            " is counted.",
        ),
    ] = None,
) -> PageRequest:
    """The part of a list that the query parameters ask for."""
    return PageRequest(page, size, cursor)


ServicesDependency = Annotated[Services, Depends(services_of)]
CurrentActor = Annotated[Actor, Depends(current_actor)]
ActorInPerson = Annotated[Actor, Depends(actor_in_person)]
IdempotencyKey = Annotated[
    PlainText | None,
    Header(
        min_length=1,
        max_length=200,
        description="Your name for this request: sent again with the same request, it gives what"
        " the first one gave; with another request, 409.",
    ),
]
PageDependency = Annotated[PageRequest, Depends(page_request)]
CourseReference = Annotated[
    str,
    Path(
        alias="course",
        description="A course's id or slug.",
        pattern=r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$",
        max_length=100,
        examples=["physics"],
    ),
]
