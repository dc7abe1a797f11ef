"""A question that found no answer reaches the teacher, and what the teacher says the learner."""

import json
import re
from urllib.request import Request, urlopen

import pytest

from tests.journeys.accessibility import overflow_on_a_phone, violations
from tests.journeys.conftest import Stack
from tests.journeys.test_learning import COURSE, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.server]

QUESTION = "Who built the first steam engine in this village?"
RIGHT = "Nobody knows for sure; the village archive names the smith Ram Lal in 1871."


def ask(stack: Stack, question: str) -> dict:
    """The whole answer that the demo learner gets."""
    headers = {
        "Authorization": f"Bearer {stack.token()}",
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    body = json.dumps({"message": question}).encode()
    request = Request(f"{stack.address}/api/v1{COURSE}/chat", body, headers)
    with urlopen(request, timeout=60) as response:
        return json.load(response)


def test_a_question_without_an_answer_is_corrected_and_the_learner_told(
    page, stack: Stack, tmp_path
) -> None:
    asked = ask(stack, QUESTION)
    sign_in(page, "Teacher")
    page.goto(f"{COURSE}/insights")
    row = page.get_by_role("listitem").filter(has_text=QUESTION)
    row.get_by_role("button", name="Correct this answer").click()
    page.get_by_label("What is right").fill(RIGHT)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("The tutor answers by your correction from now on.").wait_for()
    page.get_by_role("heading", name="Corrections").wait_for()
    page.get_by_text(RIGHT).wait_for()
    page.screenshot(path=tmp_path / "insights.png", full_page=True)
    assert violations(page) == []
    assert overflow_on_a_phone(page) == 0

    page.get_by_role("button", name="Sign out").click()
    sign_in(page, "Learner")
    page.get_by_role("button", name=re.compile("^Notices, ")).click()
    page.get_by_role("link", name=QUESTION).first.click()
    page.wait_for_url(f"**/conversations/{asked['conversation_id']}")
    page.get_by_role("complementary", name="Correction by the teacher").wait_for()
    page.screenshot(path=tmp_path / "corrected.png", full_page=True)
    assert "Ram Lal" in ask(stack, QUESTION)["content"]
    page.goto("/account")
    page.get_by_role("checkbox", name="Cards are due: By e-mail").check()
    page.locator("section", has_text="Time zone").get_by_role("button", name="Save").click()
    page.get_by_text("Kept.").wait_for()
    page.screenshot(path=tmp_path / "account.png", full_page=True)
    assert violations(page) == []
