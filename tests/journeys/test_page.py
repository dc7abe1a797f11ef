"""J1, first form: a learner's way through the page, in a real browser."""

import json
import re
from pathlib import Path

import pytest

from tests.journeys.conftest import Stack

pytestmark = [pytest.mark.browser, pytest.mark.server]

PHONE = {"width": 390, "height": 844}


def sign_in(page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Learner").click()
    page.get_by_role("heading", name="Courses").wait_for()


def open_demo_course(page) -> None:
    sign_in(page)
    page.locator("a.course-card").first.click()
    page.locator(".suggestion").first.wait_for()


def ask_first_suggestion(page) -> str:
    question = page.locator(".suggestion").first.inner_text()
    page.locator(".suggestion").first.click()
    wait_for_answer(page)
    return question


def wait_for_answer(page) -> None:
    """Waits until the answer stands there, its citations in their form."""
    page.locator(".source-list").wait_for()
    page.locator(".prose button.citation").first.wait_for()


def shown_conversation(page, stack: Stack) -> dict:
    """The branch that the page's address names."""
    page.wait_for_url("**/conversations/*")
    return stack.get(f"/api/v1/conversations/{page.url.rsplit('/', 1)[1]}", stack.token())


def stored_feedback(page, stack: Stack) -> dict | None:
    return shown_conversation(page, stack)["messages"][-1]["feedback"]


def export_as(page, name: str) -> tuple[str, bytes]:
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=name, exact=True).click()
    page.locator(".export-menu").wait_for(state="hidden")
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_learner_asks_and_opens_the_cited_passage(page) -> None:
    open_demo_course(page)

    question = ask_first_suggestion(page)
    page.locator(".prose button.citation").first.click()

    page.locator(".source-panel mark").first.wait_for()
    quoted, passage = page.locator(".source-panel .passage").evaluate(
        "passage => [passage.querySelector('mark').innerText, passage.innerText]"
    )
    assert page.locator(".question").inner_text() == question
    assert len(quoted) > 10
    assert quoted in passage


def test_cited_pdf_page_is_shown_with_the_passage_marked(page) -> None:
    open_demo_course(page)
    page.get_by_label("Your question").fill("Why does a pendulum keep time?")
    page.keyboard.press("Enter")
    page.locator(".source-list").wait_for()

    page.locator(".prose button.citation").first.click()
    picture = page.get_by_role("img", name=re.compile(r"^Page \d+ of .*the passage marked$"))
    picture.wait_for()

    assert picture.evaluate("image => image.naturalWidth") > 800


def test_reload_shows_the_same_answer(page) -> None:
    open_demo_course(page)
    ask_first_suggestion(page)
    before = page.locator(".prose").inner_text()

    page.reload()
    wait_for_answer(page)

    assert re.search(r"/conversations/", page.url)
    assert page.locator(".prose").inner_text() == before


def test_formulas_of_the_passages_are_typeset(page) -> None:
    open_demo_course(page)

    page.get_by_label("Your question").fill("What is the average velocity?")
    page.keyboard.press("Enter")
    page.locator(".source-list").wait_for()
    page.locator(".prose .katex").first.wait_for()
    page.locator(".prose button.citation").first.click()
    page.locator(".source-panel .passage .katex").first.wait_for()

    assert page.locator(".katex-error").count() == 0


def test_question_the_course_does_not_answer_gets_a_plain_no(page) -> None:
    open_demo_course(page)

    page.get_by_label("Your question").fill("Who won the 1998 football world cup?")
    page.keyboard.press("Enter")
    page.get_by_text("Copy", exact=True).wait_for()

    assert page.locator(".prose button.citation").count() == 0


