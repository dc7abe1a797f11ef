"""The registry of chat models over HTTP, on real PostgreSQL, Redis and upstreams."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid4

from bootstrap.adapters import Adapters, open_adapters
from bootstrap.services import Services, build_services
from bootstrap.settings import Settings
from storage.database import MAINTENANCE
from tests.ai.chat.examples import answer, request
from tests.support.openai_server import DEFAULT_ANSWER, Behaviour, OpenAIServer
from tests.support.service import Person

ASKED = request("What is work?")


@pytest.fixture
async def upstream() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer() as server:
        yield server


@pytest.fixture
async def clean_registry(adapters: Adapters) -> AsyncIterator[None]:
    yield
    async with adapters.database.transaction(MAINTENANCE) as session:
        await session.execute(text("DELETE FROM model_aliases"))
        await session.execute(text("DELETE FROM model_deployments"))


@pytest.fixture
def http(client: httpx2.AsyncClient, admin: Person, clean_registry: None) -> httpx2.AsyncClient:
    """Signed in as an admin."""
    client.headers.update(admin.headers)
    return client


def deployment(upstream: OpenAIServer, **values: Any) -> dict[str, Any]:
    return {
        "provider": "openai_compatible",
        "base_url": upstream.base_url,
        "wire_model": "tutor-large",
        "limits": {"attempts": 1, "first_token_seconds": 1},
        **values,
    }


async def add(http: httpx2.AsyncClient, upstream: OpenAIServer, **values: Any) -> str:
    name = values.pop("name", f"model-{uuid4().hex[:8]}")
    created = await http.post(
        "/admin/models", json={"name": name, **deployment(upstream, **values)}
    )
    assert created.status_code == 201, created.text
    return str(name)


async def health(http: httpx2.AsyncClient, name: str) -> dict[str, Any]:
    read = await http.get(f"/admin/models/{name}")
    return dict(read.json()["health"])


async def test_a_deployment_is_added_read_changed_and_removed(
    http: httpx2.AsyncClient, upstream: OpenAIServer
) -> None:
    name = await add(http, upstream, price={"input": "0.25", "output": 2})

    listed = (await http.get("/admin/models")).json()
    changed = await http.patch(f"/admin/models/{name}", json={"tier": "complex"})
    removed = await http.delete(f"/admin/models/{name}")
    after = await http.get(f"/admin/models/{name}")

    assert name in [found["name"] for found in listed["deployments"]]
    assert changed.json()["definition"]["tier"] == "complex"
    assert changed.json()["definition"]["price"]["input"] == "0.25"
    assert (removed.status_code, after.status_code) == (204, 404)


async def test_an_alias_says_what_stands_behind_it(
    http: httpx2.AsyncClient, upstream: OpenAIServer
) -> None:
    first, second = await add(http, upstream), await add(http, upstream)

    body = {"deployments": [second, first], "strategy": "round_robin"}
    changed = await http.put("/admin/models/aliases/tutor", json=body)
    aliases = {
        found["name"]: found for found in (await http.get("/admin/models")).json()["aliases"]
    }

    assert changed.status_code == 200
    assert aliases["tutor"]["behind"] == [second, first]
    assert aliases["writer"]["behind"] == [second, first]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"price": {"input": -1}}, "price.input"),
        ({"key": "env:NOBODY_SET_API_KEY"}, "key"),
        ({"key": "env:NEUROSHIKSHA_SECRET_KEY"}, "key"),
        ({"key": "file:/etc/passwd"}, "key"),
        ({"key": "file:/run/secrets/../../etc/passwd"}, "key"),
        ({"key": "sk-the-key-itself"}, "key"),
        ({"base_url": "ftp://x"}, "base_url"),
        ({"provider": "nobody"}, "provider"),
        ({"unheard_of": 1}, "unheard_of"),
        ({"name": "grounded"}, "deployments.grounded"),
    ],
)
async def test_a_definition_that_cannot_be_used_is_refused_with_its_field(
    http: httpx2.AsyncClient, upstream: OpenAIServer, values: dict[str, Any], field: str
) -> None:
    body = {"name": "bad", **deployment(upstream), **values}

    refused = await http.post("/admin/models", json=body)

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == field
    assert (await http.get("/admin/models/bad")).status_code == 404


async def test_aliases_in_a_circle_and_to_nowhere_are_refused(
    http: httpx2.AsyncClient, upstream: OpenAIServer
) -> None:
    await http.put("/admin/models/aliases/one", json={"deployments": [await add(http, upstream)]})
    await http.put("/admin/models/aliases/two", json={"deployments": ["one"]})

    circle = await http.put("/admin/models/aliases/one", json={"deployments": ["two"]})
    nowhere = await http.put("/admin/models/aliases/three", json={"deployments": ["none"]})

    assert (circle.status_code, nowhere.status_code) == (422, 422)
    assert "in a circle" in circle.json()["detail"]
    assert nowhere.json()["errors"][0]["field"] == "aliases.three.deployments"


async def test_a_deployment_that_an_alias_names_stays(
    http: httpx2.AsyncClient, upstream: OpenAIServer
) -> None:
    name = await add(http, upstream)
    await http.put("/admin/models/aliases/tutor", json={"deployments": [name]})

    refused = await http.delete(f"/admin/models/{name}")

    assert refused.status_code == 422
    assert (await http.get(f"/admin/models/{name}")).status_code == 200


async def test_a_name_that_is_taken_is_a_conflict(
    http: httpx2.AsyncClient, upstream: OpenAIServer
) -> None:
    name = await add(http, upstream)

    again = await http.post("/admin/models", json={"name": name, **deployment(upstream)})

    assert again.status_code == 409


@pytest.mark.parametrize("who", ["teacher", "student"])
async def test_only_admins_see_and_change_chat_models(
    client: httpx2.AsyncClient, upstream: OpenAIServer, who: str, people: Any
) -> None:
    headers = (await people.add(who)).headers
    body = {"name": "x", **deployment(upstream)}

    statuses = [
        (await client.get("/admin/models", headers=headers)).status_code,
        (await client.post("/admin/models", headers=headers, json=body)).status_code,
        (await client.post("/admin/models/x/probe", headers=headers)).status_code,
        (await client.delete("/admin/models/x", headers=headers)).status_code,
    ]

    assert statuses == [403] * 4


async def test_changes_are_audited(
    http: httpx2.AsyncClient, upstream: OpenAIServer, adapters: Adapters, admin: Person
) -> None:
    name = await add(http, upstream)

    async with adapters.database.transaction(MAINTENANCE) as session:
        query = text("SELECT action, actor_id FROM audit_events WHERE subject = :name")
        found = (await session.execute(query, {"name": name})).all()

    assert [tuple(row) for row in found] == [("model.create", admin.id)]


async def test_health_shows_a_deployment_killed_and_revived(
    http: httpx2.AsyncClient, upstream: OpenAIServer, adapters: Adapters
) -> None:
    name = await add(http, upstream)
    await http.put("/admin/models/aliases/tutor", json={"deployments": [name]})
    upstream.behaviours = (Behaviour(fault="server_error"),)
    for _ in range(3):
        await answer(adapters.router.choose().chat_model, ASKED)

    killed = await health(http, name)
    probed_in_vain = (await http.post(f"/admin/models/{name}/probe")).json()
    upstream.behaviours = (Behaviour(),)
    probed = (await http.post(f"/admin/models/{name}/probe")).json()
    revived = await health(http, name)

    assert killed["state"] == "open"
    assert killed["last_error"]["code"] == "chat_model_upstream_failed"
    assert killed["success_share"] == 0
    assert probed_in_vain["is_answering"] is False
    assert "500" in probed_in_vain["error"]
    assert probed["is_answering"] is True
    assert (revived["state"], revived["attempts"]) == ("closed", 5)
    assert len(revived["latencies_ms"]) == 1
    assert await answer(adapters.router.choose().chat_model, ASKED) == "".join(DEFAULT_ANSWER)


@pytest.fixture
async def elsewhere(settings: Settings, adapters: Adapters) -> AsyncIterator[Services]:
    """The same service in another process, as it were."""
    async with open_adapters(settings, adapters.embedder) as opened:
        yield build_services(opened)


async def test_other_processes_see_changes_and_open_breakers(
    http: httpx2.AsyncClient,
    upstream: OpenAIServer,
    services: Services,
    elsewhere: Services,
    adapters: Adapters,
) -> None:
    name = await add(http, upstream)
    here, there = services.models._follower, elsewhere.models._follower
    await there.refresh()
    for _ in range(3):
        upstream.behaviours = (Behaviour(fault="server_error"),)
        await answer(adapters.router.choose(name).chat_model, ASKED)

    await here._follow_once(with_registry=False)
    await there._follow_once(with_registry=False)
    opened = there._router.deployments[name].breaker.state
    adapters.router.deployments[name].breaker.close()
    await here._follow_once(with_registry=False)
    await there._follow_once(with_registry=False)

    assert opened == "open"
    assert there._router.deployments[name].breaker.state == "closed"


async def test_with_redis_down_breakers_work_for_their_own_process(
    settings: Settings, adapters: Adapters
) -> None:
    nobody = "redis://127.0.0.1:1/0"
    alone = settings.model_copy(
        update={
            "redis_cache_url": type(settings.redis_url)(nobody),
            "openai_base_url": "http://127.0.0.1:1/v1",
        }
    )
    async with open_adapters(alone, adapters.embedder) as opened:
        services = build_services(replace(opened, database=adapters.database))
        await services.models._follower._follow_once(with_registry=True)
        for _ in range(3):
            await answer(opened.router.choose().chat_model, ASKED)
        await services.models._follower._follow_once(with_registry=False)

        (deployment,) = opened.router.deployments.values()
        assert deployment.breaker.state == "open"
