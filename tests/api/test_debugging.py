"""What administrators see of a running process, and that nobody sees more."""

import time
from typing import Any

import httpx2
import jwt
import pytest
from uuid_utils.compat import uuid4

from api.app import create_app
from api.debugging.recording import RecordRequests
from bootstrap.adapters import Adapters
from bootstrap.services import Services
from bootstrap.settings import Settings
from services.api_keys import KeyScope
from services.courses import NewCourse
from services.keyring import KeyRing
from storage.database import MAINTENANCE
from storage.repositories.sessions import SessionRepository
from tests.api.test_cached_reads import replica
from tests.support.service import SECRET_KEY, Person

pytestmark = pytest.mark.server

DEBUG = "/admin/debug"


@pytest.fixture
async def look(client: httpx2.AsyncClient, admin: Person) -> Any:
    async def read(path: str, method: str = "GET", **options: Any) -> Any:
        response = await client.request(method, f"{DEBUG}{path}", headers=admin.headers, **options)
        assert response.status_code == 200, response.text
        return response.json()

    return read


async def test_debugging_is_off_in_production_unless_it_is_set(
    settings: Settings, admin: Person
) -> None:
    production = settings.model_copy(update={"environment": "production"})
    wanted = production.model_copy(update={"debugging": True})

    async with replica(settings.model_copy(update={"debugging": False})) as client:
        refused = await client.get(f"{DEBUG}/tasks", headers=admin.headers)

    assert (settings.is_debugging, production.is_debugging, wanted.is_debugging) == (
        True,
        False,
        True,
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "debugging_off")


async def test_the_overview_names_the_process_its_pool_and_connections(look: Any) -> None:
    seen = await look("")

    assert seen["process"]["pid"] > 0
    assert seen["figures"]["resident_bytes"] > 10_000_000
    assert seen["pool"]["limit"] == 5
    assert seen["pool"]["in_use"] + seen["pool"]["idle"] <= seen["pool"]["limit"]
    assert sum(group["connections"] for group in seen["connections"]) >= 1


async def test_statements_of_both_kinds_are_counted_for_their_request(
    look: Any, client: httpx2.AsyncClient, services: Services, teacher: Person
) -> None:
    course = await services.courses.create(teacher.actor, NewCourse(title=f"Seen {uuid4()}"))
    path = f"/courses/{course.slug}"
    await client.get(path, headers=teacher.headers)

    [request] = (await look("/requests", params={"path": f"/api/v1{path}"}))["items"]
    patterns = (await look("/statements", params={"order": "count", "size": 500}))["patterns"]

    texts = [row["pattern"] for row in patterns]
    assert request["statements"] >= 5
    assert 0 < request["statement_seconds"] < request["seconds"]
    assert request["route"].endswith("/courses/{course}")
    assert any("FROM course_marks" in text for text in texts)
    assert any(text.startswith("BEGIN") for text in texts)
    assert not any(course.slug in text or str(course.id) in text for text in texts)


async def test_requests_are_recorded_with_bodies_and_without_secrets(
    look: Any, client: httpx2.AsyncClient, teacher: Person
) -> None:
    title = f"Recorded {uuid4()}"
    made = await client.post(
        "/courses", json={"title": title}, headers={**teacher.headers, "X-Request-ID": "recorded-1"}
    )
    await client.post("/auth/token", data={"username": "a@b.c", "password": "s3cret word"})

    found = (await look("/requests", params={"size": 10}))["items"]

    by_path = {item["path"]: item for item in found}
    created = by_path["/api/v1/courses"]
    assert (created["status"], created["request_id"]) == (201, "recorded-1")
    assert title in created["request_body"]["text"]
    assert made.json()["id"] in created["response_body"]["text"]
    assert created["request_headers"]["authorization"] == "[hidden]"
    assert by_path["/api/v1/auth/token"]["request_body"]["text"] is None
    assert "s3cret" not in str(found)
    assert not any(path.startswith("/api/v1/admin/debug") for path in by_path)


async def test_what_people_ask_the_tutor_is_not_recorded(
    look: Any, client: httpx2.AsyncClient, services: Services, teacher: Person
) -> None:
    course = await services.courses.create(teacher.actor, NewCourse(title=f"Asked {uuid4()}"))
    path = f"/courses/{course.slug}/chat"
    refused = await client.post(
        path, json={"message": "my own words", "mode": "no such mode"}, headers=teacher.headers
    )

    [asked] = (await look("/requests", params={"path": f"/api/v1{path}"}))["items"]

    assert refused.status_code == asked["status"] == 422
    assert asked["request_body"]["text"] is asked["response_body"]["text"] is None
    assert "own words" not in str(asked)


