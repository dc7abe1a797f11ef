"""Signing in with a browser, sessions, and ending them."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.dependencies import (
    ActorSettingUp,
    DeviceDependency,
    OptionalActor,
    ServicesDependency,
    SessionCookieDependency,
)
from api.openapi import problems
from api.permissions import ANYONE, IN_PERSON, OWN_IN_PERSON, permits
from api.schemas.sessions import BrowserSessionRead, LoginCreate, LogoutRequest, SessionRead
from api.schemas.users import UserRead
from services.accounts.sessions import csrf_token
from services.accounts.signing_in import Proof

router = APIRouter(prefix="/auth", tags=["auth"], responses=problems(422, 503))


@router.post("/login", summary="Sign in with a browser", responses=problems(401, 403, 429))
@permits(ANYONE)
async def login(
    services: ServicesDependency,
    cookie: SessionCookieDependency,
    device: DeviceDependency,
    body: LoginCreate,
    response: Response,
) -> BrowserSessionRead:
    """Begins a session, whose cookie no script can read.

    Requests with the cookie that change something need the `X-CSRF-Token` given here.
    """
    proof = Proof(body.email, body.password, body.otp)
    session = await services.signing_in.for_browser(proof, device)
    cookie.write(response, session)
    actor = await services.identity.authenticate_browser(session.cookie)
    user = await services.users.read(actor, actor.user_id)
    return BrowserSessionRead(
        user=UserRead.model_validate(user),
        csrf_token=session.csrf_token,
        lacks_second_factor=actor.lacks_second_factor,
    )


@router.get("/session", summary="Who is signed in in this browser")
@permits(ANYONE)
async def read_session(
    services: ServicesDependency, cookie: SessionCookieDependency, actor: OptionalActor
) -> BrowserSessionRead:
    """What the page asks for when it is opened."""
    if actor is None or cookie.sent is None:
        return BrowserSessionRead(user=None, csrf_token=None, lacks_second_factor=False)
    user = await services.users.read(actor, actor.user_id)
    return BrowserSessionRead(
        user=UserRead.model_validate(user),
        csrf_token=csrf_token(cookie.sent),
        lacks_second_factor=actor.lacks_second_factor,
    )


@router.post("/logout", status_code=204, summary="Sign out", responses=problems(401, 403))
@permits(ANYONE)
async def logout(
    services: ServicesDependency,
    cookie: SessionCookieDependency,
    device: DeviceDependency,
    actor: OptionalActor,
    response: Response,
    body: LogoutRequest | None = None,
) -> None:
    """Ends the session of the request, or the one of the refresh token sent."""
    if body is not None:
        await services.sessions.end_by_token(body.refresh_token)
    elif actor is not None and actor.session_id is not None:
        await services.sessions.end(actor, actor.session_id, device)
    cookie.clear(response)
    response.headers["Clear-Site-Data"] = '"cache"'


@router.get("/sessions", summary="List one's own sessions", responses=problems(401, 403))
@permits(IN_PERSON)
async def list_sessions(services: ServicesDependency, actor: ActorSettingUp) -> list[SessionRead]:
    """Where one is signed in, the newest first."""
    return [SessionRead.model_validate(one) for one in await services.sessions.of(actor)]


@router.delete(
    "/sessions", status_code=204, summary="Sign out everywhere", responses=problems(401, 403)
)
@permits(IN_PERSON)
async def end_all_sessions(
    services: ServicesDependency,
    cookie: SessionCookieDependency,
    device: DeviceDependency,
    actor: ActorSettingUp,
    response: Response,
) -> None:
    """Ends all of one's sessions, this one too; other processes follow within five seconds."""
    await services.sessions.end_all(actor, device)
    cookie.clear(response)


@router.delete(
    "/sessions/{session_id}",
    status_code=204,
    summary="End one of one's sessions",
    responses=problems(401, 403, 404),
)
@permits(OWN_IN_PERSON)
async def end_session(
    services: ServicesDependency, device: DeviceDependency, actor: ActorSettingUp, session_id: UUID
) -> None:
    """Its cookie and tokens open nothing any more; other processes follow within five seconds."""
    await services.sessions.end(actor, session_id, device)
