"""Requests of any kind that the OpenAPI document allows, and some that it does not, as each role.

Whatever comes in: no error of the service's own, no status that the document does not name for the
route, and nothing of people and courses that are not the caller's.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode
from schemathesis.core import NotSet
from schemathesis.schemas import APIOperation
from uuid_utils.compat import uuid4

from bootstrap.home import CHECKOUT
from tests.support.material import session_encoder
from tests.support.opened_school import Opened, forbidden, opened, value_of
from tests.support.school import Caller, Classroom

pytestmark = [pytest.mark.server, pytest.mark.asyncio(loop_scope="module")]

__all__ = ["opened", "session_encoder"]

ROLES = ("nobody", "foreign student", "learner", "teacher", "admin")
LEAVES = ("/auth/sessions", "/auth/logout", "/auth/password", "/auth/2fa", "/users/me")
"""Who calls these may end up signed out, or with another account: someone else is sent."""
QUICK, MANY = 2, 15
"""Requests for each operation, and as many wrong ones."""
PLACEHOLDER = re.compile(r"\{(\w+)\}")
SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Sample:
    """A request as it was made up."""

    method: str
    path: str
    """With placeholders."""
    places: dict[str, Any]
    """What was made up for them."""
    query: dict[str, Any]
    headers: dict[str, str]
    media_type: str | None
    body: Any

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.places} {self.query} {self.body!r:.300}"


def samples(document: dict[str, Any], count: int) -> Iterator[Sample]:
    """So many requests for each operation, valid ones and others; deletions come last."""
    schema = schemathesis.openapi.from_dict(document)
    operations = [found.ok() for found in schema.get_all_operations()]
    for operation in sorted(operations, key=lambda one: one.method.upper() == "DELETE"):
        for mode in modes_of(operation):
            yield from made_up(operation.as_strategy(generation_mode=mode), count)


def modes_of(operation: APIOperation) -> Sequence[GenerationMode]:
    """Both; only right ones where no more is given than by whom, which is any text or nothing.

    There Hypothesis would look for seconds for something wrong, and find none.
    """
    parameters = operation.iter_parameters()
    takes_more = any("x-original-security-type" not in one.definition for one in parameters)
    return tuple(GenerationMode) if takes_more or operation.body else (GenerationMode.POSITIVE,)


def made_up(strategy: SearchStrategy[Any], count: int) -> list[Sample]:
    """So many at most; none where nothing fits."""
    found: list[Sample] = []

    @seed(7)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def collect(case: Any) -> None:
        found.append(_sample(case))

    with suppress(Unsatisfiable):  # where there is nothing wrong that could be sent
        collect()
    return found


def _sample(case: Any) -> Sample:
    body = None if isinstance(case.body, NotSet) else case.body
    headers = {str(name): str(value) for name, value in dict(case.headers or {}).items()}
    return Sample(
        case.method.upper(),
        case.path,
        dict(case.path_parameters or {}),
        dict(case.query or {}),
        headers,
        case.media_type,
        body,
    )


@pytest.mark.parametrize("role", ROLES)
async def test_no_request_breaks_the_service_or_tells_what_is_others(
    opened: Opened, few: list[Sample], role: str
) -> None:
    await call_all(opened, role, few)


@pytest.mark.long
@pytest.mark.parametrize("role", ROLES)
async def test_none_of_many_requests_does(opened: Opened, many: list[Sample], role: str) -> None:
    await call_all(opened, role, many)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """As it is committed; a test holds it to the routes."""
    content: dict[str, Any] = json.loads((CHECKOUT / "web" / "openapi.json").read_text())
    return content


@pytest.fixture(scope="module")
def few(document: dict[str, Any]) -> list[Sample]:
    """Made up once: making them takes as long as sending them."""
    return list(samples(document, QUICK))


@pytest.fixture(scope="module")
def many(document: dict[str, Any]) -> list[Sample]:
    return list(samples(document, MANY))


async def call_all(opened: Opened, role: str, requests: Iterable[Sample]) -> None:
    caller = next(one for one in opened.school.callers if one.name == role)
    own = opened.classroom
    other = await opened.school.classroom()
    wrong: list[str] = []

    for n, sample in enumerate(requests):
        sent_by = caller
        if any(part in sample.path for part in LEAVES) and caller.role is not None:
            sent_by = await opened.school.double_of(caller)
        room = (own, other, None)[n % 3]
        path = path_of(sample, room)
        response = await send(opened, sample, path, sent_by)
        wrong += faults(opened, sample, path, sent_by, (own, other), response)

    assert wrong == [], f"{len(wrong)} faults"


def path_of(sample: Sample, room: Classroom | None) -> str:
    """The path with what is in the room, or with what was made up."""

    def place(found: re.Match[str]) -> str:
        if room is not None:
            return value_of(found[1], sample.path, room)
        made_up = httpx2.URL("http://x/", params={"p": str(sample.places[found[1]])})
        return str(made_up.query.decode()).removeprefix("p=").replace("+", "%20") or "%20"

    return PLACEHOLDER.sub(place, sample.path)


async def send(opened: Opened, sample: Sample, path: str, caller: Caller) -> httpx2.Response:
    options: dict[str, Any] = {"params": sample.query}
    headers = {name: value.encode("latin-1", "replace") for name, value in sample.headers.items()}
    match sample.media_type:
        case None:
            pass
        case "multipart/form-data":
            options["files"] = [("files", (f"{uuid4().hex}.txt", repr(sample.body).encode()))]
        case "application/x-www-form-urlencoded" if isinstance(sample.body, dict):
            options["data"] = {name: str(value) for name, value in sample.body.items()}
        case media_type:
            is_raw = isinstance(sample.body, bytes)
            plain = sample.body if is_raw else json.dumps(sample.body, default=repr).encode()
            options["content"] = plain
            headers["Content-Type"] = media_type.encode()
    headers |= {name: value.encode() for name, value in caller.headers.items()}
    headers.setdefault("Accept", b"application/json")
    return await opened.client.request(sample.method, path, headers=headers, **options)


def faults(
    opened: Opened,
    sample: Sample,
    path: str,
    caller: Caller,
    rooms: Sequence[Classroom],
    response: httpx2.Response,
) -> list[str]:
    """What is wrong with an answer, in words."""
    said = f"{caller}, {path}, {sample}: {response.status_code}, {response.text[:300]}"
    if response.status_code >= SERVER_ERROR:
        return [f"broke: {said}"]
    found = []
    declared = opened.document["paths"][sample.path][sample.method.lower()]["responses"]
    if str(response.status_code) not in declared and "default" not in declared:
        found.append(f"not documented: {said}")
    if sample.path.startswith("/api/v1/admin/audit"):
        return found  # what was done, and to which id, is what it is for
    told = {secret for room in rooms for secret in forbidden(caller, room)}
    leaked = {secret for secret in told if secret in response.text and secret not in path}
    if leaked:
        found.append(f"told {leaked}: {said}")
    return found
