"""J1 and J2, what is made: a teacher has it made, learners take, review and watch it."""

import re
from uuid import uuid4

import pytest

from tests.journeys.conftest import Stack

pytestmark = [pytest.mark.browser, pytest.mark.server]

COURSE = "/courses/how-things-move"
QUIZ = {
    "title": "Every kind of question",
    "questions": [
        {
            "kind": "single_choice",
            "id": "q1",
            "stem": "A ball is thrown straight up. What is its acceleration at the top?",
            "choices": [
                {
                    "id": "a",
                    "text": "Zero",
                    "reason": "Takes velocity for acceleration",
                    "feedback": "The velocity is zero there; gravity still pulls.",
                },
                {"id": "b", "text": "It is that of gravity", "is_right": True},
            ],
        },
        {
            "kind": "numeric",
            "id": "q2",
            "stem": "How fast is a stone 2 s after it was let fall?",
            "value": 19.6,
            "tolerance": 0.2,
            "unit": "m/s",
        },
        {
            "kind": "cloze",
            "id": "q3",
            "stem": "Force is mass times {{g1}}.",
            "gaps": [
                {"id": "g1", "accepted": ["acceleration"], "options": ["time", "acceleration"]}
            ],
        },
        {
            "kind": "ordering",
            "id": "q4",
            "stem": "Order by speed, the slowest first.",
            "items": ["A snail", "A walker"],
        },
        {
            "kind": "matching",
            "id": "q5",
            "stem": "Which unit belongs to which quantity?",
            "pairs": [{"left": "Force", "right": "newton"}, {"left": "Energy", "right": "joule"}],
        },
    ],
}


def deck_of_its_own() -> dict:
    """Cards with fronts that no other deck has."""
    mark = uuid4().hex[:8]
    return {
        "title": f"Motion in cards {mark}",
        "cards": [
            {
                "id": "c1",
                "front": f"What is inertia ({mark})?",
                "back": "A body keeps its velocity.",
            },
            {"id": "c2", "front": f"What is a period ({mark})?", "back": "The time of one swing."},
        ],
    }


def sign_in(page, role: str) -> None:
    page.goto("/")
    page.get_by_role("button", name=role, exact=True).click()
    page.get_by_role("heading", name="Courses").wait_for()


def publish(stack: Stack, collection: str, content: dict) -> str:
    """Keeps content that is written here, and shows it to learners for a reason of their own."""
    token = stack.token("teacher@demo.local")
    made = stack.send("POST", f"/api/v1{COURSE}/{collection}", token, {"content": content})
    override = {"override": True, "reason": "Written for a test, without sources."}
    stack.send("POST", f"/api/v1/{collection}/{made['id']}/publish", token, override)
    return made["id"]


def make(page, kind: str, count: int) -> None:
    """Has content made about a topic of the demo course, and opens it once it is there."""
    page.goto(f"{COURSE}/make")
    page.get_by_role("radio", name=kind).check()
    page.get_by_label("Topic").fill("Pendulum and energy")
    page.get_by_label("Length").select_option("short")
    page.get_by_label(re.compile("^(Questions|Scenes)$")).fill(str(count))
    page.get_by_role("button", name="Make it").click()
    page.get_by_text(f"{kind}: Pendulum and energy").wait_for()
    row = page.locator("li.job", has_text=f"{kind}: Pendulum and energy")
    row.get_by_role("link", name=f"Open the {kind.lower()}").click()


def publish_on_the_page(page) -> str:
    """Publishes what is open, and gives the way to it."""
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("button", name="Unpublish").wait_for()
    return page.url


def test_teacher_has_a_quiz_made_and_a_learner_takes_it(page) -> None:
    sign_in(page, "Teacher")
    make(page, "Quiz", 3)
    address = publish_on_the_page(page)
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, "Learner")

    page.goto(address)
    cards = page.locator(".question-card")
    cards.first.wait_for()
    asked = cards.count()
    for card in cards.all():
        if card.locator("select").count():
            card.locator("select").first.select_option(index=1)
        elif card.locator("[type=radio], [type=checkbox]").count():
            card.locator("[type=radio], [type=checkbox]").first.check()
        else:
            card.locator("input, textarea").first.fill("energy")
    page.get_by_role("button", name="Hand in").click()
    page.get_by_role("button", name="Try again").wait_for()

    verdicts = page.locator(".graded .verdict").all_inner_texts()
    assert len(verdicts) == asked
    assert page.get_by_role("heading", name=re.compile(r"^[\d.]+ of [\d.]+ points?$")).count() == 1


