"""People's ways to and through their accounts, in a real browser."""

import json
import re
import time
import zipfile
from uuid import uuid4

import pyotp
import pytest

from tests.journeys.conftest import Stack

PHONE = {"width": 390, "height": 844}

pytestmark = [pytest.mark.browser, pytest.mark.server]


def sign_in_as_learner(page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Learner").click()
    page.get_by_role("heading", name="Courses").wait_for()


def test_session_outlives_a_reload_and_is_out_of_reach_of_scripts(page) -> None:
    sign_in_as_learner(page)

    page.reload()
    page.get_by_role("heading", name="Courses").wait_for()

    (cookie,) = page.context.cookies()
    readable = page.evaluate(
        "() => document.cookie + JSON.stringify({...sessionStorage, ...localStorage})"
    )
    assert cookie["name"] == "neuroshiksha_session"
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert cookie["value"] not in readable
    assert "token" not in readable


def test_signing_out_ends_the_session_for_good(page, stack: Stack) -> None:
    sign_in_as_learner(page)
    cookies = page.context.cookies()

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in").wait_for()
    page.context.add_cookies(cookies)
    page.goto("/")

    page.get_by_role("button", name="Sign in").wait_for()
    assert page.url.endswith("/sign-in")


def test_a_session_ended_elsewhere_leads_back_to_where_one_was(page, stack: Stack) -> None:
    sign_in_as_learner(page)
    page.locator("a.course-card").first.click()
    page.locator(".suggestion").first.wait_for()
    address = page.url
    end_the_session(page)

    page.locator(".suggestion").first.click()
    page.get_by_role("button", name="Learner").click()
    page.locator(".suggestion").first.wait_for()

    assert page.url == address


def test_a_draft_is_for_its_writer_and_gone_once_they_sign_out(page) -> None:
    sign_in_as_learner(page)
    page.locator("a.course-card").first.click()
    page.locator(".suggestion").first.wait_for()
    address = page.url
    page.get_by_label("Your question").fill("A secret worry")
    page.reload()
    page.locator(".suggestion").first.wait_for()
    after_reload = page.get_by_label("Your question").input_value()
    end_the_session(page)
    page.goto("/")
    page.get_by_role("button", name="Teacher", exact=True).click()
    page.get_by_role("heading", name="Courses").wait_for()
    page.goto(address)
    page.locator(".suggestion").first.wait_for()
    of_another = page.get_by_label("Your question").input_value()
    page.get_by_label("Your question").fill("A plan")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Learner").wait_for()
    kept = page.evaluate("() => JSON.stringify({...sessionStorage})")

    assert after_reload == "A secret worry"
    assert of_another == ""
    assert "A secret worry" not in kept
    assert "A plan" not in kept


def end_the_session(page) -> None:
    """Signs the browser out without the page's knowledge, as another tab does."""
    status = page.evaluate(
        """async () => {
          const session = await (await fetch("/api/v1/auth/session")).json();
          const headers = { "X-CSRF-Token": session.csrf_token };
          return (await fetch("/api/v1/auth/logout", { method: "POST", headers })).status;
        }"""
    )
    assert status < 300


def wait_for_held(page, held: list, count: int) -> None:
    """Waits until so many requests of a kind are held back."""
    for _ in range(300):
        if len(held) >= count:
            return
        page.wait_for_timeout(100)
    pytest.fail(f"{len(held)} requests instead of {count}")


def test_sign_in_page_is_whole_when_several_requests_find_the_session_ended(page) -> None:
    sign_in_as_learner(page)
    page.locator("a.course-card").first.click()
    page.locator(".suggestion").first.wait_for()
    end_the_session(page)
    sessions, options = [], []
    page.route("**/api/v1/auth/session", lambda route: sessions.append(route))
    page.route("**/api/v1/auth/options", lambda route: options.append(route))

    page.get_by_label("Search your conversations").fill("energy")
    page.locator(".suggestion").first.click()
    wait_for_held(page, sessions, 2)
    sessions[0].continue_()
    wait_for_held(page, options, 1)
    with page.expect_response("**/api/v1/auth/session"):
        sessions[1].continue_()
    options[0].continue_()

    page.get_by_role("button", name="Learner").wait_for()


def register(page, email: str, password: str = "correct horse battery") -> None:
    page.goto("/sign-in")
    page.get_by_role("link", name="Create an account").click()
    page.get_by_role("heading", name="Create an account").wait_for()
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_label("Name").fill("Asha")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Create the account").click()
    page.get_by_role("link", name="To the courses").click()
    page.get_by_role("heading", name="Courses").wait_for()


def mailed_link(stack: Stack, email: str) -> str:
    """The link of the newest mail to an address, which the administrators' mailbox shows."""
    token = stack.token("admin@demo.local")
    for _ in range(900):
        mails = stack.get("/api/v1/admin/mails?size=100", token)["items"]
        found = [mail["body"] for mail in mails if mail["recipient"] == email and mail["body"]]
        if found:
            return re.search(r"http\S+", found[0]).group(0)
        time.sleep(0.1)
    pytest.fail(f"no mail to {email}")


def test_a_forgotten_password_is_replaced_by_the_link_in_the_mail(page, stack: Stack) -> None:
    email = f"{uuid4().hex}@school.edu"
    register(page, email)
    page.get_by_role("button", name="Sign out").click()

    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_role("heading", name="Choose a new password").wait_for()
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_role("button", name="Send me a link").click()
    page.get_by_text("a mail is on its way").wait_for()
    link = mailed_link(stack, email)
    page.goto(link)
    page.get_by_label("New password").fill("another long secret")
    page.get_by_role("button", name="Set the password").click()
    page.get_by_role("heading", name="Your password is changed").wait_for()
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("heading", name="Learn from your own course").wait_for()
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_label("Password").fill("another long secret")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Courses").wait_for()

    token = link.partition("#")[2]
    assert len(token) > 40
    assert token not in page.url
    assert stack.address in link


def test_a_session_is_ended_in_the_list_of_them(page, browser, stack: Stack) -> None:
    email = f"{uuid4().hex}@school.edu"
    register(page, email)
    with_phone = browser.new_context(base_url=stack.address, viewport=PHONE)
    phone = with_phone.new_page()
    phone.goto("/sign-in")
    phone.get_by_label("E-mail", exact=True).fill(email)
    phone.get_by_label("Password").fill("correct horse battery")
    phone.get_by_role("button", name="Sign in").click()
    phone.get_by_role("heading", name="Courses").wait_for()

    page.get_by_role("link", name="Account", exact=True).click()
    page.get_by_text("this device").wait_for()
    listed = page.locator(".session-list li").count()
    page.get_by_role("button", name="Sign out Chrome").click()
    page.locator(".session-list li").nth(1).wait_for(state="detached")
    phone.reload()
    phone.get_by_role("button", name="Sign in").wait_for()
    with_phone.close()

    assert listed == 2


def test_administrators_read_the_mails_that_no_server_sends(page, stack: Stack) -> None:
    email = f"{uuid4().hex}@school.edu"
    register(page, email)
    page.evaluate(
        """email => fetch("/api/v1/auth/password/forgot", {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ email }),
        })""",
        email,
    )
    mailed_link(stack, email)
    page.get_by_role("button", name="Sign out").click()

    page.get_by_role("button", name="Administrator").click()
    page.get_by_role("heading", name="Courses").wait_for()
    page.get_by_role("link", name="Admin", exact=True).click()
    page.get_by_role("link", name="Mails").click()
    mail = page.locator("article", has_text=email).first
    mail.wait_for()

    assert "reset-password#" in mail.inner_text()


def test_two_factors_are_set_up_and_asked_for_when_signing_in(page, stack: Stack) -> None:
    email = f"{uuid4().hex}@school.edu"
    register(page, email)
    page.get_by_role("link", name="Account", exact=True).click()
    page.get_by_label("Your password", exact=True).fill("correct horse battery")
    page.get_by_role("button", name="Set it up").click()
    picture = page.get_by_role("img", name="QR code for an authenticator app")
    picture.wait_for()
    width = picture.evaluate("image => image.naturalWidth")
    page.get_by_text("It cannot be scanned").click()
    app = pyotp.TOTP(page.locator("code.secret").inner_text())

    page.get_by_label("Code", exact=True).fill(app.now())
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="I have kept them").wait_for()
    recovery_codes = page.locator(".recovery-codes code").all_inner_texts()
    page.get_by_role("button", name="I have kept them").click()
    page.get_by_text("10 recovery codes are left").wait_for()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code of your authenticator app").fill(recovery_codes[0])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Account", exact=True).click()
    page.get_by_text("9 recovery codes are left").wait_for()

    assert width > 100
    assert len(set(recovery_codes)) == 10


def test_someone_takes_their_data_along_and_leaves_for_good(page, stack: Stack) -> None:
    email = f"{uuid4().hex}@school.edu"
    register(page, email)
    page.get_by_role("link", name="Account", exact=True).click()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download my data").click()
    archive = zipfile.ZipFile(downloading.value.path())
    (profile,) = json.loads(archive.read("profile.json"))

    page.get_by_text("Delete my account").click()
    page.get_by_label("Password, to confirm").fill("correct horse battery")
    erase = page.get_by_role("button", name="Erase my account for good")
    was_possible = erase.is_enabled()
    page.get_by_label(f"Type {email} to confirm").fill(email)
    erase.click()
    page.get_by_role("button", name="Sign in").wait_for()
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("the password is wrong").wait_for()

    assert profile["email"] == email
    assert downloading.value.suggested_filename == "my data.zip"
    assert not was_possible
