"""The application factory."""

import gc
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from functools import cache, partial
from importlib.metadata import version

from fastapi import APIRouter, Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute

from api.admission import LimitRequests
from api.collections import Made
from api.debugging.recording import RecordRequests
from api.dependencies import visitor
from api.deprecations import deprecated_routes
from api.draining import Draining
from api.edge import HttpsOnly, TrustedHosts
from api.errors import install_error_handlers
from api.measuring import RequestMeasures
from api.middleware import BodyLimit, LimitBody, RequestContext
from api.openapi import openapi_document
from api.page import asset_routes, page_router
from api.permissions import declared_routes
from api.routers import (
    admin_audit,
    admin_budgets,
    admin_cache,
    admin_debug,
    admin_mails,
    admin_models,
    admin_prompts,
    admin_record_stores,
    admin_usage,
    admin_websockets,
    api_keys,
    assets,
    attempts,
    auth,
    cards,
    chat,
    content_comments,
    content_exchange,
    content_versions,
    contents,
    conversation_export,
    conversations,
    corrections,
    course_policy,
    courses,
    documents,
    enrollments,
    feedback,
    generation,
    grades,
    health,
    held_certificates,
    insights,
    invitations,
    jobs,
    lessons,
    messages,
    metrics,
    notifications,
    oidc,
    openai_compatible,
    page_images,
    progress,
    recovery,
    search,
    second_factor,
    sessions,
    study,
    users,
    webhooks,
)
from api.versions import VERSION_HEADER, RefuseUnknownVersions
from api.websocket.route import websocket_routes
from bootstrap.adapters import Adapters, open_adapters
from bootstrap.debugging import build_debugging, watching
from bootstrap.services import open_services
from bootstrap.settings import Settings
from bootstrap.vital_signs import VitalSigns, watched

AdaptersFactory = Callable[[Settings], AbstractAsyncContextManager[Adapters]]

API_PREFIX = "/api/v1"
ROUTERS: tuple[APIRouter, ...] = (
    chat.router,  # first, as routers are tried in turn
    auth.router,
    sessions.router,
    recovery.router,
    second_factor.router,
    oidc.router,
    users.router,
    invitations.router,
    courses.router,
    course_policy.router,
    enrollments.router,
    lessons.router,
    attempts.router,
    grades.router,
    cards.router,
    progress.router,
    study.router,
    held_certificates.router,
    study.check_router,
    contents.router,
    content_versions.router,
    content_comments.router,
    content_exchange.router,
    generation.router,
    assets.router,
    documents.router,
    search.router,
    messages.router,
    page_images.router,
    conversations.router,
    conversation_export.router,
    feedback.router,
    insights.router,
    corrections.router,
    notifications.router,
    webhooks.router,
    admin_models.router,
    jobs.router,
    admin_audit.router,
    admin_budgets.router,
    admin_cache.router,
    admin_mails.router,
    admin_usage.router,
    admin_prompts.router,
    admin_record_stores.router,
    admin_websockets.router,
    admin_debug.router,
)
"""Routers below `API_PREFIX`, one line each, in the order of the documentation."""
PREFIXED_ROUTERS: tuple[tuple[str, APIRouter], ...] = (
    ("", health.router),
    ("", metrics.router),
    *((API_PREFIX, router) for router in ROUTERS),
    *((API_PREFIX + path, api_keys.router) for path in api_keys.PATHS),
    ("", openai_compatible.answers_router),
    ("", openai_compatible.router),
)
"""All of the documented interface, with what their paths begin with. No router includes another:
what is declared for a route is read from the router that it stands in."""
UNCOUNTED = (health.router, metrics.router)
"""Asked by machines every few seconds; no rate limit stands before them."""

BODY_LIMIT_BYTES = 64 * 1024
BULK_BODY_LIMIT_BYTES = 8 * 1024 * 1024
"""For lessons and other content, whose text is long, and for a hundred things at once."""
MESSAGES_LIMIT_BYTES = 1024 * 1024
"""For whole conversations, which an OpenAI client sends with each question."""
MULTIPART_ALLOWANCE_BYTES = 1024 * 1024
"""Boundaries and headers of an upload's parts come on top of its files."""