def test_quiz_of_every_kind_is_taken_by_keyboard_and_says_what_was_wrong(
    page, stack: Stack
) -> None:
    quiz = publish(stack, "quizzes", QUIZ)
    sign_in(page, "Learner")
    page.goto(f"{COURSE}/quizzes/{quiz}")

    page.get_by_label("Zero").press("Space")
    page.get_by_label("Your number").fill("71 km/h")
    page.reload()
    page.get_by_label("Gap 1").select_option("acceleration")
    if "snail" in page.locator(".order li").first.inner_text():
        page.get_by_role("button", name="It is right as it stands").press("Enter")
    else:
        page.get_by_role("button", name="Move up: A snail").press("Enter")
    page.get_by_label("Force").select_option("newton")
    page.get_by_label("Energy").select_option("joule")
    page.get_by_label("Energy").press("Control+Enter")
    page.get_by_role("button", name="Try again").wait_for()

    assert page.locator(".graded .verdict").all_inner_texts() == [
        "✗ not right",
        "✓ right",
        "✓ right",
        "✓ right",
        "✓ right",
    ]
    assert page.get_by_text("The velocity is zero there; gravity still pulls.").count() == 1


def test_cards_are_reviewed_by_keys(page, stack: Stack) -> None:
    publish(stack, "decks", deck_of_its_own())
    sign_in(page, "Learner")
    page.goto(f"{COURSE}/cards")
    page.get_by_role("button", name="Show the answer").wait_for()
    front = page.locator(".card-face").inner_text()

    page.keyboard.press("Space")
    page.get_by_role("region", name="Answer").wait_for()
    page.keyboard.press("3")
    page.get_by_text(re.compile("The card before comes again in")).wait_for()

    token = stack.token()
    due = stack.get("/api/v1/cards/due?course=how-things-move", token)["items"]
    assert page.locator(".card-face").inner_text() != front
    assert front not in [card["front"] for card in due]


def wait_until(element, condition: str) -> None:
    """Waits for a condition on an element.

    `wait_for_function` asks a second time by `eval`, which the policy of the page forbids.
    """
    for _ in range(300):
        if element.evaluate(condition):
            return
        element.page.wait_for_timeout(100)
    pytest.fail(f"it did not come to this: {condition}")


def test_video_is_made_and_plays_with_captions_from_where_one_points(page) -> None:
    sign_in(page, "Teacher")
    make(page, "Video", 2)
    page.locator("video").wait_for()
    page.locator(".transcript .cue").first.wait_for()

    video = page.locator("video")
    video.evaluate("video => { video.muted = true; }")
    page.locator(".transcript .cue").nth(1).click()
    wait_until(video, "video => video.currentTime > 2")
    page.locator('.transcript .cue[aria-current="true"]').wait_for()
    wait_until(video, "video => video.textTracks[0].cues?.length > 1")

    tracks = video.evaluate("video => [...video.textTracks].map(track => track.kind)")
    assert tracks == ["captions", "chapters"]
    assert video.evaluate("video => video.videoWidth") == 1920


def test_edited_lesson_is_compared_undone_and_saved_as_a_file(page, stack: Stack) -> None:
    token = stack.token("teacher@demo.local")
    lesson = stack.send(
        "POST",
        f"/api/v1{COURSE}/lessons",
        token,
        {"title": "Falling", "content": "A body falls $h = g t^2 / 2$."},
    )
    sign_in(page, "Teacher")
    page.goto(f"{COURSE}/lessons/{lesson['id']}/edit")

    page.get_by_label("Markdown").fill("A stone falls $h = g t^2 / 2$.")
    page.locator(".preview .katex").wait_for()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Kept as version 2.").wait_for()
    page.get_by_role("link", name="Versions").click()
    added = page.locator(".diff ins").first.inner_text()
    page.locator(".content-head").get_by_role("button", name="Undo").click()
    page.get_by_text("Version 1", exact=True).first.wait_for()
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Markdown", exact=True).click()

    assert "A stone falls" in added
    assert download.value.suggested_filename == "falling.md"
