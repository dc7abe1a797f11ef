"""The application factory."""

import gc
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from functools import partial
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from fastapi.middleware.cors import CORSMiddleware

from api.errors import install_error_handlers
from api.middleware import BodyLimit, LimitBody, RequestContext
from api.openapi import openapi_document
from api.page import page_router
from api.routers import (
    admin_budgets,
    admin_cache,
    admin_models,
    admin_prompts,
    admin_usage,
    admin_websockets,
    api_keys,
    auth,
    chat,
    conversation_export,
    conversations,
    courses,
    documents,
    enrollments,
    feedback,
    health,
    jobs,
    lessons,
    messages,
    openai_compatible,
    page_images,
    search,
    users,
)
from api.websocket.route import websocket_routes
from bootstrap.adapters import Adapters, open_adapters
from bootstrap.services import open_services
from bootstrap.settings import Settings

AdaptersFactory = Callable[[Settings], AbstractAsyncContextManager[Adapters]]
open_serving_adapters: AdaptersFactory = partial(open_adapters, encodes_questions_only=True)

API_PREFIX = "/api/v1"
ROUTERS: tuple[APIRouter, ...] = (
    chat.router,  # first, as routers are tried in turn
    auth.router,
    users.router,
    api_keys.router,
    courses.router,
    enrollments.router,
    lessons.router,
    documents.router,
    search.router,
    messages.router,
    page_images.router,
    conversations.router,
    conversation_export.router,
    feedback.router,
    admin_models.router,
    jobs.router,
    admin_budgets.router,
    admin_cache.router,
    admin_usage.router,
    admin_prompts.router,
    admin_websockets.router,
)
"""Routers below `API_PREFIX`, one line each, in the order of the documentation."""

BODY_LIMIT_BYTES = 64 * 1024
BULK_BODY_LIMIT_BYTES = 8 * 1024 * 1024
"""For lessons, whose text is long, and for a hundred things at once."""
MESSAGES_LIMIT_BYTES = 1024 * 1024
"""For whole conversations, which an OpenAI client sends with each question."""
MULTIPART_ALLOWANCE_BYTES = 1024 * 1024
"""Boundaries and headers of an upload's parts come on top of its files."""


def create_app(
    adapters_factory: AdaptersFactory = open_serving_adapters, settings: Settings | None = None
) -> FastAPI:
    """The application; it opens its adapters when it starts and closes them when it stops.

    Tests give a factory of their own, say one that yields adapters with a scripted chat model.
    """
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with adapters_factory(settings) as adapters, open_services(adapters) as services:
            app.state.services = services
            services.answering.take_over_orphans()
            with _collector_spared():
                yield

    app = FastAPI(
        title="NeuroShiksha",
        summary="AI tutor and content studio, grounded in a course and cited to the page.",
        version=version("neuroshiksha"),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.openapi = partial(openapi_document, app)  # type: ignore[method-assign]
    install_error_handlers(app)
    install_middleware(app, settings)
    app.include_router(health.router)
    for router in ROUTERS:
        app.include_router(router, prefix=API_PREFIX)
    app.include_router(openai_compatible.router)
    app.router.routes.extend(websocket_routes(API_PREFIX, ""))
    app.include_router(page_router())
    return app


@contextmanager
def _collector_spared() -> Iterator[None]:
    """Leaves what a start makes, which stays to the end anyway, out of garbage collections.

    A full collection held up every answer for a tenth of a second, as it went through all of it.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def install_middleware(app: FastAPI, settings: Settings) -> None:
    """Adds the middleware; the last added is the outermost."""
    uploads = settings.upload_limit_bytes + MULTIPART_ALLOWANCE_BYTES
    limits = (
        BodyLimit(re.compile(r"/api/v1/courses/[^/]+/documents"), uploads),
        BodyLimit(re.compile(r"/api/v1/(courses/bulk|.*/?lessons(/.*)?)"), BULK_BODY_LIMIT_BYTES),
        BodyLimit(re.compile(r"/v1/chat/completions"), MESSAGES_LIMIT_BYTES),
    )
    app.add_middleware(LimitBody, default_bytes=BODY_LIMIT_BYTES, limits=limits)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_credentials=True,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID"],
            expose_headers=["Location", "Retry-After", "X-Process-Time", "X-Request-ID"],
        )
    app.add_middleware(RequestContext)
