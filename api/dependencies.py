"""What routes ask for: the services, the actor, the page wanted.

The functions are `async` though they await nothing: FastAPI runs plain ones in a thread, which
costs more than they do.
"""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Path, Query, Request
from fastapi.security import OAuth2PasswordBearer

from api.observing import know_user
from api.permissions import rule_of
from api.schemas.common import PlainText
from api.session_cookie import OidcCookie, SessionCookie, require_own_page
from bootstrap.services import Services
from services.actors import Actor
from services.api_keys import is_api_key
from services.devices import Device
from services.errors import (
    NotAuthenticatedError,
    PermissionDeniedError,
    SecondFactorMissingError,
)
from services.rate_limits import CallerKind, network_of
from storage.paging import PageRequest

MAXIMUM_PAGE = 10_000
MAXIMUM_PAGE_SIZE = 100
SIGN_IN = (
    "Sign in: send `Authorization: Bearer <access_token>` from POST /auth/token, or an API key"
    " instead of the token."
)

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


async def device_of(request: Request) -> Device:
    """The other end of the request."""
    address = None if request.client is None else request.client.host
    return Device.of(address, request.headers.get("user-agent"))


async def session_cookie_of(request: Request) -> SessionCookie:
    """The cookie of a browser's session."""
    return SessionCookie(request, is_secure=request.app.state.has_secure_cookies)


async def current_actor(
    request: Request,
    services: Annotated[Services, Depends(services_of)],
    token: Annotated[str | None, Depends(bearer_token)],
) -> Actor:
    """The signed-in user, with all the proof that their role needs.

    Raises:
        NotAuthenticatedError: when nobody is, or the proof is no longer good.
        ForgedRequestError: when a browser's cookie comes without what only the page can send.
        SecondFactorMissingError: when their role needs a second factor that they lack.
        PermissionDeniedError: for a program whose key is not for what the route declares.
        RateLimitedError: there were too many requests.
    """
    actor = await known_actor(request, services, token)
    if actor.lacks_second_factor:
        raise SecondFactorMissingError
    return actor


async def oidc_cookie_of(request: Request) -> OidcCookie:
    """What the browser kept while it was at a provider."""
    return OidcCookie(request, is_secure=request.app.state.has_secure_cookies)


async def optional_actor(
    request: Request,
    services: Annotated[Services, Depends(services_of)],
    token: Annotated[str | None, Depends(bearer_token)],
) -> Actor | None:
    """The signed-in user, or None where nobody is, or no longer.

    Raises:
        ForgedRequestError: when a browser's cookie comes without what only the page can send.
    """
    try:
        return await _authenticated(request, services, token)
    except NotAuthenticatedError:
        return None


async def known_actor(
    request: Request,
    services: Annotated[Services, Depends(services_of)],
    token: Annotated[str | None, Depends(bearer_token)],
) -> Actor:
    """The signed-in user, whose request is counted; one of nobody counts for its address.

    They may have a second factor still to set up.

    Raises:
        NotAuthenticatedError: when nobody is, or the proof is no longer good.
        ForgedRequestError: when a browser's cookie comes without what only the page can send.
        PermissionDeniedError: for a program whose key is not for what the route declares.
        RateLimitedError: there were too many requests.
    """
    try:
        actor = await _authenticated(request, services, token)
    except NotAuthenticatedError:
        await count_visitor(request, services)
        raise
    know_user(request.scope, actor.user_id)
    if token is None or not is_api_key(token):
        await _count(request, services, "user", str(actor.user_id))
        return actor
    await _count(request, services, "key", str(await services.api_keys.id_of(token)))
    rule = rule_of(request.scope["endpoint"])
    await services.api_keys.require_scope(token, None if rule is None else rule.scope)
    return actor


async def _authenticated(request: Request, services: Services, token: str | None) -> Actor:
    """Who it is by a token or API key, else by a browser's cookie."""
    if token is not None:
        return await services.identity.authenticate(token)
    cookie = (await session_cookie_of(request)).sent
    if cookie is None:
        raise NotAuthenticatedError(SIGN_IN)
    actor = await services.identity.authenticate_browser(cookie)
    require_own_page(request, cookie)
    return actor


async def visitor(request: Request, services: Annotated[Services, Depends(services_of)]) -> None:
    """Counts a request for its address on routes that are open to anyone.

    Raises:
        RateLimitedError: there were too many requests.
    """
    rule = rule_of(request.scope["endpoint"])
    if rule is None or not rule.needs_account:
        await count_visitor(request, services)


async def count_visitor(request: Request, services: Services) -> None:
    """Counts a request for the address it comes from.

    Raises:
        RateLimitedError: there were too many requests.
    """
    address = request.client.host if request.client else ""
    await _count(request, services, "address", network_of(address))


async def _count(request: Request, services: Services, kind: CallerKind, caller: str) -> None:
    standing = await services.rate_limits.admit(kind, caller)
    if standing is not None:
        request.scope["state"]["rate_limit"] = standing


async def actor_in_person(actor: Annotated[Actor, Depends(current_actor)]) -> Actor:
    """The user who signed in, not a program with their key.

    A key that makes keys would outlive being taken back.

    Raises:
        PermissionDeniedError: for a program.
    """
    return await actor_setting_up(actor)


async def actor_setting_up(actor: Annotated[Actor, Depends(known_actor)]) -> Actor:
    """The same, who may lack the second factor that their role needs.

    Raises:
        PermissionDeniedError: for a program.
    """
    if actor.session_id is None:
        raise PermissionDeniedError("do this with an API key; sign in")
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
DeviceDependency = Annotated[Device, Depends(device_of)]
SessionCookieDependency = Annotated[SessionCookie, Depends(session_cookie_of)]
OidcCookieDependency = Annotated[OidcCookie, Depends(oidc_cookie_of)]
OptionalActor = Annotated[Actor | None, Depends(optional_actor)]
CurrentActor = Annotated[Actor, Depends(current_actor)]
ActorInPerson = Annotated[Actor, Depends(actor_in_person)]
ActorSettingUp = Annotated[Actor, Depends(actor_setting_up)]
IdempotencyKey = Annotated[
    PlainText | None,
    Header(
        min_length=1,
        max_length=200,
        description="Your name for this request: sent again with the same request, it gives what"
        " the first one gave; with another request, 409.",
    ),
]
Leaf = Annotated[
    UUID | None,
    Query(description="The message that the branch wanted ends with; absent: the latest."),
]
QuestionId = Annotated[
    str,
    Path(
        description="The id of a question in its quiz.",
        pattern=r"^[a-z0-9][a-z0-9-]{0,39}$",
        examples=["q1"],
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
