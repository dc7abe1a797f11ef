"""What the pages of a course tell a platform, in a real browser."""

import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bootstrap.home import CHECKOUT
from content.questions import (
    Choice,
    Cloze,
    Gap,
    Matching,
    MultipleChoice,
    Numeric,
    Ordering,
    Pair,
    Quiz,
    ShortAnswer,
    SingleChoice,
)
from publishing.courses.course import CoursePackage
from publishing.exporting import export
from tests.publishing.learning_platform import LearningPlatform, learning_platform
from tests.publishing.lessons import physics_lesson
from tests.publishing.schemas import schema_folder

SLOW_MACHINE_MS = 60_000
UNIT = "https://school.example/7/quiz-1"
SCORM_PLATFORM = """<!doctype html><script>
const values = {"cmi.core.lesson_status": "not attempted"};
window.told = [];
window.API = {
  LMSInitialize: () => (told.push(["initialize"]), "true"),
  LMSGetValue: (name) => values[name] || "",
  LMSSetValue: (name, value) => (told.push([name, value]), values[name] = value, "true"),
  LMSCommit: () => "true", LMSFinish: () => (told.push(["finish"]), "true"),
  LMSGetLastError: () => "0", LMSGetErrorString: () => "", LMSGetDiagnostic: () => "",
};
</script><iframe id="unit"></iframe>"""


def quiz() -> Quiz:
    return Quiz(
        title="Quiz",
        questions=(
            SingleChoice(
                id="one",
                stem="Unit?",
                points=2.0,
                choices=(
                    Choice(id="a", text="joule", is_right=True, feedback="Yes."),
                    Choice(id="b", text="watt", feedback="Power."),
                ),
            ),
            MultipleChoice(
                id="many",
                stem="Energy?",
                choices=(
                    Choice(id="a", text="heat", is_right=True),
                    Choice(id="b", text="motion", is_right=True),
                    Choice(id="c", text="time"),
                ),
            ),
            Numeric(id="g", stem="g?", value=9.81, tolerance=0.05),
            ShortAnswer(id="who", stem="Who?", accepted=("Joule",)),
            ShortAnswer(id="why", stem="Why?", key_points=("Because",)),
            Cloze(
                id="law",
                stem="It is {{a}} and {{b}}.",
                gaps=(
                    Gap(id="a", accepted=("kept",)),
                    Gap(id="b", accepted=("so",), options=("so", "no")),
                ),
            ),
            Ordering(id="steps", stem="Order.", items=("z first", "a second")),
            Matching(
                id="pairs",
                stem="Match.",
                pairs=(Pair(left="l", right="x"), Pair(left="m", right="y")),
            ),
        ),
    )


COURSE = CoursePackage(
    "https://school.example/7", "Physics", "en", lessons=(physics_lesson(),), quizzes=(quiz(),)
)
LESSON, QUIZ = "lessons/01-work-energy-w-fs.html", "quizzes/01-quiz.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright_api = pytest.importorskip("playwright.sync_api")
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("no `chromium` on this machine; on Debian: apt-get install chromium")
    arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(SLOW_MACHINE_MS)
    yield page
    context.close()


def unpacked(format_name: str, folder: Path) -> Path:
    with zipfile.ZipFile(export(COURSE, format_name, folder).path) as package:
        package.extractall(folder / "course")
    return folder / "course"


def answer_all_but_the_last(frame: Any) -> None:
    frame.get_by_label("joule").check()
    frame.get_by_label("heat").check()
    frame.get_by_label("motion").check()
    questions = frame.locator(".question")
    questions.nth(2).locator("input").fill("9,80")
    questions.nth(3).locator("input").fill(" JOULE ")
    questions.nth(4).locator("input").fill("anything")
    questions.nth(5).locator("input").fill("kept")
    questions.nth(5).locator("select").select_option("so")
    questions.nth(6).locator("select").nth(0).select_option("z first")
    questions.nth(6).locator("select").nth(1).select_option("a second")
    questions.nth(7).locator("select").nth(0).select_option("x")
    frame.get_by_role("button", name="Check my answers").click()


