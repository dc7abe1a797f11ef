"""Learning record stores, which are told of learning by xAPI statements."""

from uuid import UUID

from fastapi import APIRouter

from api.dependencies import CurrentActor, ServicesDependency
from api.openapi import problems
from api.permissions import ADMIN, permits
from api.schemas.record_stores import (
    RecordStoreCreate,
    RecordStoreList,
    RecordStoreLogRead,
    RecordStorePatch,
    RecordStoreRead,
)
from services.learning.record_stores import NewRecordStore

router = APIRouter(
    prefix="/admin/learning-record-stores",
    tags=["admin"],
    responses=problems(401, 403, 422, 503),
)


@router.get("", summary="List learning record stores (admin)")
@permits(ADMIN)
async def list_record_stores(services: ServicesDependency, actor: CurrentActor) -> RecordStoreList:
    """Every store, with how it goes."""
    stores = await services.learning.record_stores.every(actor)
    return RecordStoreList(items=[RecordStoreRead.model_validate(store) for store in stores])


@router.post(
    "", status_code=201, summary="Add a learning record store (admin)", responses=problems(409)
)
@permits(ADMIN)
async def create_record_store(
    services: ServicesDependency, actor: CurrentActor, body: RecordStoreCreate
) -> RecordStoreRead:
    """It is told of what happens from now on, or of everything."""
    new = NewRecordStore(
        **body.model_dump(exclude={"endpoint", "secret"}),
        endpoint=str(body.endpoint),
        secret=body.secret.get_secret_value(),
    )
    return RecordStoreRead.model_validate(await services.learning.record_stores.add(actor, new))


@router.patch(
    "/{store_id}",
    summary="Change a learning record store (admin)",
    responses=problems(404, 409),
)
@permits(ADMIN)
async def change_record_store(
    services: ServicesDependency, actor: CurrentActor, store_id: UUID, body: RecordStorePatch
) -> RecordStoreRead:
    """Sets the fields that are sent; it is tried again at once."""
    sent = {name: getattr(body, name) for name in body.model_fields_set}
    values = {name: value for name, value in sent.items() if value is not None}
    if body.secret is not None:
        values["secret"] = body.secret.get_secret_value()
    changed = await services.learning.record_stores.change(actor, store_id, values)
    return RecordStoreRead.model_validate(changed)


@router.delete(
    "/{store_id}",
    status_code=204,
    summary="Remove a learning record store (admin)",
    responses=problems(404),
)
@permits(ADMIN)
async def remove_record_store(
    services: ServicesDependency, actor: CurrentActor, store_id: UUID
) -> None:
    """Stops telling it; what it was told stays there."""
    await services.learning.record_stores.remove(actor, store_id)


@router.get(
    "/{store_id}/deliveries",
    summary="Read the deliveries to a learning record store (admin)",
    responses=problems(404),
)
@permits(ADMIN)
async def read_deliveries(
    services: ServicesDependency, actor: CurrentActor, store_id: UUID
) -> RecordStoreLogRead:
    """The last attempts, the latest first, and statements that it does not take."""
    found = await services.learning.record_stores.log(actor, store_id)
    return RecordStoreLogRead.model_validate(found)


@router.post(
    "/{store_id}/retry",
    summary="Offer a learning record store again what it refused (admin)",
    responses=problems(404, 409),
)
@permits(ADMIN)
async def retry_refused_statements(
    services: ServicesDependency, actor: CurrentActor, store_id: UUID
) -> RecordStoreLogRead:
    """One statement at a time, and what came of it."""
    found = await services.learning.record_stores.retry(actor, store_id)
    return RecordStoreLogRead.model_validate(found)
