"""One's own API keys. A program with a key may not manage keys: its user signs in for that."""

from uuid import UUID

from fastapi import APIRouter

from api.dependencies import ActorInPerson, ServicesDependency
from api.openapi import problems
from api.permissions import IN_PERSON, OWN_IN_PERSON, permits
from api.schemas.api_keys import ApiKeyCreate, ApiKeyCreated, ApiKeyRead

PATHS = ("/auth/api-keys", "/users/me/api-keys")
"""The same routes stand below both."""
router = APIRouter(tags=["auth"], responses=problems(401, 403, 422, 503))


@router.get("", summary="List one's own API keys")
@permits(IN_PERSON)
async def list_api_keys(services: ServicesDependency, actor: ActorInPerson) -> list[ApiKeyRead]:
    """At most 50, the newest first."""
    return [ApiKeyRead.model_validate(key) for key in await services.api_keys.of(actor)]


@router.post("", status_code=201, summary="Make an API key", responses=problems(409))
@permits(IN_PERSON)
async def create_api_key(
    services: ServicesDependency, actor: ActorInPerson, body: ApiKeyCreate
) -> ApiKeyCreated:
    """Shows the key this once. It acts as you on the routes of its scopes, never on these."""
    made = await services.api_keys.create(actor, body.name, body.expires_at, body.scopes)
    return ApiKeyCreated.model_validate(made)


@router.delete(
    "/{key_id}", status_code=204, summary="Take an API key back", responses=problems(404)
)
@permits(OWN_IN_PERSON)
async def revoke_api_key(services: ServicesDependency, actor: ActorInPerson, key_id: UUID) -> None:
    """It opens nothing any more; other processes of the service follow within five seconds."""
    await services.api_keys.revoke(actor, key_id)
