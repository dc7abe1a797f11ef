"""Looking into the process that answers: statements, requests, tasks, memory, log, tokens."""

import asyncio
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse

from api.debugging.dependency import DebuggingDependency
from api.dependencies import CurrentActor, ServicesDependency
from api.openapi import problems
from api.permissions import ADMIN, permits
from api.schemas.common import PlainText
from api.schemas.debugging import (
    CachesRead,
    JobsRead,
    LogRead,
    LoopRead,
    MemoryRead,
    MemoryTracing,
    MemoryTracingRead,
    ProcessOverviewRead,
    RecordedRequestsRead,
    StatementsRead,
    TasksRead,
    TokenReportRead,
    TokenToInspect,
)
from services.debugging.process import process_figures, process_name
from services.debugging.profiling import MOST_SECONDS
from services.debugging.statements import StatementOrder
from services.debugging.tasks import waiting_tasks
from storage.errors import StorageUnavailableError

router = APIRouter(
    prefix="/admin/debug", tags=["admin"], responses=problems(401, 403, 409, 422, 503)
)

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
PROFILE_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline';"
    " style-src 'unsafe-inline'; img-src data:; font-src data:"
)
"""The profile's own scripts run, in an origin of their own: they reach no cookie and no address."""

Shown = Annotated[int, Query(ge=1, le=500, description="How many to show.")]


@router.get("", summary="A process at a glance (admin)")
@permits(ADMIN)
async def read_overview(debugging: DebuggingDependency) -> ProcessOverviewRead:
    """Memory, event loop, pool and connections of the process that answers."""
    connections = None
    with suppress(StorageUnavailableError):
        connections = await debugging.watched.connections()
    return ProcessOverviewRead.model_validate(
        {
            "process": process_name(),
            "figures": process_figures(),
            "lag": debugging.loop.lag,
            "pool": debugging.watched.pool,
            "connections": connections,
            "requests": debugging.requests.count,
        }
    )


@router.get("/statements", summary="What PostgreSQL was asked (admin)")
@permits(ADMIN)
async def read_statements(
    debugging: DebuggingDependency,
    order: Annotated[StatementOrder, Query(description="What comes first.")] = "total",
    size: Shown = 50,
) -> StatementsRead:
    """Patterns of statements with counts and times, and the latest slow ones."""
    statements = debugging.statements
    return StatementsRead.model_validate(
        {
            "process": process_name(),
            "since": statements.since,
            "left_out": statements.left_out,
            "patterns": statements.patterns(order, size),
            "slow": statements.slow,
        }
    )


@router.post("/statements/forget", status_code=204, summary="Count statements anew (admin)")
@permits(ADMIN)
async def forget_statements(debugging: DebuggingDependency) -> None:
    """Begins the table anew, in the process that answers."""
    debugging.statements.forget()


@router.get("/requests", summary="The last requests and responses (admin)")
@permits(ADMIN)
async def read_requests(
    debugging: DebuggingDependency,
    path: Annotated[
        PlainText, Query(max_length=200, description="What their paths begin with.")
    ] = "",
    status_from: Annotated[int, Query(ge=0, le=599, description="The least status.")] = 0,
    seconds_from: Annotated[float, Query(ge=0, le=3600, description="The least time.")] = 0,
    size: Shown = 50,
) -> RecordedRequestsRead:
    """Secrets are hidden; so are bodies that are not an administrator's to read."""
    found = debugging.requests.latest(
        size, path=path, status_from=status_from, seconds_from=seconds_from
    )
    return RecordedRequestsRead.model_validate({"process": process_name(), "items": found})


@router.get("/tasks", summary="Running asyncio tasks (admin)")
@permits(ADMIN)
async def read_tasks(debugging: DebuggingDependency) -> TasksRead:  # noqa: ARG001 - who may
    """Each with where it waits; those in the same place together."""
    return TasksRead.model_validate({"process": process_name(), "items": waiting_tasks()})


