"""The page before and after signing in, in English and Hindi, in a real browser."""

import pytest

from tests.journeys.accessibility import overflow_on_a_phone, violations

pytestmark = [pytest.mark.browser, pytest.mark.server]


def test_page_speaks_the_language_that_was_chosen(page) -> None:
    page.goto("/sign-in")

    page.get_by_role("button", name="हिन्दी").click()
    page.get_by_role("button", name="शिक्षार्थी").click()
    page.get_by_role("heading", name="पाठ्यक्रम सूची").wait_for()
    page.locator("a.course-card").first.click()
    page.get_by_placeholder("इस पाठ्यक्रम के बारे में पूछें").wait_for()
    spoken = page.evaluate("() => document.documentElement.lang")
    page.goto("/account")
    page.get_by_role("button", name="English").click()

    page.get_by_role("heading", name="Where you are signed in").wait_for()
    assert spoken == "hi"
    assert page.evaluate("() => document.documentElement.lang") == "en"


def test_what_the_server_refuses_is_said_in_hindi(page) -> None:
    page.goto("/sign-in")
    page.get_by_role("button", name="हिन्दी").click()

    page.get_by_label("ई-मेल", exact=True).fill("student@demo.local")
    page.get_by_label("पासवर्ड").fill("not-the-password")
    page.get_by_role("button", name="साइन इन करें").click()

    page.get_by_role("alert").filter(has_text="साइन इन नहीं हो सका").wait_for()


def test_why_a_file_failed_is_said_in_hindi(page) -> None:
    page.goto("/sign-in")
    page.get_by_role("button", name="हिन्दी").click()
    page.get_by_role("button", name="शिक्षक").click()
    page.locator("a.course-card").first.click()
    page.get_by_role("link", name="सामग्री", exact=True).click()
    broken = {"name": "torn.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 torn"}

    page.locator("input[type=file]").first.set_input_files(broken)

    told = page.locator(".reason").filter(has_text="यह फ़ाइल खुल नहीं सकी")
    told.nth(1).wait_for()  # of the upload, and of the document


def test_signing_in_chat_and_account_are_accessible_and_fit_a_phone(page) -> None:
    broken, too_wide = {}, {}

    def hold(name: str) -> None:
        broken[name] = violations(page)
        too_wide[name] = overflow_on_a_phone(page)

    page.goto("/sign-in")
    page.get_by_role("button", name="Learner").wait_for()
    hold("sign-in")
    page.get_by_role("button", name="Learner").click()
    page.locator("a.course-card").first.click()
    page.locator(".suggestion").first.wait_for()
    hold("chat")
    page.locator(".suggestion").first.click()
    page.locator(".source-list").wait_for()
    page.locator(".prose button.citation").first.click()
    page.locator(".source-panel").wait_for()
    hold("answer")
    page.goto("/account")
    page.get_by_text("this device").wait_for()
    hold("account")

    assert {name: found for name, found in broken.items() if found} == {}
    assert {name: pixels for name, pixels in too_wide.items() if pixels} == {}
