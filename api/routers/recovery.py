"""Proving an address, and passwords that are forgotten or changed."""

from fastapi import APIRouter

from api.dependencies import ActorInPerson, DeviceDependency, ServicesDependency
from api.openapi import problems
from api.permissions import ANYONE, IN_PERSON, permits
from api.schemas.recovery import (
    EmailRequest,
    EmailVerification,
    MailPromised,
    PasswordChange,
    PasswordReset,
)

router = APIRouter(prefix="/auth", tags=["auth"], responses=problems(422, 503))

PROMISED = MailPromised(message="If the address has an account, a mail is on its way to it.")


@router.post("/verify-email", status_code=204, summary="Prove one's address")
@permits(ANYONE)
async def verify_email(
    services: ServicesDependency, device: DeviceDependency, body: EmailVerification
) -> None:
    """Takes in the token of the link that was sent after registering; it is good once."""
    await services.registration.verify_email(body.token, device)


@router.post(
    "/verify-email/resend", status_code=202, summary="Have the link to prove one's address sent"
)
@permits(ANYONE)
async def send_verification(services: ServicesDependency, body: EmailRequest) -> MailPromised:
    """The answer is the same for every address, and takes as long."""
    await services.registration.send_link_again(body.email)
    return PROMISED


@router.post(
    "/password/forgot",
    status_code=202,
    summary="Have a link to a new password sent",
    responses=problems(409),
)
@permits(ANYONE)
async def forgot_password(services: ServicesDependency, body: EmailRequest) -> MailPromised:
    """The answer is the same for every address, and takes as long."""
    await services.recovery.forgot(body.email)
    return PROMISED


@router.post("/password/reset", status_code=204, summary="Set a new password by a link")
@permits(ANYONE)
async def reset_password(
    services: ServicesDependency, device: DeviceDependency, body: PasswordReset
) -> None:
    """Takes in the token of the link, good once, within an hour; all sessions end."""
    await services.recovery.reset(body.token, body.password, device)


@router.post(
    "/password/change",
    status_code=204,
    summary="Change one's password",
    responses=problems(401, 403, 429),
)
@permits(IN_PERSON)
async def change_password(
    services: ServicesDependency,
    device: DeviceDependency,
    actor: ActorInPerson,
    body: PasswordChange,
) -> None:
    """Sets a new password; all sessions but this one end."""
    await services.recovery.change(actor, body.current_password, body.new_password, device)
