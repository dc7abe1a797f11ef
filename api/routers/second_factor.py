"""The second factor: an authenticator app (TOTP) and recovery codes."""

from uuid import UUID

from fastapi import APIRouter

from api.dependencies import ActorSettingUp, CurrentActor, DeviceDependency, ServicesDependency
from api.openapi import problems
from api.permissions import ADMIN, IN_PERSON, permits
from api.schemas.second_factor import (
    RecoveryCodesRead,
    SecondFactorCode,
    SecondFactorDisable,
    SecondFactorSetupCreate,
    SecondFactorSetupRead,
    SecondFactorStatusRead,
)

router = APIRouter(tags=["auth"], responses=problems(401, 403, 422, 503))


@router.get("/auth/2fa", summary="One's second factor")
@permits(IN_PERSON)
async def read_second_factor(
    services: ServicesDependency, actor: ActorSettingUp
) -> SecondFactorStatusRead:
    """Whether one has a second factor, and has to have one."""
    return SecondFactorStatusRead.model_validate(await services.second_factor.status(actor))


@router.post("/auth/2fa/setup", summary="Set a second factor up", responses=problems(409, 429))
@permits(IN_PERSON)
async def set_up_second_factor(
    services: ServicesDependency,
    device: DeviceDependency,
    actor: ActorSettingUp,
    body: SecondFactorSetupCreate,
) -> SecondFactorSetupRead:
    """A secret for an authenticator app; it counts once a code of it is confirmed."""
    made = await services.second_factor.set_up(actor, body.password, device)
    return SecondFactorSetupRead.model_validate(made)


@router.post(
    "/auth/2fa/confirm", summary="Confirm one's second factor", responses=problems(409, 429)
)
@permits(IN_PERSON)
async def confirm_second_factor(
    services: ServicesDependency,
    device: DeviceDependency,
    actor: ActorSettingUp,
    body: SecondFactorCode,
) -> RecoveryCodesRead:
    """Signing in asks for a code from now on. Other sessions end."""
    codes = await services.second_factor.confirm(actor, body.otp, device)
    return RecoveryCodesRead(recovery_codes=codes)


@router.post(
    "/auth/2fa/recovery-codes", summary="Get new recovery codes", responses=problems(409, 429)
)
@permits(IN_PERSON)
async def renew_recovery_codes(
    services: ServicesDependency,
    device: DeviceDependency,
    actor: ActorSettingUp,
    body: SecondFactorCode,
) -> RecoveryCodesRead:
    """The old ones are good no more."""
    codes = await services.second_factor.renew_codes(actor, body.otp, device)
    return RecoveryCodesRead(recovery_codes=codes)


@router.post(
    "/auth/2fa/disable",
    status_code=204,
    summary="Disable one's second factor",
    responses=problems(409, 429),
)
@permits(IN_PERSON)
async def disable_second_factor(
    services: ServicesDependency,
    device: DeviceDependency,
    actor: ActorSettingUp,
    body: SecondFactorDisable,
) -> None:
    """Takes password and code; signing in asks for no code any more."""
    await services.second_factor.disable(actor, body.password, body.otp, device)


@router.delete(
    "/users/{user_id}/2fa",
    status_code=204,
    summary="Take a lost second factor away (admin)",
    responses=problems(404),
)
@permits(ADMIN)
async def remove_second_factor(
    services: ServicesDependency, device: DeviceDependency, actor: CurrentActor, user_id: UUID
) -> None:
    """For someone without authenticator and recovery codes; their sessions end."""
    await services.second_factor.remove_for(actor, user_id, device)
