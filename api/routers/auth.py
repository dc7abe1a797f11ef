"""Registering and signing in."""

from typing import Annotated

from fastapi import APIRouter, Form

from api.dependencies import CurrentActor, DeviceDependency, ServicesDependency
from api.openapi import problems
from api.permissions import ANYONE, CHATS, permits
from api.schemas.recovery import Registration
from api.schemas.sessions import RefreshRequest
from api.schemas.users import (
    DemoAccountRead,
    PasswordForm,
    ProviderRead,
    SignInOptionsRead,
    TokenRead,
    UserRead,
)
from api.schemas.websockets import SocketTicketRead
from services.accounts.signing_in import Proof
from services.demo import DEMO_PASSWORD
from services.users import NewUser

router = APIRouter(prefix="/auth", tags=["auth"], responses=problems(422, 503))


@router.get("/options", summary="Ways to sign in")
@permits(ANYONE)
async def options(services: ServicesDependency) -> SignInOptionsRead:
    """What the sign-in page offers; demo accounts exist in the embedded mode only."""
    accounts = await services.demo.accounts()
    return SignInOptionsRead(
        registration=services.registration.policy,
        providers=[ProviderRead.model_validate(one) for one in services.external_sign_in.offered],
        sends_mail=services.mails.sends,
        link_hosts=sorted(services.link_hosts),
        demo_accounts=[
            DemoAccountRead(email=account.email, password=DEMO_PASSWORD, role=account.role)
            for account in accounts
        ],
    )


@router.post("/register", status_code=201, summary="Register", responses=problems(403, 409))
@permits(ANYONE)
async def register(
    services: ServicesDependency, device: DeviceDependency, body: Registration
) -> UserRead:
    """Makes a student's account, or one of the role that the invitation names.

    Where addresses have to be proven, the answer is the same for one that has an account.
    """
    new = NewUser(**body.model_dump(exclude={"invitation"}))
    user = await services.registration.register(new, device, body.invitation)
    return UserRead.model_validate(user)


@router.post("/token", summary="Sign in (OAuth2 password form)", responses=problems(401, 403, 429))
@permits(ANYONE)
async def token(
    services: ServicesDependency, device: DeviceDependency, form: Annotated[PasswordForm, Form()]
) -> TokenRead:
    """Tokens for an e-mail address (as `username`) and its password.

    An account with a second factor needs a code as `otp`: 401 with code `otp_required` without.
    """
    proof = Proof(form.username, form.password, form.otp)
    pair = await services.signing_in.for_tool(proof, device)
    return TokenRead.model_validate(pair)


@router.post("/refresh", summary="Get new tokens", responses=problems(401))
@permits(ANYONE)
async def refresh(
    services: ServicesDependency, device: DeviceDependency, body: RefreshRequest
) -> TokenRead:
    """A new pair of tokens for a refresh token, which is used up.

    A refresh token that comes a second time ends its session: it may have been stolen.
    """
    pair = await services.sessions.refresh(body.refresh_token, device)
    return TokenRead.model_validate(pair)


@router.post("/ws-ticket", summary="Get a ticket for a WebSocket", responses=problems(401))
@permits(CHATS)
async def websocket_ticket(services: ServicesDependency, actor: CurrentActor) -> SocketTicketRead:
    """Opens `/api/v1/ws?ticket=...` once, within seconds; a token must not stand in an address."""
    return SocketTicketRead.model_validate(await services.socket_tickets.issue(actor))
