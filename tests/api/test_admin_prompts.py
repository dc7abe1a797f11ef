"""Prompts over HTTP: written with care, tried, shared out by weight, rolled back.

The tests share a database, so each keeps to a prompt of its own.
"""

from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from bootstrap.services import Services
from models import AuditEvent
from services.actors import Role
from storage.database import MAINTENANCE, Database
from storage.repositories.prompts import FIRST_WRITTEN_VERSION
from tests.support.service import People, Person

pytestmark = pytest.mark.server

BODY = (
    "{% block system %}{{ course_title }} {{ level }}{% endblock %}\n"
    "{% block user %}{{ question | as_data }}{{ sources | length }}{% endblock %}\n"
)
CONVERSATIONS = range(2_000)


@pytest.fixture
def by_admin(client: httpx2.AsyncClient, admin: Person) -> httpx2.AsyncClient:
    client.headers.update(admin.headers)
    return client


async def write(client: httpx2.AsyncClient, name: str, body: str = BODY) -> dict[str, Any]:
    response = await client.post(
        f"/admin/prompts/{name}/versions", json={"body": body, "description": "Tries “something”."}
    )
    assert response.status_code == 201, response.text
    written: dict[str, Any] = response.json()
    return written


async def test_a_version_may_leave_out_what_only_later_ones_read_and_nothing_else(
    by_admin: httpx2.AsyncClient,
) -> None:
    path = "/admin/prompts/tutor.hints/versions"
    with_language = BODY.replace("{{ level }}", "{{ level }} {{ language }}")
    answers = [
        await by_admin.post(path, json={"body": body, "description": "Tries."})
        for body in (BODY, with_language, BODY.replace("{{ level }}", ""))
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 422]
    assert "“level”, which it never reads" in answers[2].json()["detail"]


async def test_every_prompt_is_listed_with_its_weights(by_admin: httpx2.AsyncClient) -> None:
    listed = {each["name"]: each for each in (await by_admin.get("/admin/prompts")).json()}

    assert listed["writer.quiz"]["versions"] == [1]
    assert listed["writer.quiz"]["weights"] == {"1": 1}


async def test_a_prompt_is_read_with_its_variables_and_texts(by_admin: httpx2.AsyncClient) -> None:
    prompt = (await by_admin.get("/admin/prompts/conversation.rewrite")).json()

    assert [variable["name"] for variable in prompt["variables"]] == ["question", "turns"]
    assert all(variable["description"] and variable["sample"] for variable in prompt["variables"])
    assert prompt["versions"][0]["is_built_in"]
    assert "{% block system %}" in prompt["versions"][0]["body"]


async def test_a_written_version_is_kept_word_for_word_and_not_in_use(
    by_admin: httpx2.AsyncClient,
) -> None:
    first = await write(by_admin, "tutor.deeper")
    second = await write(by_admin, "tutor.deeper")

    prompt = (await by_admin.get("/admin/prompts/tutor.deeper")).json()

    assert first["version"] >= FIRST_WRITTEN_VERSION
    assert second["version"] == first["version"] + 1
    assert prompt["versions"][-1]["body"] == BODY
    assert prompt["versions"][-1]["description"] == "Tries “something”."
    assert prompt["weights"] == {"4": 1}


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (BODY + "{% if %}", "line 3: Expected an expression"),
        (BODY.replace("course_title", "mood"), "line 1: reads “mood”, which is not declared"),
        (BODY.replace("{{ level }}", ""), "declares “level”, which it never reads"),
        (BODY.replace("level", "level.__class__"), "line 1: the attribute “__class__”"),
        (BODY.replace("question |", "question * 9 |"), "line 2: “*” is not allowed"),
        (BODY.replace("sources | length", "sources.nothing"), "nothing"),
    ],
)
async def test_a_faulty_text_is_refused_with_its_line(
    by_admin: httpx2.AsyncClient, body: str, complaint: str
) -> None:
    response = await by_admin.post(
        "/admin/prompts/tutor.simpler/versions", json={"body": body, "description": "Faulty."}
    )

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "body"
    assert complaint in response.json()["detail"]


async def test_a_preview_fills_in_samples_and_values_given(by_admin: httpx2.AsyncClient) -> None:
    of_version = await by_admin.post("/admin/prompts/tutor.plan/preview", json={"version": 1})
    of_text = await by_admin.post(
        "/admin/prompts/tutor.plan/preview",
        json={"body": BODY, "values": {"question": "What is power?", "sources": []}},
    )

    assert "College Physics" in of_version.json()["system"]
    assert of_text.json()["user"] == "What is power?0"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"values": {"mood": "happy"}}, "values"),
        ({"values": {"question": 7}}, "values"),
        ({"body": "{{", "values": {}}, "body"),
        ({"body": BODY, "version": 1}, "body"),
    ],
)
async def test_a_preview_that_cannot_be_made_names_the_field(
    by_admin: httpx2.AsyncClient, body: dict[str, Any], field: str
) -> None:
    response = await by_admin.post("/admin/prompts/tutor.plan/preview", json=body)

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == field


