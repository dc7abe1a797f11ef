"""Signing in through a provider of OpenID Connect; a browser is led there and back."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query
from fastapi.responses import RedirectResponse

from api.dependencies import (
    DeviceDependency,
    OidcCookieDependency,
    ServicesDependency,
    SessionCookieDependency,
)
from api.openapi import problems
from api.permissions import ANYONE, permits
from api.schemas.common import PlainText
from services.accounts.external import ExternalSignInError, Return

router = APIRouter(
    prefix="/auth/oidc", tags=["auth"], responses=problems(404, 422, 503), include_in_schema=True
)

SEE_OTHER = 303
ProviderName = Annotated[str, Path(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
REDIRECTS: dict[int | str, dict[str, Any]] = {
    SEE_OTHER: {"description": "To the provider, or back to the page."}
}


@router.get(
    "/{provider}",
    status_code=SEE_OTHER,
    response_class=RedirectResponse,
    summary="Sign in through a provider",
    responses=REDIRECTS,
)
@permits(ANYONE)
async def begin(
    services: ServicesDependency,
    cookie: OidcCookieDependency,
    provider: ProviderName,
    return_to: Annotated[PlainText, Query(max_length=500, description="A path of the page.")] = "/",
) -> RedirectResponse:
    """Leads the browser to the provider."""
    try:
        departure = await services.external_sign_in.begin(provider, return_to)
    except ExternalSignInError as error:
        return _told_on_the_page(error)
    response = RedirectResponse(departure.url, SEE_OTHER)
    cookie.write(response, departure.cookie)
    return response


@router.get(
    "/{provider}/callback",
    status_code=SEE_OTHER,
    response_class=RedirectResponse,
    summary="Come back from a provider",
    responses=REDIRECTS,
)
@permits(ANYONE)
async def come_back(
    services: ServicesDependency,
    cookie: OidcCookieDependency,
    session_cookie: SessionCookieDependency,
    device: DeviceDependency,
    provider: ProviderName,
    state: Annotated[PlainText, Query(max_length=500)] = "",
    code: Annotated[PlainText | None, Query(max_length=4096)] = None,
    error: Annotated[PlainText | None, Query(max_length=200)] = None,
) -> RedirectResponse:
    """Begins a session, and leads the browser to where it wanted; or tells the page why not."""
    came = Return(state, code, error)
    try:
        session, path = await services.external_sign_in.finish(provider, cookie.sent, came, device)
    except ExternalSignInError as failure:
        response = _told_on_the_page(failure)
    else:
        response = RedirectResponse(path, SEE_OTHER)
        session_cookie.write(response, session)
    cookie.clear(response)
    return response


def _told_on_the_page(error: ExternalSignInError) -> RedirectResponse:
    return RedirectResponse(f"/sign-in?{urlencode({'problem': error.code})}", SEE_OTHER)