def test_question_that_finds_the_server_busy_is_sent_again_under_its_key(
    page, stack: Stack
) -> None:
    open_demo_course(page)
    keys: list[str] = []

    def refuse_once(route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            route.continue_()
            return
        problem = {"type": "about:blank", "status": 503, "code": "overloaded", "detail": "Busy."}
        route.fulfill(
            status=503,
            headers={"Retry-After": "1", "Content-Type": "application/problem+json"},
            body=json.dumps(problem),
        )

    page.route("**/chat", refuse_once)

    page.locator(".suggestion").first.click()
    page.get_by_text("Many are asking just now.").wait_for()
    page.locator(".source-list").wait_for()

    assert len(keys) == 2
    assert keys[0] == keys[1]
    assert page.get_by_text("Many are asking just now.").count() == 0
    assert len(shown_conversation(page, stack)["messages"]) == 2


def test_rating_with_its_reasons_is_kept_and_can_be_taken_back(page, stack: Stack) -> None:
    open_demo_course(page)
    ask_first_suggestion(page)
    down = page.get_by_role("button", name="Not helpful")

    down.click()
    page.get_by_label("It is unclear").check()
    page.get_by_label("Comment (optional)").fill("Which length is meant?")
    page.get_by_role("button", name="Send").click()
    page.locator(".reasons").wait_for(state="hidden")
    given = stored_feedback(page, stack)
    page.reload()
    page.locator('[aria-label="Not helpful"][aria-pressed="true"]').click()
    page.locator('[aria-label="Not helpful"][aria-pressed="false"]').wait_for()

    assert given is not None
    assert given["rating"] == "down"
    assert given["reasons"] == ["unclear"]
    assert given["comment"] == "Which length is meant?"
    assert stored_feedback(page, stack) is None


def test_reasons_are_reached_and_left_with_the_keyboard(page, stack: Stack) -> None:
    page.set_viewport_size(PHONE)
    open_demo_course(page)
    ask_first_suggestion(page)

    page.get_by_role("button", name="Not helpful").press("Enter")
    page.get_by_label("It is wrong").wait_for()
    width = page.evaluate("document.documentElement.scrollWidth")
    page.keyboard.press("Escape")
    page.locator(".reasons").wait_for(state="hidden")

    assert width <= PHONE["width"]
    assert page.evaluate("document.activeElement.ariaLabel") == "Not helpful"
    assert stored_feedback(page, stack)["rating"] == "down"


def test_conversation_is_saved_as_markdown_json_and_pdf(page) -> None:
    open_demo_course(page)
    question = ask_first_suggestion(page)

    markdown_name, markdown = export_as(page, "Markdown")
    json_name, data = export_as(page, "JSON")
    pdf_name, pdf = export_as(page, "PDF")

    stems = {Path(name).stem for name in (markdown_name, json_name, pdf_name)}
    suffixes = [Path(name).suffix for name in (markdown_name, json_name, pdf_name)]
    assert suffixes == [".md", ".json", ".pdf"]
    assert len(stems) == 1
    assert question in markdown.decode()
    assert question in json.dumps(json.loads(data), ensure_ascii=False)
    assert pdf.startswith(b"%PDF")


def test_search_finds_a_conversation_and_escape_shows_all_again(page) -> None:
    open_demo_course(page)
    ask_first_suggestion(page)
    search = page.get_by_label("Search your conversations")
    listed = page.locator(".conversations li")
    listed.first.wait_for()

    search.fill("zzyzx")
    page.get_by_text("No conversation holds “zzyzx”.").wait_for()
    found_nothing = listed.count()
    search.fill("the")
    page.locator(".conversations li mark").first.wait_for()
    marked = page.locator(".conversations li mark").first.inner_text()
    search.press("Escape")
    page.locator(".conversations li mark").first.wait_for(state="detached")

    assert found_nothing == 0
    assert marked.lower() == "the"
    assert search.input_value() == ""
    assert listed.count() >= 1


def test_long_titles_stay_within_the_list_of_conversations(page) -> None:
    open_demo_course(page)
    page.get_by_label("Your question").fill("What is velocity, and " + "why is it so, " * 8)
    page.keyboard.press("Enter")
    page.get_by_text("Copy", exact=True).wait_for()
    listed = page.locator(".conversations")
    listed.locator("li").first.wait_for()

    widest = page.locator(".conversations > *").evaluate_all(
        "all => Math.max(...all.map(one => one.getBoundingClientRect().right))"
    )

    assert widest <= listed.bounding_box()["x"] + listed.bounding_box()["width"]


def test_answer_told_anew_takes_the_place_of_the_one_before(page, stack: Stack) -> None:
    open_demo_course(page)
    question = ask_first_suggestion(page)
    before = shown_conversation(page, stack)

    with page.expect_response("**/regenerate"):
        page.get_by_role("button", name="Try again").click()
    page.get_by_role("button", name="Try again").wait_for()
    after = shown_conversation(page, stack)

    assert page.locator(".question").all_inner_texts() == [question]
    assert page.locator("article.answer").count() == 1
    assert len(after["leaves"]) == 2
    assert after["messages"][-1]["id"] != before["messages"][-1]["id"]


def test_edited_question_takes_the_place_of_what_followed_it(page, stack: Stack) -> None:
    open_demo_course(page)
    ask_first_suggestion(page)
    page.get_by_label("Your question").fill("What is inertia?")
    page.keyboard.press("Enter")
    edit = page.get_by_role("button", name="Edit this question")
    page.locator("article.answer:not([aria-busy=true])").nth(1).wait_for()

    edit.first.click()
    page.get_by_label("The question, edited").fill("What is friction?")
    with page.expect_response("**/chat"):
        page.get_by_role("button", name="Ask instead").click()
    page.get_by_role("button", name="Try again").wait_for()
    shown = page.locator(".question").all_inner_texts()
    page.reload()
    page.get_by_role("button", name="Try again").wait_for()

    assert shown == ["What is friction?"]
    assert page.locator(".question").all_inner_texts() == shown
    assert len(shown_conversation(page, stack)["leaves"]) == 2


def told_anew(page) -> None:
    """Has the last answer told once more, and waits until the new one is there."""
    with page.expect_response("**/regenerate"):
        page.get_by_role("button", name="Try again").click()
    page.get_by_role("button", name="Try again").wait_for()
    page.get_by_role("group", name="Versions of this answer").wait_for()


def test_earlier_answer_is_shown_after_a_reload_and_gone_on_with(page, stack: Stack) -> None:
    open_demo_course(page)
    first_question = ask_first_suggestion(page)
    first = shown_conversation(page, stack)["messages"][-1]["id"]
    told_anew(page)
    page.get_by_text("2 / 2").wait_for()

    with page.expect_response(f"**?leaf={first}"):
        page.get_by_role("button", name="Earlier version of this answer").press("Enter")
    page.get_by_text("1 / 2").wait_for()
    focused = page.evaluate("document.activeElement.ariaLabel")
    page.reload()
    page.get_by_text("1 / 2").wait_for()
    page.get_by_label("Your question").fill("What is inertia?")
    page.keyboard.press("Enter")
    page.locator("article.answer:not([aria-busy=true])").nth(1).wait_for()
    page.get_by_role("button", name="Later version of this answer").wait_for()
    after = shown_conversation(page, stack)
    _, exported = export_as(page, "JSON")

    assert focused == "Earlier version of this answer"
    assert page.locator(".question").all_inner_texts() == [first_question, "What is inertia?"]
    assert [message["id"] for message in after["messages"]][1] == first
    assert after["messages"][2]["parent_id"] == first
    assert [one["id"] for one in json.loads(exported)["messages"]] == [
        one["id"] for one in after["messages"]
    ]


def test_export_is_of_the_branch_that_is_shown(page, stack: Stack) -> None:
    open_demo_course(page)
    question = ask_first_suggestion(page)
    page.get_by_role("button", name="Edit this question").click()
    page.get_by_label("The question, edited").fill("What is friction?")
    with page.expect_response("**/chat"):
        page.get_by_role("button", name="Ask instead").click()
    page.get_by_role("group", name="Versions of this question").wait_for()

    page.get_by_role("button", name="Earlier version of this question").click()
    page.get_by_text("1 / 2").wait_for()
    page.get_by_role("heading", name=question).wait_for()
    _, earlier = export_as(page, "Markdown")
    page.get_by_role("button", name="Later version of this question").click()
    page.get_by_role("heading", name="What is friction?").wait_for()
    _, newest = export_as(page, "Markdown")

    assert f"> {question}" in earlier.decode()
    assert "> What is friction?" not in earlier.decode()
    assert "> What is friction?" in newest.decode()
    assert "leaf" not in page.url


def test_versions_are_reached_on_a_phone(page) -> None:
    page.set_viewport_size(PHONE)
    open_demo_course(page)
    ask_first_suggestion(page)
    told_anew(page)

    earlier = page.get_by_role("button", name="Earlier version of this answer")
    earlier.click()
    page.get_by_text("1 / 2").wait_for()
    width = page.evaluate("document.documentElement.scrollWidth")
    box = earlier.bounding_box()

    assert width <= PHONE["width"]
    assert min(box["width"], box["height"]) >= 24
    assert earlier.get_attribute("aria-disabled") == "true"


def test_phone_opens_the_conversations_from_the_bar(page) -> None:
    page.set_viewport_size(PHONE)
    open_demo_course(page)
    ask_first_suggestion(page)
    switch = page.get_by_role("button", name="Chats of this course")

    switch.click()
    page.get_by_label("Search your conversations").fill("the")
    page.locator(".conversations li mark").first.wait_for()
    width = page.evaluate("document.documentElement.scrollWidth")
    page.get_by_role("link", name="New conversation").click()
    page.locator(".suggestion").first.wait_for()

    assert width <= PHONE["width"]
    assert not page.locator(".conversations").is_visible()


def test_wrong_password_is_said_beside_the_form(page) -> None:
    page.goto("/sign-in")

    page.get_by_label("E-mail", exact=True).fill("student@demo.local")
    page.get_by_label("Password").fill("not-the-password")
    page.get_by_role("button", name="Sign in").click()

    assert page.get_by_role("alert").inner_text() != ""


def test_phone_shows_chat_without_sideways_scrolling_and_the_name_of_the_course(page) -> None:
    page.set_viewport_size(PHONE)
    open_demo_course(page)
    ask_first_suggestion(page)

    width = page.evaluate("document.documentElement.scrollWidth")
    title = page.locator(".top-bar .where")
    cut_off = title.evaluate("shown => shown.scrollWidth - shown.clientWidth")

    assert width <= PHONE["width"]
    assert title.inner_text() == "How Things Move and Keep Time"
    assert cut_off <= 0


def test_script_in_a_question_stays_text(page) -> None:
    open_demo_course(page)

    page.get_by_label("Your question").fill("<img src=x onerror=alert(1)> **what is inertia?**")
    page.keyboard.press("Enter")
    page.get_by_text("Copy", exact=True).wait_for()

    assert page.locator(".turns img").count() == 0
    assert "<img src=x" in page.locator(".question").inner_text()


def test_documentation_of_the_api_works_without_the_internet(page) -> None:
    page.set_viewport_size({"width": 1280, "height": 6000})  # what is out of view is not drawn
    page.goto("/docs")

    page.get_by_role("button", name="Authorize").wait_for()
    page.locator(".opblock").nth(60).wait_for()
