"""Every view of the page is accessible in both themes and fits a phone."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.journeys.accessibility import overflow_on_a_phone, violations
from tests.journeys.conftest import Stack
from tests.journeys.test_learning import COURSE, QUIZ, deck_of_its_own, publish, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.server]

SOURCES = Path(__file__).parents[2] / "web" / "src"
ROUTES = re.compile(r'<Route\s+path="([^"]+)"')

ANYONE = [
    "/sign-in",
    "/register",
    "/verify-email",
    "/forgot-password",
    "/reset-password",
    "/no/such/view",
]
LEARNER = ["/", "/account", *(COURSE + end for end in ("", "/lessons", "/quizzes", "/cards"))]
LEARNER += [f"{COURSE}/{view}" for view in ("videos", "progress", "materials")]
TEACHER = [
    f"{COURSE}/{view}"
    for view in (
        *("lessons", "quizzes", "cards", "videos", "progress", "make"),
        *("materials", "insights", "people", "tutor", "settings"),
    )
]
OF_CONTENT = ("quality", "versions", "comments")
OF_QUIZZES = ("results", "rules")
ADMINISTRATOR = [
    f"/admin/{view}"
    for view in (
        *("health", "models", "prompts", "prompts/tutor.explain", "usage", "budgets", "users"),
        *("cache", "audit", "mails", "webhooks"),
    )
]
DEBUGGING = ("process", "requests", "statements", "tasks", "memory", "stores", "token", "log")
ADMINISTRATOR += [f"/admin/debugging/{view}" for view in DEBUGGING]

ELSEWHERE = {"/courses/:course/conversations/:conversation", "/certificates/:code"}
"""Looked at where a question is asked, and where a certificate is given."""

SLIDES = {
    "title": "A pendulum",
    "slides": [
        {
            "id": "s1",
            "heading": "What keeps time",
            "points": ["Its length", "Not its mass"],
            "narration": ["A pendulum keeps time.", "Its length counts.", "Its mass does not."],
        },
        {"id": "s2", "heading": "Its period", "formula": "T", "narration": ["It is short."]},
    ],
}
SECTION = {"id": "s1", "heading": "Falling", "body": "A stone falls $h = g t^2 / 2$."}
CONTENTS = {
    "study-guides": {"title": "Motion, for the exam", "sections": [SECTION]},
    "slide-decks": SLIDES,
    "quizzes": QUIZ,
    "videos": SLIDES,
}


@pytest.fixture(scope="module")
def contents(stack: Stack) -> dict[str, str]:
    """The address of one published content of each kind, by its collection."""
    values = CONTENTS | {"decks": deck_of_its_own()}
    made = {name: publish(stack, name, value) for name, value in values.items()}
    token = stack.token("teacher@demo.local")
    lesson = {"title": "Falling", "content": "A body falls $h = g t^2 / 2$."}
    kept = stack.send("POST", f"/api/v1{COURSE}/lessons", token, lesson)
    override = {"override": True, "reason": "Written for a test, without sources."}
    stack.send("POST", f"/api/v1/lessons/{kept['id']}/publish", token, override)
    made["lessons"] = kept["id"]
    return {name: f"{COURSE}/{name}/{content}" for name, content in made.items()}


def faults(page, addresses: Iterable[str]) -> dict[str, list[str]]:
    """What is wrong with the views at these addresses."""
    found = {}
    for address in addresses:
        page.goto(address)
        page.locator("h1").first.wait_for(state="attached")
        page.locator(".skeleton").first.wait_for(state="detached")
        wrong = [*page.locator("main .problem").all_inner_texts(), *violations(page)]
        pixels = overflow_on_a_phone(page)
        found[address] = [*wrong, f"{pixels} pixels too wide"] if pixels else wrong
    return {address: wrong for address, wrong in found.items() if wrong}


def test_views_before_signing_in_are_accessible(page) -> None:
    assert faults(page, ANYONE) == {}


def test_views_of_a_learner_are_accessible(page, contents: dict[str, str]) -> None:
    sign_in(page, "Learner")

    assert faults(page, [*LEARNER, *contents.values()]) == {}


def test_views_of_a_teacher_are_accessible(page, contents: dict[str, str]) -> None:
    sign_in(page, "Teacher")
    works = [f"{address}/edit" for address in contents.values()]
    works += [f"{contents['quizzes']}/{view}" for view in (*OF_CONTENT, *OF_QUIZZES)]

    assert faults(page, [*TEACHER, *works]) == {}


def test_views_of_an_administrator_are_accessible(page) -> None:
    sign_in(page, "Administrator")

    assert faults(page, ADMINISTRATOR) == {}


def test_what_opens_within_a_view_is_accessible(page) -> None:
    sign_in(page, "Teacher")
    broken = {}

    page.get_by_role("button", name="New course").click()
    page.get_by_label("Title").wait_for()
    broken["new course"] = violations(page)
    page.goto(f"{COURSE}/quizzes")
    page.get_by_text("Bring questions in from another system").click()
    gift = {"name": "bank.gift", "mimeType": "text/plain", "buffer": b"::Sky:: Is it blue? {T}\n"}
    page.get_by_label("A question bank").set_input_files([gift])
    page.get_by_text("Brought in as a draft:").wait_for()
    broken["question bank"] = violations(page)
    page.goto("/account")
    page.get_by_role("button", name=re.compile("^Notices")).click()
    page.get_by_role("dialog", name="Notices").wait_for()
    broken["notices"] = violations(page)

    assert {name: found for name, found in broken.items() if found} == {}


def test_every_route_of_the_page_is_visited() -> None:
    routes = {
        route
        for source in ("main.tsx", "course/CourseViews.tsx", "admin/AdminViews.tsx")
        for route in ROUTES.findall((SOURCES / source).read_text())
    }
    visited = [*ANYONE, *LEARNER, *TEACHER, *ADMINISTRATOR, "edit", *OF_CONTENT, *OF_QUIZZES]

    missed = {
        route
        for route in routes - ELSEWHERE
        if not any(addresses_of(route).search(address) for address in visited)
    }

    assert len(routes) > 40
    assert missed == set()


def addresses_of(route: str) -> re.Pattern[str]:
    """The addresses, or their ends, that a route is for."""
    return re.compile(re.sub(r"/?:\w+\??", "/?[^/]*", route.replace("*", ".*")) + "$")
