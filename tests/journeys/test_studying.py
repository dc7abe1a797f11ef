"""A learner's own progress: the certificate at its end, and what they are told on the way."""

from pathlib import Path
from uuid import uuid4

import pytest

from tests.journeys.accessibility import overflow_on_a_phone, violations
from tests.journeys.conftest import Stack
from tests.journeys.test_learning import COURSE, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.server]


@pytest.fixture
def short_course(stack: Stack) -> str:
    """The address of a course of one lesson, which gives a certificate to who has read it."""
    token = stack.token("teacher@demo.local")
    made = stack.send("POST", "/api/v1/courses", token, {"title": f"Tides {uuid4().hex[:8]}"})
    course = f"/courses/{made['slug']}"
    rule = {"lessons_share": 1, "signed_by": "Dr Asha Rao"}
    stack.send("PUT", f"/api/v1{course}/certificate-rule", token, rule)
    learner = {"email": "student@demo.local", "role": "learner"}
    stack.send("POST", f"/api/v1{course}/enrollments", token, learner)
    publish(stack, course, "High tide")
    return course


def publish(stack: Stack, course: str, title: str) -> None:
    """Publishes a lesson of that title."""
    token = stack.token("teacher@demo.local")
    lesson = {"title": title, "content": "The Moon pulls the sea."}
    kept = stack.send("POST", f"/api/v1{course}/lessons", token, lesson)
    override = {"override": True, "reason": "Written for a test, without sources."}
    stack.send("POST", f"/api/v1/lessons/{kept['id']}/publish", token, override)


def test_who_has_read_all_downloads_a_certificate_that_anyone_can_check(
    page, short_course: str
) -> None:
    sign_in(page, "Learner")
    page.goto(f"{short_course}/progress")
    page.get_by_text("0% of 100% needed").wait_for()
    page.get_by_role("region", name="Next").get_by_role("link", name="High tide").click()
    page.get_by_role("button", name="I have read this").click()
    page.get_by_role("button", name="Marked as read").wait_for()
    page.get_by_role("link", name="Progress", exact=True).click()
    page.get_by_role("button", name="Get the certificate").click()
    page.get_by_text("You have it since").wait_for()
    assert violations(page) == []
    assert overflow_on_a_phone(page) == 0

    with page.expect_download() as download:
        page.get_by_role("link", name="Download as PDF").click()
    certificate = Path(download.value.path()).read_bytes()
    page.get_by_role("link", name="The page that says it is valid").click()
    page.get_by_role("heading", name="This certificate is valid").wait_for()
    check = page.url
    page.context.clear_cookies()
    page.goto(check)
    page.get_by_text("Demo Student has completed the course Tides").wait_for()

    assert certificate.startswith(b"%PDF")
    assert violations(page) == []
    assert overflow_on_a_phone(page) == 0


def tab_to(page, name: str) -> None:
    """Moves the focus on by Tab until what bears the name has it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => document.activeElement.ariaLabel ?? document.activeElement.textContent"
        )
        if focused.startswith(name):
            return
    pytest.fail(f"{name} is not reached by Tab")


def test_a_notice_that_comes_while_the_list_is_open_joins_it(
    page, stack: Stack, short_course: str
) -> None:
    sign_in(page, "Learner")
    page.get_by_role("button", name="Notices").click()
    notices = page.get_by_role("dialog", name="Notices")
    notices.get_by_text("New: High tide").first.wait_for()

    publish(stack, short_course, "Low tide")

    notices.get_by_text("New: Low tide").wait_for()


def test_notices_and_progress_are_reached_by_keyboard(page, short_course: str) -> None:
    sign_in(page, "Learner")
    tab_to(page, "Notices")
    page.keyboard.press("Enter")
    notices = page.get_by_role("dialog", name="Notices")
    notices.get_by_text("New: High tide").first.wait_for()
    assert violations(page) == []
    assert overflow_on_a_phone(page) == 0

    page.keyboard.press("Escape")
    notices.wait_for(state="detached")
    focused = page.evaluate("document.activeElement.ariaLabel")
    page.goto(COURSE)
    page.get_by_role("link", name="Progress", exact=True).wait_for()
    tab_to(page, "Progress")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="My progress").wait_for()
    page.get_by_role("heading", name="Your path").wait_for()

    assert focused.startswith("Notices")
    assert violations(page) == []
    assert overflow_on_a_phone(page) == 0
