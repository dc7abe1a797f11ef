"""Health for machines, the page for people, the OpenAPI document for generators."""

import gzip
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
from api.page import asset_routes, page_router
from bootstrap.adapters import Adapters
from bootstrap.settings import Settings

pytestmark = pytest.mark.server


async def test_a_whole_service_is_ready(client: httpx2.AsyncClient) -> None:
    ready = await client.get("http://service/health/ready")
    report = await client.get("http://service/health")

    assert ready.status_code == 200
    assert ready.json()["status"] == "healthy"
    needed = ["database", "redis", "redis_cache"]
    assert [check["name"] for check in ready.json()["checks"]] == needed
    checks = report.json()["checks"]
    assert [check["name"] for check in checks] == [*needed, "chat_models", "jobs", "disk"]
    assert all(0 < check["seconds"] < 3 for check in checks)


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
    *("pint", "sympy", "zstandard", "imageio_ffmpeg"),
    *("opentelemetry.sdk", "opentelemetry.exporter", "google.protobuf"),
    *("cryptography.hazmat", "authlib", "joserfc", "pyotp", "segno", "aiosmtplib"),
)
"""What encoding by other means, migrating, publishing jobs, reading documents, exports, units,
formulas, videos, traces, second factors, other providers of identity and sending mail need."""


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
    assert "fastapi" in imported
    assert not imported & set(HEAVY)


WITH_PROOF_OF_THEIR_OWN = ("/api/v1/auth/", "/api/v1/signed-assets/", "/api/v1/certificates/")
"""Routes for who does not sign in: they sign in there, or their address is signed or a secret."""
NEVER_NOT_FOUND = {
    ("put", "/api/v1/admin/models/aliases/{alias}"),
    ("get", "/api/v1/signed-assets/{asset_id}/{expires}/{signature}"),
}
"""What the first names need not exist before; the second says only that the address is not good."""


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
            if not path.startswith(WITH_PROOF_OF_THEIR_OWN):
                assert "401" in declared, where
            if "{" in path and (method, path) not in NEVER_NOT_FOUND:
                assert "404" in declared, where
    assert "Problem" in document["components"]["schemas"]
    assert "HTTPValidationError" not in str(document["paths"])


LARGE_FILE = "export const word = 1;\n" * 1000


@pytest.fixture
def page(tmp_path: Path) -> FastAPI:
    """An app with a page of a few files."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>NeuroShiksha</title>")
    (tmp_path / "assets" / "index-abc123.js").write_text("export {}")
    (tmp_path / "assets" / "large-abc123.js").write_text(LARGE_FILE)
    (tmp_path / "assets" / "large-abc123.js.gz").write_bytes(gzip.compress(LARGE_FILE.encode()))
    app = FastAPI()
    app.router.routes.extend(asset_routes(tmp_path))
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


async def test_files_of_the_page_are_sent_as_the_build_has_compressed_them(page: FastAPI) -> None:
    transport = httpx2.ASGITransport(app=page)
    async with httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
        whole = await client.get("/assets/large-abc123.js", headers={"Accept-Encoding": "br, gzip"})
        plain = await client.get("/assets/large-abc123.js", headers={"Accept-Encoding": "identity"})
        part = await client.get("/assets/large-abc123.js", headers={"Range": "bytes=0-9"})
        other = await client.get("/assets/index-abc123.js")

    assert whole.headers["Content-Encoding"] == "gzip"
    assert int(whole.headers["Content-Length"]) < len(LARGE_FILE) / 10
    assert whole.text == plain.text == LARGE_FILE
    assert whole.headers["Content-Type"] == plain.headers["Content-Type"]
    assert whole.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in plain.headers
    assert "Content-Encoding" not in part.headers
    assert part.content == LARGE_FILE[:10].encode()
    assert other.text == "export {}"


async def test_a_compressed_file_that_a_browser_has_is_not_sent_again(page: FastAPI) -> None:
    transport = httpx2.ASGITransport(app=page)
    async with httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
        tag = (await client.get("/assets/large-abc123.js")).headers["ETag"]
        again = await client.get("/assets/large-abc123.js", headers={"If-None-Match": tag})

    assert again.status_code == 304
    assert again.content == b""


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
