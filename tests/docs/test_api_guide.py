"""The Python of the API guide, run from top to bottom against the service."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from ai.embedding.onnx import OnnxEmbedder
from api.app import create_app
from bootstrap.adapters import Adapters, open_adapters
from bootstrap.job_runner import build_job_runner
from bootstrap.services import build_services
from bootstrap.settings import Settings
from connectors.webhook_messages import WebhookMessage, signature
from services.users import NewUser
from tests.support.doc_examples import CHECKOUT, blocks_of
from tests.support.material import session_encoder
from tests.support.running_app import running_app
from tests.support.service import People

__all__ = ["session_encoder"]

pytestmark = pytest.mark.server

GUIDE = CHECKOUT / "docs" / "guides" / "api.md"
ADDRESS = "http://127.0.0.1:8000"
TEACHER = "teacher@demo.local"
PASSWORD = "learn-by-asking"


@pytest.fixture
def embedder(session_encoder: OnnxEmbedder) -> OnnxEmbedder:
    return session_encoder


@pytest.fixture
async def adapters(
    settings: Settings, own_database_url: str, embedder: OnnxEmbedder
) -> AsyncIterator[Adapters]:
    """With a database in which no other job waits."""
    own = settings.model_copy(update={"database_url": SecretStr(own_database_url)})
    async with open_adapters(own, embedder) as opened:
        yield opened


@asynccontextmanager
async def working(adapters: Adapters) -> AsyncIterator[None]:
    """Jobs are done as they come."""
    runner = build_job_runner(adapters, "guide")

    async def work() -> None:
        while True:
            job = await runner.claim()
            if job is None:
                await asyncio.sleep(0.02)
            else:
                await runner.do(job)

    task = asyncio.create_task(work())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


def run_guide(address: str) -> dict[str, Any]:
    """Runs its blocks one after the other in one namespace; what they left in it."""
    names: dict[str, Any] = {}
    try:
        for block in blocks_of(GUIDE):
            if block.language == "python":
                text = "\n" * (block.line - 1) + block.text.replace(ADDRESS, address)
                exec(compile(text, str(GUIDE), "exec"), names)
    finally:
        for opened in ("client", "tutor"):
            if opened in names:
                names[opened].close()
    return names


def signed_headers(secret: str, body: bytes, sent_at: int) -> dict[str, str]:
    signed = signature(secret, WebhookMessage("msg_1", sent_at, body))
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(sent_at),
        "webhook-signature": signed,
    }


async def test_the_python_of_the_guide_does_what_it_says(
    settings: Settings,
    adapters: Adapters,
    people: People,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    admin = await people.add("admin")
    teacher = NewUser(TEACHER, PASSWORD, None, "teacher")
    await build_services(adapters).users.create(admin.actor, teacher)
    app = create_app(lambda _: nullcontext(adapters), settings)

    async with running_app(app) as address, working(adapters):
        names = await asyncio.to_thread(run_guide, address)

    assert "fulcrum" in names["passages"]["hits"][0]["text"]
    assert "turning effects" in names["answer"]
    assert names["rest"]
    assert names["answer"].endswith(names["rest"])
    assert names["whole"]["citations"]
    assert "lever" in names["heard"].lower()
    assert "fulcrum" in names["completion"].choices[0].message.content
    assert names["attempt"]["maximum"] > 0
    assert "Levers" in (tmp_path / "levers.gift").read_text()
    now = int(time.time())
    assert names["is_genuine"](signed_headers(names["secret"], b"{}", now), b"{}")
    assert not names["is_genuine"](signed_headers(names["secret"], b"{}", now), b"{ }")
    assert not names["is_genuine"](signed_headers(names["secret"], b"{}", now - 600), b"{}")
