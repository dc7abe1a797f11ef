"""A learner is helped with a problem: hint by hint, then with their own work."""

import pytest

from tests.journeys.accessibility import overflow_on_a_phone, violations
from tests.journeys.conftest import Stack
from tests.journeys.test_learning import COURSE, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.server]

PROBLEM = "What does the period of a pendulum depend on?"
ANSWER = "length"


def say(page, words: str) -> str:
    """Sends words to the tutor, and gives what it replies."""
    before = page.locator("article.answer").count()
    page.get_by_label("Your question").fill(words)
    page.keyboard.press("Enter")
    return reply_after(page, before)


def reply_after(page, before: int) -> str:
    """The reply that follows so many, once it is whole."""
    reply = page.locator("article.answer:not([aria-busy=true])").nth(before)
    reply.get_by_text("Copy", exact=True).wait_for()
    return reply.inner_text()


def test_hints_come_before_the_answer_and_the_problem_outlives_a_reload(page, stack: Stack) -> None:
    sign_in(page, "Learner")
    page.goto(COURSE)
    mode = page.get_by_label("Way of learning")
    mode.select_option(label="Hints")
    first = say(page, PROBLEM)
    bar = page.get_by_role("region", name="Open problem")
    bar.get_by_text("Hints: 1 · Answers: 0").wait_for()
    assert violations(page) == []
    assert overflow_on_a_phone(page) == 0

    page.reload()
    bar.get_by_text("Hints: 1 · Answers: 0").wait_for()
    kept = mode.input_value()
    bar.get_by_role("button", name="Give me a hint").press("Enter")
    reply_after(page, 1)
    bar.get_by_text("Hints: 2 · Answers: 0").wait_for()
    say(page, "It depends on the colour.")
    bar.get_by_text("Hints: 3 · Answers: 1").wait_for()
    bar.get_by_role("button", name="Show me the solution").click()
    solution = reply_after(page, 3)
    bar.wait_for(state="detached")

    assert kept == "hints"
    assert ANSWER not in first
    assert ANSWER in solution


def test_own_work_is_checked_in_the_mode_that_a_reload_keeps(page) -> None:
    sign_in(page, "Learner")
    page.goto(COURSE)
    mode = page.get_by_label("Way of learning")
    mode.select_option(label="Check my work")
    page.get_by_placeholder("Your work, a step in each line").wait_for()

    checked = say(page, "The period of a pendulum depends on its length.")
    page.wait_for_url("**/conversations/*")
    page.reload()
    page.get_by_text("Copy", exact=True).wait_for()

    assert mode.input_value() == "check_my_work"
    assert "length" in checked
    assert violations(page) == []
    assert overflow_on_a_phone(page) == 0
