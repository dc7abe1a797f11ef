"""J2: a teacher's way from an empty course to an answer from its material, in a real browser."""

from uuid import uuid4

import pytest

from tests.journeys.conftest import Stack

pytestmark = [pytest.mark.browser, pytest.mark.server]

TIDES = b"""# Tides

## Why the sea rises

The Moon pulls the near ocean more strongly than the far one, so that two bulges of water stand on
opposite sides of the Earth. A coast that turns through both has two high tides each day.
"""


def sign_in_as_teacher(page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Teacher", exact=True).click()
    page.get_by_role("heading", name="Courses").wait_for()


def make_course(page) -> str:
    """Creates a course on the page and gives its title."""
    title = f"Tides {uuid4().hex[:8]}"
    page.get_by_role("button", name="New course").click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Questions to suggest").fill("Why are there two high tides each day?")
    page.get_by_role("button", name="Create the course").click()
    page.get_by_text("There is nothing here yet.").wait_for()
    return title


def test_teacher_brings_material_in_and_asks_from_it(page) -> None:
    sign_in_as_teacher(page)
    make_course(page)
    broken = {"name": "torn.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 torn"}
    whole = {"name": "tides.md", "mimeType": "text/markdown", "buffer": TIDES}

    page.get_by_label("Files to bring in").set_input_files([broken, whole])
    page.get_by_text("All done, 1 file has failed.").wait_for()
    reason = page.locator(".uploads li", has_text="torn.pdf").locator(".reason").inner_text()
    page.locator(".virtual-rows li", has_text="Ready").wait_for()
    rows = page.locator(".virtual-rows li").all_inner_texts()
    page.get_by_label("A question of a learner").fill("two high tides")
    page.keyboard.press("Enter")
    page.locator(".hits li").first.wait_for()
    marked = {word.lower() for word in page.locator(".hits li mark").all_inner_texts()}
    page.get_by_role("link", name="Chat", exact=True).click()
    page.locator(".suggestion").first.click()
    page.locator(".source-list").wait_for()

    assert "PDF" in reason
    assert len(rows) == 2
    assert any("torn.pdf" in row and reason in row for row in rows)
    assert {"two", "high", "tides"} <= marked
    assert page.locator(".source-list .source-title").all_inner_texts() == ["Tides"]


def test_document_is_read_and_taken_out(page) -> None:
    sign_in_as_teacher(page)
    make_course(page)
    name = "<img src=x onerror=alert(1)>.md"
    file = {"name": name, "mimeType": "text/markdown", "buffer": b"The sea rises twice a day."}
    page.get_by_label("Files to bring in").set_input_files([file])
    page.locator(".virtual-rows li", has_text="Ready").wait_for()

    page.locator(".virtual-rows .link").click()
    page.get_by_role("region", name="Stored text").wait_for()
    text = page.get_by_role("region", name="Stored text").inner_text()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Take it out").click()
    page.get_by_text("There is nothing here yet.").wait_for()

    assert "The sea rises twice a day." in text
    assert page.locator(".uploads .row-title").inner_text() == name
    assert page.locator("img[src=x]").count() == 0


def archive_course(page) -> None:
    """Opens the settings, waits for all of them, and puts the course away."""
    page.get_by_role("link", name="Course", exact=True).click()
    page.get_by_label("Lessons read, %").wait_for()
    page.locator(".loading").first.wait_for(state="detached")
    page.get_by_role("button", name="Archive the course").click()


def test_archived_course_comes_back_by_undo_and_from_the_list(page) -> None:
    sign_in_as_teacher(page)
    title = make_course(page)
    card = page.locator("a.course-card", has_text=title)

    archive_course(page)
    page.get_by_role("button", name="Undo").click()
    card.click()
    archive_course(page)
    page.get_by_text("is archived.").wait_for()
    card.wait_for(state="detached")
    page.get_by_text("Archived courses").click()
    page.get_by_role("button", name=f"Restore {title}").click()

    card.wait_for()


def test_teacher_says_who_learns_and_what_the_tutor_may_say(page, stack: Stack) -> None:
    sign_in_as_teacher(page)
    make_course(page)
    slug = page.url.split("/courses/")[1].split("/")[0]

    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_label("E-mail of their account").fill("student@demo.local")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("Role of Demo Student").select_option("assistant")
    page.get_by_role("button", name="Remove Demo Student").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_label("Role of Demo Student").wait_for()
    page.get_by_role("link", name="Tutor", exact=True).click()
    page.get_by_label("Withhold them").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("from its next answer on").wait_for()

    token = stack.token("teacher@demo.local")
    people = stack.get(f"/api/v1/courses/{slug}/enrollments", token)["items"]
    roles = {person["email"]: person["role"] for person in people}
    assert roles["student@demo.local"] == "assistant"
    assert stack.get(f"/api/v1/courses/{slug}/policy", token)["support"] == "withhold"


def test_page_says_that_the_server_is_away_and_comes_back_by_itself(page) -> None:
    sign_in_as_teacher(page)
    away = {"is": True}
    page.route(
        "**/{api,health}/**", lambda route: route.abort() if away["is"] else route.continue_()
    )

    page.locator("a.course-card").first.click()
    page.get_by_text("The server does not answer. Reconnecting…").wait_for()
    away["is"] = False

    page.locator(".suggestion").first.wait_for()
    page.get_by_text("The server does not answer. Reconnecting…").wait_for(state="detached")