@router.get("/loop", summary="What held up the event loop (admin)")
@permits(ADMIN)
async def read_loop(debugging: DebuggingDependency) -> LoopRead:
    """How late it ran what was due, and slow callbacks caught in the act."""
    loop = debugging.loop
    return LoopRead.model_validate(
        {"process": process_name(), "lag": loop.lag, "blocks": loop.blocks}
    )


@router.post("/memory/snapshot", summary="Take a snapshot of memory (admin)")
@permits(ADMIN)
async def take_memory_snapshot(debugging: DebuggingDependency) -> MemoryRead:
    """Objects by type, and by line while that is traced, with the difference to the one before."""
    taken = await asyncio.to_thread(debugging.memory.snapshot)
    fields = {name: getattr(taken, name) for name in type(taken).__slots__}
    return MemoryRead.model_validate({"process": process_name(), **fields})


@router.put("/memory/tracing", summary="Trace allocations, or no longer (admin)")
@permits(ADMIN)
async def trace_memory(debugging: DebuggingDependency, body: MemoryTracing) -> MemoryTracingRead:
    """While it lasts, the process that answers is about half as fast."""
    debugging.memory.trace(body.is_wanted)
    return MemoryTracingRead.model_validate(
        {"process": process_name(), "is_traced": debugging.memory.is_traced}
    )


@router.get(
    "/profile",
    summary="Profile the next seconds (admin)",
    response_class=HTMLResponse,
    responses={200: {"content": {"text/html": {}}, "description": "The profile, as a page."}},
)
@permits(ADMIN)
async def take_profile(
    debugging: DebuggingDependency,
    seconds: Annotated[float, Query(gt=0, le=MOST_SECONDS, description="For how long.")] = 5,
) -> Response:
    """Where the event loop spends its time, as a page that stands by itself."""
    page = await debugging.profiles.take(seconds)
    name = process_name()
    headers = {
        "Content-Security-Policy": PROFILE_POLICY,
        "X-Process": f"{name.host}:{name.pid}",
    }
    return HTMLResponse(page, headers=headers)


@router.get("/log", summary="The last lines of the log (admin)")
@permits(ADMIN)
async def read_log(
    debugging: DebuggingDependency,
    level: Annotated[
        str, Query(pattern="^(debug|info|warning|error)$", description="The least level.")
    ] = "debug",
    q: Annotated[PlainText, Query(max_length=200, description="Words they hold.")] = "",
    size: Shown = 200,
) -> LogRead:
    """The newest first, secrets hidden."""
    lines = debugging.log.latest(size, level=LEVELS[level], words=q)
    return LogRead.model_validate({"process": process_name(), "items": lines})


@router.get("/caches", summary="How the caches are (admin)")
@permits(ADMIN)
async def read_caches(
    debugging: DebuggingDependency, services: ServicesDependency, actor: CurrentActor
) -> CachesRead:
    """Answers, reads, and both Redis servers, of all processes together."""
    return CachesRead.model_validate(
        {
            "process": process_name(),
            "answers": await services.answer_cache.statistics(actor),
            "reads": await services.read_cache.statistics(actor),
            "redis": await debugging.watched.redis_servers(),
        }
    )


@router.get("/jobs", summary="How jobs are (admin)")
@permits(ADMIN)
async def read_jobs(debugging: DebuggingDependency) -> JobsRead:
    """By kind and status: those that wait or are at work, and those that ended within a day."""
    items = await debugging.watched.jobs()
    return JobsRead.model_validate({"process": process_name(), "items": items})


@router.post("/token", summary="Look at a token (admin)")
@permits(ADMIN)
async def inspect_token(debugging: DebuggingDependency, body: TokenToInspect) -> TokenReportRead:
    """What it claims, and why it is not accepted; it is neither kept, logged nor used."""
    report = await debugging.watched.tokens.inspect(body.token)
    fields = {name: getattr(report, name) for name in (*type(report).__slots__, "is_valid")}
    return TokenReportRead.model_validate({"process": process_name(), **fields})
