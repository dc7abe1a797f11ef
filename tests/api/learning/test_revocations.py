"""Those who teach take a certificate back; its learner and whoever looks it up are told."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from services.notifications.bus import EventBus, EventTeller
from services.notifications.writing import NotificationWriter
from tests.api.learning.conftest import RIGHT, LearningCourse
from tests.support.service import Person

pytestmark = [pytest.mark.server, pytest.mark.asyncio(loop_scope="module")]

REASON = "The answers were another learner's."


async def given(course: LearningCourse) -> dict[str, Any]:
    """The certificate that the learner has come to."""
    rule = {"quiz_mark": 0.6}
    path = f"/courses/{course.slug}"
    await course.http.put(f"{path}/certificate-rule", json=rule, headers=course.teacher.headers)
    await course.attempted(RIGHT)
    made = await course.http.post(f"{path}/certificate", headers=course.learner.headers)
    certificate: dict[str, Any] = made.json()
    return certificate


async def listed(course: LearningCourse, who: Person | None = None) -> httpx2.Response:
    headers = (who or course.teacher).headers
    return await course.http.get(f"/courses/{course.slug}/certificates", headers=headers)


async def revoke(
    course: LearningCourse, certificate_id: str, reason: str = REASON, who: Person | None = None
) -> httpx2.Response:
    path = f"/courses/{course.slug}/certificates/{certificate_id}/revocation"
    headers = (who or course.teacher).headers
    return await course.http.post(path, json={"reason": reason}, headers=headers)


async def only(course: LearningCourse) -> dict[str, Any]:
    """The one certificate of the course."""
    (certificate,) = (await listed(course)).json()["items"]
    found: dict[str, Any] = certificate
    return found


async def notices(course: LearningCourse) -> list[dict[str, Any]]:
    """What the learner is told, once a worker has looked."""
    bus = EventBus()
    bus.observe(NotificationWriter(["email"], lambda: datetime.now(UTC)))
    while await EventTeller(course.database, bus).tell_waiting():
        pass
    told = await course.http.get("/users/me/notifications", headers=course.learner.headers)
    items: list[dict[str, Any]] = told.json()["items"]
    return items


async def test_a_revoked_certificate_is_said_to_be_so_to_whoever_looks_it_up(
    course: LearningCourse,
) -> None:
    code = (await given(course))["code"]
    certificate = await only(course)
    revoked = (await revoke(course, certificate["id"])).json()
    checked = await course.http.get(f"/certificates/{code}")

    assert (certificate["code"], certificate["learner"]) == (code, "Student")
    assert certificate["revoked_at"] is None
    assert revoked["revocation_reason"] == REASON
    assert checked.json() == {
        "is_valid": False,
        "course": "Physics",
        "learner": None,
        "issued_at": checked.json()["issued_at"],
        "revoked_at": revoked["revoked_at"],
    }


async def test_its_learner_is_told_why_and_has_it_no_more(course: LearningCourse) -> None:
    await given(course)
    await revoke(course, (await only(course))["id"])
    path, headers = f"/courses/{course.slug}", course.learner.headers
    again = await course.http.post(f"{path}/certificate", headers=headers)
    file = await course.http.get(f"{path}/certificate/file", headers=headers)
    held = (await course.http.get(f"{path}/path", headers=headers)).json()["certificate"]

    (notice,) = await notices(course)
    assert (notice["kind"], notice["payload"]["reason"]) == ("certificate.revoked", REASON)
    assert notice["path"] == f"/courses/{course.slug}/progress"
    assert (again.status_code, file.status_code) == (409, 409)
    assert "revoked" in again.json()["detail"]
    assert held["certificate"]["revocation_reason"] == REASON
    assert not held["certificate"]["is_valid"]


async def test_a_second_revocation_changes_nothing_and_tells_nobody(
    course: LearningCourse,
) -> None:
    await given(course)
    certificate_id = (await only(course))["id"]
    first = await revoke(course, certificate_id)
    second = await revoke(course, certificate_id, "Another reason.")

    assert first.json() == second.json() == await only(course)
    assert len(await notices(course)) == 1


async def test_a_revocation_is_audited_and_an_event(
    course: LearningCourse,
) -> None:
    await given(course)
    certificate_id = (await only(course))["id"]
    await revoke(course, certificate_id)
    admin = await course.people.add("admin")
    found = await course.http.get(
        "/admin/audit", params={"action": "certificate.revoked"}, headers=admin.headers
    )

    (entry,) = [one for one in found.json()["items"] if one["subject"] == certificate_id]
    assert entry["actor_id"] == str(course.teacher.id)
    assert entry["details"] == {"reason": REASON}


async def test_only_those_who_teach_the_course_revoke(course: LearningCourse) -> None:
    await given(course)
    certificate_id = (await only(course))["id"]
    stranger = await course.people.add("teacher")
    by_learner = await revoke(course, certificate_id, who=course.learner)
    by_stranger = await revoke(course, certificate_id, who=stranger)
    unknown = await revoke(course, str(uuid4()))
    unsaid = await revoke(course, certificate_id, " ")

    assert (await listed(course, course.learner)).status_code == 403
    statuses = [one.status_code for one in (by_learner, by_stranger, unknown, unsaid)]
    assert statuses == [403, 404, 404, 422]
    assert (await only(course))["revoked_at"] is None