@pytest.mark.browser
def test_a_quiz_tells_a_scorm_platform_status_score_and_time(page: Any, tmp_path: Path) -> None:
    folder = unpacked("scorm12", tmp_path)
    (folder / "platform.html").write_text(SCORM_PLATFORM)
    with learning_platform(folder) as platform:
        page.goto(f"{platform.address}/platform.html")
        page.evaluate(f"document.getElementById('unit').src = '{QUIZ}'")
        frame = page.frame_locator("#unit")

        answer_all_but_the_last(frame)
        frame.get_by_text("Your score: 7.5 / 8").wait_for()
        page.evaluate("document.getElementById('unit').remove()")
        page.wait_for_function("told.some((one) => one[0] === 'finish')")

        told = page.evaluate("told")
    values = dict(one for one in told if len(one) == 2)
    assert told[0] == ["initialize"]
    assert values["cmi.core.lesson_status"] == "passed"
    assert values["cmi.core.score.raw"] == "93.75"
    assert values["cmi.core.score.max"] == "100"
    assert re.fullmatch(r"\d{4}:\d\d:\d\d", values["cmi.core.session_time"])


@pytest.mark.browser
def test_a_wrong_answer_is_told_with_its_feedback(page: Any, tmp_path: Path) -> None:
    folder = unpacked("scorm12", tmp_path)
    with learning_platform(folder) as platform:
        page.goto(f"{platform.address}/{QUIZ}")

        page.get_by_label("watt").check()
        page.get_by_role("button", name="Check my answers").click()

        page.get_by_text("Power.").wait_for()
        assert page.get_by_text("Yes.").is_hidden()
        first = page.locator(".question").first
        assert first.locator(".verdict").inner_text() == "Not right"
        assert first.locator("details").is_visible()


@pytest.mark.browser
def test_a_lesson_is_completed_once_its_end_is_seen(page: Any, tmp_path: Path) -> None:
    folder = unpacked("scorm12", tmp_path)
    (folder / "platform.html").write_text(SCORM_PLATFORM)
    with learning_platform(folder) as platform:
        page.goto(f"{platform.address}/platform.html")
        page.evaluate(f"document.getElementById('unit').src = '{LESSON}'")
        button = page.frame_locator("#unit").get_by_role("button", name="I have read this")
        page.wait_for_function("told.length > 1")
        before = page.evaluate("told")

        button.scroll_into_view_if_needed()

        page.wait_for_function("told.some((one) => one[1] === 'completed')")
    assert ["cmi.core.lesson_status", "completed"] not in before


@pytest.mark.browser
def test_without_scripts_a_page_is_whole(browser: Any, tmp_path: Path) -> None:
    folder = unpacked("scorm12", tmp_path)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    page.goto((folder / QUIZ).as_uri())

    assert page.get_by_role("button").count() == 0
    assert page.locator("details").first.is_visible()
    context.close()


