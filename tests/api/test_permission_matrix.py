"""Every route, called by everyone: what becomes of it is what docs/security.md says.

A new route needs its declaration only; a new parameter in its path needs an example in `School`.
"""

import re
from http import HTTPStatus
from typing import Any

import httpx2
import pytest
from uuid_utils.compat import uuid4

from api.app import PREFIXED_ROUTERS
from api.permissions import DeclaredRoute, Rule, declared_routes
from tests.support.examples import Examples
from tests.support.material import session_encoder
from tests.support.opened_school import Opened, forbidden, opened, value_of
from tests.support.school import ALLOWED, Caller, Classroom

pytestmark = [pytest.mark.server, pytest.mark.asyncio(loop_scope="module")]

__all__ = ["opened", "session_encoder"]

ROUTES = list(declared_routes(PREFIXED_ROUTERS))
REFUSALS = {401, 403, 404}
HARMFUL = {
    "/api/v1/auth/sessions",
    "/api/v1/auth/logout",
    "/api/v1/auth/password/change",
    "/api/v1/auth/2fa/setup",
    "/api/v1/auth/2fa/confirm",
    "/api/v1/auth/2fa/disable",
    "/api/v1/auth/2fa/recovery-codes",
}
"""Who calls these may be locked out; the caller sends someone else with the same role."""
BODIES: dict[str, dict[str, Any]] = {
    "PUT /api/v1/admin/models/aliases/{alias}": {"deployments": ["grounded"]},
    "POST /api/v1/admin/prompts/{name}/activate": {"version": 1},
    "POST /v1/chat/completions": {"messages": [{"role": "user", "content": "Who may?"}]},
}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
async def test_a_route_is_open_to_whom_it_declares(opened: Opened, route: DeclaredRoute) -> None:
    rule = require_declared(route)
    wrong = []

    for each in opened.school.callers:
        caller = await opened.school.double_of(each) if route.path in HARMFUL else each
        expected = caller.expected(rule)
        room = await room_for(opened, route, expected)
        response, asked = await call(opened, route, caller, room)
        wrong += faults(opened, route, caller, room, response, asked)

    assert wrong == []


async def test_there_are_hundreds_of_cases(opened: Opened) -> None:
    assert len(ROUTES) * len(opened.school.callers) > 1_000


def require_declared(route: DeclaredRoute) -> Rule:
    if route.rule is None:
        pytest.fail(f"{route.method} {route.path} says not who may call it: add @permits(...)")
    return route.rule


async def room_for(opened: Opened, route: DeclaredRoute, expected: str) -> Classroom:
    """One of their own for those who change it; nobody else changes anything."""
    if route.path.endswith("/restore"):
        return await opened.school.classroom(deleted=route.path.split("/")[3])
    if route.method != "GET" and expected == ALLOWED:
        return await opened.school.classroom(
            is_administered="/admin/" in route.path or "{invitation_id}" in route.path
        )
    return opened.classroom


async def call(
    opened: Opened, route: DeclaredRoute, caller: Caller, room: Classroom
) -> tuple[httpx2.Response, str]:
    """The answer, and all that the request named."""
    operation = opened.document["paths"][route.path][route.method.lower()]
    examples = Examples(opened.document)
    path = re.sub(r"\{(\w+)\}", lambda found: value_of(found[1], route.path, room), route.path)
    options: dict[str, Any] = {"params": examples.query(operation)}
    match examples.body(operation):
        case None:
            pass
        case "application/json", body:
            options["json"] = filled(body, room) | BODIES.get(f"{route.method} {route.path}", {})
        case "multipart/form-data", _:
            options["files"] = {"files": ("rights.txt", b"Who may do what.")}
        case _, form:
            options["data"] = form
    headers = {**caller.headers, "Accept": "application/json"}
    response = await opened.client.request(route.method, path, headers=headers, **options)
    return response, f"{path} {options}"


def filled(body: dict[str, Any], room: Classroom) -> dict[str, Any]:
    """The body, naming what there is in the room, and new names where they must be."""
    own: dict[str, Any] = {name: room.values[name] for name in ("model",) if name in body}
    if "password" in body:
        own["email"] = f"{uuid4().hex}@school.edu"
    elif "email" in body:
        own["email"] = room.values["email"]
    if "wire_model" in body:
        upstream = {"base_url": "http://127.0.0.1:9/v1", "is_enabled": False}
        own |= {**upstream, **({"name": f"new-{uuid4().hex}"} if "name" in body else {})}
    return {**body, **own}


def faults(
    opened: Opened,
    route: DeclaredRoute,
    caller: Caller,
    room: Classroom,
    response: httpx2.Response,
    asked: str,
) -> list[str]:
    """What is wrong with an answer, in words."""
    rule = require_declared(route)
    expected = caller.expected(rule)
    status = response.status_code
    said = f"{caller}: {status}, {response.text[:300]}"
    found = []
    if rule.needs_account and outcome(status) != expected:
        found.append(f"not {expected}: {said}")
    is_unknown_provider = "{provider}" in route.path and status == HTTPStatus.NOT_FOUND
    if not rule.needs_account and status in {403, 404} and not is_unknown_provider:
        found.append(f"refused: {said}")
    declared = opened.document["paths"][route.path][route.method.lower()]["responses"]
    if str(status) not in declared and "default" not in declared:
        found.append(f"not documented: {said}")
    told = {secret for secret in forbidden(caller, room) if secret in response.text}
    if leaked := {secret for secret in told if secret not in asked}:
        found.append(f"told {leaked}: {said}")
    return found


def outcome(status: int) -> str:
    return str(status) if status in REFUSALS else ALLOWED
