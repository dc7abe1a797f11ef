"""A teacher takes a certificate back on the page, and the page of its code says so."""

from uuid import uuid4

import pytest

from tests.journeys.accessibility import overflow_on_a_phone, violations
from tests.journeys.conftest import Stack

pytestmark = [pytest.mark.browser, pytest.mark.server]

REASON = "The lesson was read by somebody else."


def course_with_a_certificate(stack: Stack) -> tuple[str, str]:
    """The slug of a course whose learner has its certificate, and the code of that."""
    teacher, learner = stack.token("teacher@demo.local"), stack.token()
    slug = f"tides-{uuid4().hex[:8]}"
    course = f"/api/v1/courses/{slug}"
    stack.send("POST", "/api/v1/courses", teacher, {"title": "Tides", "slug": slug})
    stack.send("POST", f"{course}/enrollments", teacher, {"email": "student@demo.local"})
    text = {"title": "Tides", "content": "The Moon pulls.", "status": "published"}
    lesson = stack.send("POST", f"{course}/lessons", teacher, text)
    stack.send("PUT", f"{course}/certificate-rule", teacher, {"lessons_share": 1})
    stack.send("POST", f"/api/v1/lessons/{lesson['id']}/readings", learner, {})
    return slug, stack.send("POST", f"{course}/certificate", learner, {})["code"]


def test_a_revoked_certificate_says_so(page, stack: Stack) -> None:
    slug, code = course_with_a_certificate(stack)
    page.goto("/")
    page.get_by_role("button", name="Teacher", exact=True).click()
    page.get_by_role("heading", name="Courses").wait_for()
    page.goto(f"/courses/{slug}/settings")

    row = page.locator("li", has_text="Demo Student")
    row.get_by_role("button", name="Revoke").click()
    page.get_by_label("Reason").fill(REASON)
    page.get_by_role("button", name="Revoke the certificate").click()
    row.get_by_text(REASON).wait_for()
    row.get_by_text("revoked", exact=True).wait_for()
    is_over = row.get_by_role("button").count() == 0
    faults = violations(page), overflow_on_a_phone(page)
    page.goto(f"/certificates/{code}")
    page.get_by_role("heading", name="This certificate is revoked").wait_for()

    assert is_over
    assert faults == ([], 0)