@contextmanager
def collector_spared() -> Iterator[None]:
    """Leaves what a start makes, which stays to the end anyway, out of garbage collections.

    A full collection held up every answer for a tenth of a second, as it went through all of it.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@asynccontextmanager
async def open_serving_adapters(settings: Settings) -> AsyncIterator[Adapters]:
    """The adapters of a process that serves and does nothing else."""
    async with open_adapters(settings, encodes_questions_only=True, process="api") as adapters:
        with collector_spared():
            yield adapters


def create_app(
    adapters_factory: AdaptersFactory = open_serving_adapters, settings: Settings | None = None
) -> FastAPI:
    """The application; it opens its adapters when it starts and closes them when it stops.

    Tests give a factory of their own, say one that yields adapters with a scripted chat model.
    """
    settings = settings or Settings()
    debugging = build_debugging(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with (
            adapters_factory(settings) as adapters,
            watching(debugging, adapters),
            open_services(adapters) as services,
        ):
            app.state.services = services
            app.state.traces = adapters.traces
            measures = app.state.measures = RequestMeasures(adapters.metrics)
            services.answering.take_over_orphans()
            signs = VitalSigns(adapters, "api")
            async with watched(signs, lambda: measures.sockets(services.sockets.count)):
                with app.state.draining.on_sigterm():
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
    app.state.metrics_token = settings.metrics_token.get_secret_value()
    app.state.draining = Draining(settings.drain_seconds)
    app.state.has_secure_cookies = settings.environment != "embedded"
    app.state.debugging = debugging
    app.openapi = partial(  # type: ignore[method-assign]
        openapi_document,
        app,
        tuple(declared_routes(PREFIXED_ROUTERS)),
        tuple(deprecated_routes(PREFIXED_ROUTERS)),
    )
    install_error_handlers(app)
    install_middleware(app, settings)
    if debugging is not None:
        app.add_middleware(RecordRequests, recorder=debugging.requests)
    app.add_middleware(RequestContext, is_https_only=settings.https_only)
    app.router.routes.extend(asset_routes())
    app.router.routes.extend(interface_routes(counts_visitors="address" in settings.rate_limits))
    app.router.routes.extend(websocket_routes(API_PREFIX, ""))
    app.include_router(page_router())
    return app


@cache
def interface_routes(*, counts_visitors: bool) -> tuple[BaseRoute, ...]:
    """The documented interface; made once in a process, for all that is derived for each route."""
    interface = APIRouter()
    for prefix, router in PREFIXED_ROUTERS:
        is_counted = counts_visitors and router not in UNCOUNTED
        counting = [Depends(visitor)] if is_counted else None
        interface.include_router(router, prefix=prefix, dependencies=counting)
    return tuple(interface.routes)


def install_middleware(app: FastAPI, settings: Settings) -> None:
    """Adds what stands between a request's context and its route; the last added is outermost."""
    uploads = settings.upload_limit_bytes + MULTIPART_ALLOWANCE_BYTES
    limits = (
        BodyLimit(re.compile(r"/api/v1/courses/[^/]+/documents"), uploads),
        BodyLimit(re.compile(r"/api/v1/(courses/bulk|.*/?lessons(/.*)?)"), BULK_BODY_LIMIT_BYTES),
        BodyLimit(re.compile(f"/api/v1/.*({'|'.join(Made)})(/[^/]+)?"), BULK_BODY_LIMIT_BYTES),
        BodyLimit(re.compile(r"/v1/chat/completions"), MESSAGES_LIMIT_BYTES),
    )
    app.add_middleware(LimitRequests, at_once=settings.requests_at_once)
    app.add_middleware(LimitBody, default_bytes=BODY_LIMIT_BYTES, limits=limits)
    app.add_middleware(RefuseUnknownVersions)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors_origins),
            allow_credentials=True,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=[
                VERSION_HEADER,
                "Authorization",
                "Content-Type",
                "Idempotency-Key",
                "If-None-Match",
                "Last-Event-ID",
                "X-CSRF-Token",
            ],
            expose_headers=[
                VERSION_HEADER,
                "Cache-Status",
                "Deprecation",
                "ETag",
                "Link",
                "Location",
                "RateLimit",
                "RateLimit-Policy",
                "Retry-After",
                "Sunset",
                "X-Process-Time",
                "X-Request-ID",
            ],
        )
    if settings.https_only:
        app.add_middleware(HttpsOnly)
    if settings.trusted_hosts:
        app.add_middleware(TrustedHosts, hosts=settings.trusted_hosts)