def wait_for(page: Any, platform: LearningPlatform, verb: str) -> dict[str, Any]:
    for _ in range(SLOW_MACHINE_MS // 50):
        for statement in platform.statements:
            if statement["verb"]["id"].endswith(verb):
                return statement
        page.wait_for_timeout(50)
    pytest.fail(f"{verb} was not told; told were {platform.statements}")


@pytest.mark.browser
def test_a_quiz_tells_a_cmi5_platform_in_order(page: Any, tmp_path: Path) -> None:
    folder = unpacked("cmi5", tmp_path)
    with learning_platform(folder) as platform:
        page.goto(platform.cmi5_address(QUIZ, UNIT))
        answer_all_but_the_last(page)
        wait_for(page, platform, "completed")
        page.goto("about:blank")
        wait_for(page, platform, "terminated")

    verbs = [one["verb"]["id"].rpartition("/")[2] for one in platform.statements]
    assert verbs == ["initialized", "passed", "completed", "terminated"]
    passed = platform.statements[1]
    assert platform.refused == []
    assert passed["object"]["id"] == UNIT
    assert passed["result"]["score"]["scaled"] == 0.9375
    extensions = passed["context"]["extensions"]
    assert extensions["https://w3id.org/xapi/cmi5/context/extensions/sessionid"] == "s"
    assert extensions["https://w3id.org/xapi/cmi5/context/extensions/masteryscore"] == 0.9


# Without the mark of a browser test, which must run in CI: it takes schemas that may be missing.
def test_statements_are_valid_by_the_schema_of_xapi(page: Any, tmp_path: Path) -> None:
    validator = xapi_validator()
    folder = unpacked("cmi5", tmp_path)
    with learning_platform(folder) as platform:
        page.goto(platform.cmi5_address(QUIZ, UNIT))
        answer_all_but_the_last(page)
        wait_for(page, platform, "completed")

    for statement in platform.statements:
        validator.validate(statement)


@pytest.mark.browser
def test_browsing_a_unit_of_cmi5_completes_nothing(page: Any, tmp_path: Path) -> None:
    folder = unpacked("cmi5", tmp_path)
    with learning_platform(folder, launch_mode="Browse") as platform:
        page.goto(platform.cmi5_address(QUIZ, UNIT))
        answer_all_but_the_last(page)
        page.goto("about:blank")
        wait_for(page, platform, "terminated")

    verbs = [one["verb"]["id"].rpartition("/")[2] for one in platform.statements]
    assert verbs == ["initialized", "terminated"]


def xapi_validator() -> Any:
    """The parts of the schema joined: they refer to each other as `#name` and `#name!core`."""
    jsonschema = pytest.importorskip("jsonschema")
    definitions: dict[str, Any] = {}

    def key(name: str) -> str:
        return name.removeprefix("#").replace("!", "__")

    def joined(value: Any) -> Any:
        if isinstance(value, list):
            return [joined(one) for one in value]
        if not isinstance(value, dict):
            return value
        made = {
            name: f"#/definitions/{key(inner)}" if name == "$ref" else joined(inner)
            for name, inner in value.items()
            if name != "$schema" and not (name == "id" and isinstance(inner, str))
        }
        if isinstance(value.get("id"), str):
            definitions[key(value["id"])] = made
        return made

    for part in (schema_folder() / "xapi/schema/1.0.1").glob("*.json"):
        joined(json.loads(part.read_text()))
    rules = {"definitions": definitions, "$ref": "#/definitions/statement"}
    return jsonschema.Draft4Validator(rules)


# Without the mark of a browser test: it takes a script that may be missing.
def test_a_runtime_of_others_takes_what_a_quiz_tells(page: Any, tmp_path: Path) -> None:
    script = CHECKOUT / "web" / "node_modules" / "scorm-again" / "dist" / "scorm-again.js"
    if not script.is_file():
        pytest.skip("scorm-again is not there; it comes with what the page is built of")
    folder = unpacked("scorm12", tmp_path)
    shutil.copyfile(script, folder / "scorm-again.js")
    (folder / "platform.html").write_text(
        "<!doctype html><script src='scorm-again.js'></script>"
        "<script>window.API = new Scorm12API({autocommit: false})</script>"
        "<iframe id='unit'></iframe>"
    )
    with learning_platform(folder) as platform:
        page.goto(f"{platform.address}/platform.html")
        page.evaluate(f"document.getElementById('unit').src = '{QUIZ}'")
        answer_all_but_the_last(page.frame_locator("#unit"))
        page.frame_locator("#unit").get_by_text("Your score").wait_for()
        core = page.evaluate("JSON.parse(JSON.stringify(window.API.cmi)).core")
        last_error = page.evaluate("window.API.LMSGetLastError()")

    assert core["lesson_status"] == "passed"
    assert core["score"]["raw"] == "93.75"
    assert last_error == "0"
