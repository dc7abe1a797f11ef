"""Registering and signing in."""

from typing import Annotated

from fastapi import APIRouter, Form

from api.dependencies import CurrentActor, ServicesDependency
from api.openapi import problems
from api.schemas.users import (
    DemoAccountRead,
    PasswordForm,
    RefreshRequest,
    RegistrationCreate,
    SignInOptionsRead,
    TokenRead,
    UserRead,
)
from api.schemas.websockets import SocketTicketRead
from services.demo import DEMO_PASSWORD
from services.users import NewUser

router = APIRouter(prefix="/auth", tags=["auth"], responses=problems(422, 503))


@router.get("/options", summary="Ways to sign in")
async def options(services: ServicesDependency) -> SignInOptionsRead:
    """What the sign-in page offers; demo accounts exist in the embedded mode only."""
    accounts = await services.demo.accounts()
    return SignInOptionsRead(
        demo_accounts=[
            DemoAccountRead(email=account.email, password=DEMO_PASSWORD, role=account.role)
            for account in accounts
        ]
    )


@router.post("/register", status_code=201, summary="Register", responses=problems(409))
async def register(services: ServicesDependency, body: RegistrationCreate) -> UserRead:
    """Makes a student's account; a teacher or admin is made by an admin."""
    user = await services.identity.register(NewUser(**body.model_dump()))
    return UserRead.model_validate(user)


@router.post("/token", summary="Sign in (OAuth2 password form)", responses=problems(401))
async def token(services: ServicesDependency, form: Annotated[PasswordForm, Form()]) -> TokenRead:
    """Tokens for an e-mail address (as `username`) and its password."""
    pair = await services.identity.sign_in(form.username, form.password)
    return TokenRead.model_validate(pair)


@router.post("/refresh", summary="Get new tokens", responses=problems(401))
async def refresh(services: ServicesDependency, body: RefreshRequest) -> TokenRead:
    """A new pair of tokens for a refresh token."""
    pair = await services.identity.refresh(body.refresh_token)
    return TokenRead.model_validate(pair)


@router.post("/ws-ticket", summary="Get a ticket for a WebSocket", responses=problems(401))
async def websocket_ticket(services: ServicesDependency, actor: CurrentActor) -> SocketTicketRead:
    """Opens `/api/v1/ws?ticket=...` once, within seconds; a token must not stand in an address."""
    return SocketTicketRead.model_validate(await services.socket_tickets.issue(actor))
