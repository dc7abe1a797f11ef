"""Opens WebSockets: a place first, then the ticket, then the connection."""

from contextlib import ExitStack

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from api.errors import domain_problem_response
from api.observing import know_user
from api.websocket.connection import SocketConnection
from bootstrap.services import Services
from services.errors import NotAuthenticatedError, OverloadedError
from services.sockets import TicketHolder
from storage.errors import StorageUnavailableError

NO_TICKET = (
    "Open it with a ticket, as in /api/v1/ws?ticket=..., from POST /api/v1/auth/ws-ticket. A"
    " ticket is good once, within seconds."
)


async def open_socket(websocket: WebSocket) -> None:
    """Serves a WebSocket; one that may not be opened is answered with a problem."""
    services: Services = websocket.app.state.services
    with ExitStack() as place:
        try:
            record = place.enter_context(services.sockets.opened())
            holder = await _holder_of(websocket, services)
            services.sockets.belongs_to(record, holder.user_id)
            know_user(websocket.scope, holder.user_id)
        except (NotAuthenticatedError, OverloadedError, StorageUnavailableError) as error:
            response = domain_problem_response(websocket.scope, error)
            await websocket.send_denial_response(response)
            return
        await websocket.accept()
        connection = SocketConnection(websocket, services, record, services.sockets.idle_seconds)
        await connection.run(holder)


def websocket_routes(*prefixes: str) -> list[WebSocketRoute]:
    """`/ws` below each prefix."""
    return [WebSocketRoute(f"{prefix}/ws", open_socket) for prefix in prefixes]


async def _holder_of(websocket: WebSocket, services: Services) -> TicketHolder:
    """Who opens it, by the ticket in its address.

    Raises:
        NotAuthenticatedError: there is none, or not a good one; or the account is blocked.
        StorageUnavailableError: tickets cannot be looked up.
    """
    ticket = websocket.query_params.get("ticket", "")
    if not ticket:
        raise NotAuthenticatedError(NO_TICKET)
    holder = await services.socket_tickets.redeem(ticket)
    await services.identity.recognise(holder.user_id, holder.session_id)
    return holder
