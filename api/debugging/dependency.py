"""What a process keeps of itself, for routes that show it."""

from typing import Annotated

from fastapi import Depends, Request

from api.dependencies import CurrentActor
from services.debugging.errors import DebuggingOffError
from services.debugging.service import Debugging


async def debugging_of(request: Request, actor: CurrentActor) -> Debugging:
    """Debugging of this process, for an admin.

    Raises:
        PermissionDeniedError: for anyone else.
        DebuggingOffError: it is off in this installation.
    """
    actor.require("admin", action="debug the service")
    debugging: Debugging | None = request.app.state.debugging
    if debugging is None:
        raise DebuggingOffError
    return debugging


DebuggingDependency = Annotated[Debugging, Depends(debugging_of)]