async def test_weights_share_out_conversations_in_every_process(
    by_admin: httpx2.AsyncClient, services: Services
) -> None:
    name = "tutor.socratic"
    version = (await write(by_admin, name))["version"]
    elsewhere = services.prompt_selection
    await elsewhere.refresh()

    response = await by_admin.post(
        f"/admin/prompts/{name}/activate", json={"weights": {"1": 80, str(version): 20}}
    )
    await elsewhere.refresh()

    chosen = [elsewhere.select(name, key) for key in CONVERSATIONS]
    share = sum(prompt.version == version for prompt in chosen) / len(chosen)
    assert response.json()["weights"] == {"1": 80, str(version): 20}
    assert share == pytest.approx(0.2, abs=0.03)
    assert {prompt.body for prompt in chosen if prompt.version == version} == {BODY}


async def test_a_rollback_returns_to_what_was_in_use(by_admin: httpx2.AsyncClient) -> None:
    path = "/admin/prompts/tutor.hints"
    version = (await write(by_admin, "tutor.hints"))["version"]
    await by_admin.post(f"{path}/activate", json={"weights": {"1": 1, str(version): 1}})
    await by_admin.post(f"{path}/activate", json={"version": version})

    rolled_back = (await by_admin.post(f"{path}/rollback")).json()

    assert rolled_back["weights"] == {"1": 1, str(version): 1}
    assert len(rolled_back["activations"]) >= 3


async def test_a_prompt_that_was_never_activated_cannot_be_rolled_back(
    by_admin: httpx2.AsyncClient,
) -> None:
    response = await by_admin.post("/admin/prompts/judge.support/rollback")

    assert response.status_code == 422


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"version": 77}, 404),
        ({"weights": {"1": 1, "77": 1}}, 404),
        ({"weights": {"1": 0}}, 422),
        ({"weights": {}}, 422),
        ({"weights": {"1": -1}}, 422),
        ({"version": 1, "weights": {"1": 1}}, 422),
        ({}, 422),
    ],
)
async def test_what_cannot_be_put_in_use_is_refused(
    by_admin: httpx2.AsyncClient, body: dict[str, Any], status: int
) -> None:
    response = await by_admin.post("/admin/prompts/writer.slides/activate", json=body)

    assert response.status_code == status, response.text


async def test_an_evaluation_stays_beside_its_version(by_admin: httpx2.AsyncClient) -> None:
    path = "/admin/prompts/writer.flashcards/versions/1/evaluation"
    await by_admin.put(path, json={"evaluation": {"questions": 1}})

    prompt = (await by_admin.put(path, json={"evaluation": {"questions": 200}})).json()

    assert [each["evaluation"] for each in prompt["versions"]] == [{"questions": 200}]
    assert prompt["versions"][0]["is_built_in"]


async def test_changes_are_audited(
    by_admin: httpx2.AsyncClient, admin: Person, database: Database
) -> None:
    version = (await write(by_admin, "tutor.worked_example"))["version"]
    await by_admin.post("/admin/prompts/tutor.worked_example/activate", json={"version": version})

    async with database.transaction(MAINTENANCE) as session:
        events = await session.execute(
            select(AuditEvent.action, AuditEvent.subject).where(AuditEvent.actor_id == admin.id)
        )

    assert {(action, subject) for action, subject in events} == {
        ("prompt.add_version", f"tutor.worked_example@{version}"),
        ("prompt.activate", "tutor.worked_example"),
    }


@pytest.mark.parametrize("role", ["teacher", "student"])
async def test_only_admins_see_or_change_prompts(
    client: httpx2.AsyncClient, people: People, role: Role
) -> None:
    person = await people.add(role)
    path = "/admin/prompts/tutor.explain"
    calls = [
        client.get("/admin/prompts", headers=person.headers),
        client.get(path, headers=person.headers),
        client.post(f"{path}/preview", json={}, headers=person.headers),
        client.post(f"{path}/activate", json={"version": 1}, headers=person.headers),
        client.post(f"{path}/rollback", headers=person.headers),
        client.put(
            f"{path}/versions/1/evaluation", json={"evaluation": {}}, headers=person.headers
        ),
        client.post(
            f"{path}/versions", json={"body": BODY, "description": "Mine."}, headers=person.headers
        ),
    ]

    assert {(await call).status_code for call in calls} == {403}


async def test_an_unknown_prompt_is_not_found(by_admin: httpx2.AsyncClient) -> None:
    response = await by_admin.get("/admin/prompts/tutor.sing")

    assert response.status_code == 404
