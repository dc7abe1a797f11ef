"""Health for machines, the page for people, the OpenAPI document for generators."""

import subprocess
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from asgi_lifespan import LifespanManager
from fastapi import FastAPI
from redis.asyncio import Redis

from api.app import create_app
from api.middleware import RequestContext
from api.page import page_router
from bootstrap.adapters import Adapters
from bootstrap.settings import Settings

pytestmark = pytest.mark.server


async def test_a_whole_service_is_ready(client: httpx2.AsyncClient) -> None:
    ready = await client.get("http://service/health/ready")
    report = await client.get("http://service/health")

    assert ready.status_code == 200
    assert ready.json() == report.json()
    assert ready.json()["status"] == "ok"
    assert [check["name"] for check in ready.json()["checks"]] == [
        "database",
        "redis",
        "redis_cache",
    ]


async def test_without_redis_the_service_is_ready_but_degraded(
    adapters: Adapters, settings: Settings
) -> None:
    away = replace(adapters, redis=Redis.from_url("redis://127.0.0.1:1/0"))
    app = create_app(lambda _: nullcontext(away), settings)
    async with LifespanManager(app, startup_timeout=60, shutdown_timeout=60) as manager:
        transport = httpx2.ASGITransport(app=manager.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
            response = await client.get("/health/ready")

    assert response.status_code == 200
    assert response.json()["status"] == "degraded"


HEAVY = (
    *("torch", "sentence_transformers", "transformers", "onnx", "scipy", "alembic", "mako"),
    *("celery", "kombu", "rich", "pygments"),
    *("lxml", "pptx", "pypdfium2", "pypandoc", "typst", "PIL"),
    *("semantic_text_splitter", "charset_normalizer", "markdown_it"),
)
"""What encoding by other means, migrating, publishing jobs and reading documents need."""


def test_the_api_process_imports_nothing_heavy_that_it_does_not_need() -> None:
    program = (
        "import sys, cli.serve, ai.chat.providers; from api.app import create_app;"
        " from bootstrap.settings import Settings;"
        " create_app(settings=Settings(_env_file=None)).openapi();"
        " print(*sys.modules)"
    )

    completed = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )

    imported = set(completed.stdout.split())
    assert "onnxruntime" in imported
    assert not imported & set(HEAVY)


MADE_BY_PUT = {("put", "/api/v1/admin/models/aliases/{alias}")}
"""What such a request names need not exist before."""


def test_every_route_declares_its_problems(app: FastAPI) -> None:
    document = app.openapi()

    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            declared = set(operation["responses"])
            where = f"{method} {path}"
            assert operation.get("summary"), where
            assert operation.get("tags"), where
            if not path.startswith("/api/v1/"):
                continue
            assert {"422", "503"} <= declared, where
            if "/auth/" not in path:
                assert "401" in declared, where
            if "{" in path and (method, path) not in MADE_BY_PUT:
                assert "404" in declared, where
    assert "Problem" in document["components"]["schemas"]
    assert "HTTPValidationError" not in str(document["paths"])


@pytest.fixture
def page(tmp_path: Path) -> FastAPI:
    """An app with a page of two files."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>NeuroShiksha</title>")
    (tmp_path / "assets" / "index-abc123.js").write_text("export {}")
    app = FastAPI()
    app.include_router(page_router(tmp_path))
    app.add_middleware(RequestContext)
    return app


async def get(app: FastAPI, path: str, accept: str = "text/html") -> httpx2.Response:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
        return await client.get(path, headers={"Accept": accept})


@pytest.mark.parametrize("path", ["/", "/courses/physics", "/sign-in"])
async def test_the_pages_own_paths_get_its_index(page: FastAPI, path: str) -> None:
    response = await get(page, path)

    assert response.status_code == 200
    assert "<title>NeuroShiksha</title>" in response.text
    assert response.headers["Cache-Control"] == "no-cache"
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]


async def test_hashed_files_are_kept_for_ever(page: FastAPI) -> None:
    found = await get(page, "/assets/index-abc123.js", accept="*/*")
    missing = await get(page, "/assets/index-old.js", accept="*/*")

    assert found.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert missing.status_code == 404
    assert "immutable" not in missing.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/api/v1/alchemy", "/health/alchemy", "/v1/alchemy"])
async def test_paths_of_the_api_never_get_the_page(page: FastAPI, path: str) -> None:
    assert (await get(page, path)).status_code == 404


@pytest.mark.parametrize("path", ["/../pyproject.toml", "/%2e%2e/%2e%2e/etc/passwd", "/a%00b"])
async def test_no_file_outside_the_page_is_served(page: FastAPI, path: str) -> None:
    response = await get(page, path, accept="*/*")

    assert response.status_code == 404


async def test_without_a_built_page_a_text_says_how_to_build_it(tmp_path: Path) -> None:
    app = FastAPI()
    app.include_router(page_router(tmp_path / "missing"))

    response = await get(app, "/")

    assert response.headers["Content-Type"].startswith("text/plain")
    assert "make run" in response.text