async def test_tasks_loop_log_caches_and_jobs_are_told(look: Any) -> None:
    tasks = await look("/tasks")
    loop = await look("/loop")
    log = await look("/log", params={"level": "info"})
    caches = await look("/caches")
    jobs = await look("/jobs")

    assert any("test_tasks_loop" in "".join(item["stack"]) for item in tasks["items"])
    assert loop["lag"]["max_seconds"] >= 0
    assert isinstance(log["items"], list)
    assert [server["is_available"] for server in caches["redis"]] == [True, True]
    assert caches["redis"][0]["figures"]["used_memory"] > 0
    assert isinstance(jobs["items"], list)


async def test_a_profile_is_a_page_whose_scripts_reach_nothing(
    client: httpx2.AsyncClient, admin: Person
) -> None:
    response = await client.get(f"{DEBUG}/profile?seconds=0.2", headers=admin.headers)

    policy = response.headers["content-security-policy"]
    assert response.headers["content-type"].startswith("text/html")
    assert policy.startswith("sandbox allow-scripts; default-src 'none'")
    assert "allow-same-origin" not in policy
    assert ":" in response.headers["x-process"]


async def test_memory_is_compared_with_the_snapshot_before(look: Any) -> None:
    first = await look("/memory/snapshot", "POST")
    second = await look("/memory/snapshot", "POST")
    traced = await look("/memory/tracing", "PUT", json={"is_wanted": False})

    assert second["since"] == first["at"]
    assert second["types"]
    assert traced["is_traced"] is False


async def test_a_good_token_is_told_by_its_claims_and_not_by_its_signature(
    look: Any, student: Person
) -> None:
    token = student.headers["Authorization"]

    report = await look("/token", "POST", json={"token": token})

    assert (report["kind"], report["is_valid"], report["reasons"]) == ("access", True, [])
    assert report["claims"]["sub"] == str(student.id)
    assert report["claims"]["exp_time"].startswith("20")
    assert report["known"]["email"] == student.actor.email
    assert token.rpartition(".")[2] not in str(report)


async def test_a_token_that_opens_nothing_says_why(
    look: Any, adapters: Adapters, student: Person
) -> None:
    token = student.headers["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False})
    key = KeyRing.of_setting(SECRET_KEY).signing_key
    head = {"kid": key.id}
    old = jwt.encode({**claims, "exp": time.time() - 90}, key.secret, headers=head)
    foreign = jwt.encode(claims, b"x" * 32, headers={"kid": "elsewhere"})
    start, _, signature = token.rpartition(".")
    forged = f"{start}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    async with adapters.database.transaction(MAINTENANCE) as session:
        await SessionRepository(session).end_all(student.id)

    reasons = {}
    for name, one in {"old": old, "foreign": foreign, "forged": forged, "junk": "junk"}.items():
        report = await look("/token", "POST", json={"token": one})
        assert report["is_valid"] is False
        reasons[name] = " ".join(report["reasons"])

    assert "expired 0:01:30 ago" in reasons["old"] or "expired 0:01:31 ago" in reasons["old"]
    assert "its session has ended" in reasons["old"].lower()
    assert "not on this installation's ring" in reasons["foreign"]
    assert "changed or forged" in reasons["forged"]
    assert "neither an API key" in reasons["junk"]


async def test_an_api_key_is_told_without_itself(
    look: Any, services: Services, student: Person
) -> None:
    made = await services.api_keys.create(student.actor, "tools", None, [KeyScope.READ])

    good = await look("/token", "POST", json={"token": made.key})
    await services.api_keys.revoke(student.actor, made.id)
    gone = await look("/token", "POST", json={"token": made.key})

    assert (good["kind"], good["is_valid"], good["known"]["name"]) == ("api_key", True, "tools")
    assert made.key not in str(good)
    assert gone["reasons"] == ["It is unknown here, or was taken back."]


def test_nothing_watches_where_debugging_is_off(settings: Settings) -> None:
    watched = create_app(settings=settings)
    unwatched = create_app(settings=settings.model_copy(update={"debugging": False}))

    assert RecordRequests in [middleware.cls for middleware in watched.user_middleware]
    assert RecordRequests not in [middleware.cls for middleware in unwatched.user_middleware]
    assert unwatched.state.debugging is None
