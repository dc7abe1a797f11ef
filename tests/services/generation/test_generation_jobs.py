"""Jobs that write content: from the course alone, once, within their budget, with a reason."""

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from ai.chat.errors import UpstreamFailedError
from ai.chat.scripted import ScriptedChatModel
from ai.embedding.onnx import OnnxEmbedder
from bootstrap.adapters import Adapters
from bootstrap.home import CHECKOUT
from bootstrap.job_runner import RunnerTools, build_job_runner
from bootstrap.narration import Narration
from content.kinds import ContentKind
from content.lessons import Lesson
from content.questions import Quiz
from content.slides import SlideDeck, Storyboard
from jobs.kinds import JobKind, JobStatus
from publishing.video.speech import Speech
from services.authoring.views import ContentView
from services.errors import InvalidValueError
from services.generation.submission import GenerationRequest, RegenerationRequest
from storage.database import MAINTENANCE
from storage.paging import PageRequest
from storage.repositories.job_values import StoredJob
from tests.support.chat_models import router_over
from tests.support.machines import LEVERS
from tests.support.material import Shelf, session_encoder, shelf
from tests.support.voices import ToneVoice

__all__ = ["session_encoder", "shelf"]

pytestmark = pytest.mark.server

MACHINES = GenerationRequest(JobKind.QUIZ, topic="Levers and pulleys", count=4)


@pytest.fixture
def embedder(session_encoder: OnnxEmbedder) -> OnnxEmbedder:
    return session_encoder


@pytest.fixture
async def course(shelf: Shelf) -> Shelf:
    shelf.write({"machines.md": LEVERS})
    await shelf.ingest()
    return shelf


async def ended(
    course: Shelf,
    adapters: Adapters,
    request: GenerationRequest | UUID,
    speech: Speech | None = None,
) -> StoredJob:
    """The job of a request, or one that is there already, worked off in this process."""
    teacher = course.teacher.actor
    if isinstance(request, GenerationRequest):
        generation = course.services.authoring.generation
        job = await generation.submit(teacher, course.slug, request, is_published=False)
        request = job.id
    narration = None if speech is None else Narration(speech, None)
    tools = RunnerTools.of(adapters, narration)
    await build_job_runner(adapters, "test", tools).run(request)
    return await course.services.jobs.get(teacher, request)


async def content_of(course: Shelf, job: StoredJob, kind: ContentKind) -> ContentView:
    assert job.result is not None, job.error
    library = course.services.authoring.library
    return await library.read(course.teacher.actor, kind, UUID(job.result["id"]))


async def quizzes(course: Shelf) -> int | None:
    page = await course.services.authoring.library.page(
        course.teacher.actor, course.slug, ContentKind.QUIZ, PageRequest()
    )
    return page.total


@pytest.mark.parametrize("kind", [JobKind.QUIZ, JobKind.FLASHCARDS])
async def test_who_asks_for_more_than_the_material_holds_is_told(
    course: Shelf, adapters: Adapters, kind: JobKind
):
    job = await ended(course, adapters, replace(MACHINES, kind=kind, count=50))

    assert job.status is JobStatus.SUCCEEDED
    assert re.search(
        r"Of the 50 asked for the material holds \d+:", job.result["notices"][1]["detail"]
    )


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        (JobKind.LESSON, ContentKind.LESSON),
        (JobKind.QUIZ, ContentKind.QUIZ),
        (JobKind.FLASHCARDS, ContentKind.DECK),
        (JobKind.STUDY_GUIDE, ContentKind.STUDY_GUIDE),
    ],
)
async def test_each_kind_becomes_a_draft_that_quotes_the_course(
    course: Shelf, adapters: Adapters, kind: JobKind, made: ContentKind
):
    job = await ended(course, adapters, replace(MACHINES, kind=kind))

    view = await content_of(course, job, made)
    assert (job.status, view.status, view.origin) == (JobStatus.SUCCEEDED, "draft", "job")
    assert "built-in writer" in job.result["notices"][0]["detail"]
    assert view.quality["material"]["passages_used"] >= 1
    found = spans(view.content)
    assert found
    document = await course.services.documents.text(
        course.teacher.actor, UUID(found[0]["document_id"]), found[0]["document_version"]
    )
    for span in found:
        assert document.text[span["char_start"] : span["char_end"]] == span["quote"]


def spans(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [span for item in value for span in spans(item)]
    if isinstance(value, Mapping):
        own = [dict(value)] if "quote" in value else []
        return own + [span for item in value.values() for span in spans(item)]
    return []


async def test_slides_come_with_files_to_show(course: Shelf, adapters: Adapters):
    job = await ended(course, adapters, replace(MACHINES, kind=JobKind.SLIDES))

    names = [asset["name"] for asset in job.result["assets"]]
    assert [name.rpartition(".")[2] for name in names] == ["pdf", "pptx"]
    opened = await course.services.authoring.assets.open(
        course.teacher.actor, UUID(job.result["assets"][0]["id"])
    )
    assert opened.path.read_bytes().startswith(b"%PDF")


async def made_of_oscillations(shelf: Shelf, adapters: Adapters, kind: JobKind):
    """The ended job, for content on the pendulum of a chapter with figures."""
    shutil.copy(CHECKOUT / "demo" / "course" / "04-oscillations.pdf", shelf.folder)
    await shelf.ingest()
    job = await ended(shelf, adapters, GenerationRequest(kind, topic="The pendulum"))
    assert job.error is None
    return job


async def test_slides_show_figures_and_tables_of_the_material_with_their_source(
    shelf: Shelf, adapters: Adapters
):
    job = await made_of_oscillations(shelf, adapters, JobKind.SLIDES)

    deck = SlideDeck.model_validate((await content_of(shelf, job, ContentKind.SLIDES)).content)
    [shown] = [slide for slide in deck.slides if slide.figure and "4.2" in slide.figure.caption]
    assert shown.sources[0].quote.startswith("Figure 4.2. A simple pendulum.")
    assert shown.sources[0].place == "page 4"
    tables = [slide.table for slide in deck.slides if slide.table]
    assert ("Pendulum", "Length (m)", "Period (s)") in [table.header for table in tables]


async def test_a_lesson_shows_a_figure_of_the_material_with_its_source(
    shelf: Shelf, adapters: Adapters
):
    job = await made_of_oscillations(shelf, adapters, JobKind.LESSON)

    lesson = Lesson.model_validate((await content_of(shelf, job, ContentKind.LESSON)).content)
    captions = {figure.caption: part for part in lesson.sections for figure in part.figures}
    [section] = [part for said, part in captions.items() if said.startswith("Figure 4.2. A simple")]
    assert section.sources[-1].quote.startswith("Figure 4.2. A simple pendulum.")
    assert len(captions) < len(lesson.sections)


async def test_an_edited_scene_alone_is_rendered_again_as_a_new_version(
    course: Shelf, adapters: Adapters
):
    first, later = ToneVoice(), ToneVoice()
    job = await ended(course, adapters, replace(MACHINES, kind=JobKind.VIDEO, count=3), first)
    video_id, teacher = UUID(job.result["id"]), course.teacher.actor
    board = Storyboard.model_validate((await content_of(course, job, ContentKind.VIDEO)).content)
    scene = board.slides[1]
    said = (scene.narration[0], "Quite something else is said.", *scene.narration[2:])
    slides = (board.slides[0], scene.model_copy(update={"narration": said}), *board.slides[2:])
    edited = board.model_copy(update={"slides": slides}).model_dump(mode="json")
    authoring = course.services.authoring
    await authoring.library.change(teacher, ContentKind.VIDEO, video_id, edited, based_on=1)
    before = await authoring.assets.of_content(teacher, ContentKind.VIDEO, video_id)

    again = await authoring.generation.render(teacher, ContentKind.VIDEO, video_id)
    done = await ended(course, adapters, again.id, later)
    twice = await authoring.generation.render(teacher, ContentKind.VIDEO, video_id)
    unchanged = await ended(course, adapters, twice.id, ToneVoice(fails_at=" "))

    after = await authoring.assets.of_content(teacher, ContentKind.VIDEO, video_id)
    assert before == []
    assert (done.status, done.error, done.topic) == (JobStatus.SUCCEEDED, None, board.title)
    assert later.said == ["Quite something else is said."]
    assert done.result["id"] == job.result["id"]
    assert {asset.version for asset in after} == {2}
    assert len(after) == 7
    assert unchanged.result["assets"] == done.result["assets"]


async def test_a_topic_that_the_course_does_not_hold_is_refused_with_what_it_treats(
    course: Shelf, adapters: Adapters
):
    job = await ended(course, adapters, replace(MACHINES, topic="The French Revolution"))

    assert job.status is JobStatus.FAILED
    assert job.error["code"] == "topic_not_in_course"
    assert "nothing was made up" in job.error["message"]
    assert "Simple machines" in job.error["message"]
    assert await quizzes(course) == 0


async def test_an_empty_course_says_so(shelf: Shelf, adapters: Adapters):
    job = await ended(shelf, adapters, MACHINES)

    assert (job.status, job.error["code"]) == (JobStatus.FAILED, "course_is_empty")


async def test_chosen_documents_need_no_topic_and_unknown_ones_are_refused(
    course: Shelf, adapters: Adapters
):
    page = await course.services.documents.page(
        course.teacher.actor, course.slug, PageRequest(), None
    )
    [document] = page.items
    request = GenerationRequest(JobKind.FLASHCARDS, document_ids=(document.id,), count=3)

    job = await ended(course, adapters, request)
    with pytest.raises(InvalidValueError, match="no document"):
        await ended(course, adapters, replace(request, document_ids=(UUID(int=7),)))
    with pytest.raises(InvalidValueError, match="topic, or choose documents"):
        await ended(course, adapters, replace(request, document_ids=()))

    assert job.status is JobStatus.SUCCEEDED


async def test_a_job_run_again_after_it_has_stored_makes_nothing_twice(
    course: Shelf, adapters: Adapters
):
    job = await ended(course, adapters, MACHINES)
    async with adapters.database.transaction(MAINTENANCE) as session:
        await session.execute(
            text("UPDATE jobs SET status = 'queued', result = NULL WHERE id = :id"), {"id": job.id}
        )

    again = await ended(course, adapters, job.id)

    assert again.result["id"] == job.result["id"]
    assert await quizzes(course) == 1


def script(*outputs: object) -> list[list[Any]]:
    return [[output if isinstance(output, Exception) else json.dumps(output)] for output in outputs]


QUESTIONS = {
    "title": "Levers",
    "questions": [
        {
            "kind": "single_choice",
            "stem": "What is the fixed point of a lever called?",
            "choices": [
                {"text": "The fulcrum", "is_right": True},
                {"text": "The groove", "reason": "The groove is the pulley's."},
                {"text": "The moment", "reason": "That is the turning effect."},
            ],
            "explanation": "It is the point that the bar turns about.",
            "quote": "The fulcrum is the fixed point of a lever.",
            "sources": [1],
        }
    ],
}


async def test_a_chat_model_that_is_away_leaves_the_writing_to_the_built_in_writer(
    course: Shelf, adapters: Adapters
):
    away = ScriptedChatModel([[UpstreamFailedError("m", "gave 500")]], name="m")

    job = await ended(course, replace(adapters, router=router_over(away)), MACHINES)

    assert job.status is JobStatus.SUCCEEDED
    assert "No chat model could write it" in job.result["notices"][0]["detail"]
    assert (await content_of(course, job, ContentKind.QUIZ)).content["questions"]


async def test_output_that_stays_broken_fails_the_job_with_the_reason(
    course: Shelf, adapters: Adapters
):
    broken = ScriptedChatModel([['{"title": "Unfinis']], name="m")

    job = await ended(course, replace(adapters, router=router_over(broken)), MACHINES)

    assert (job.status, job.error["code"]) == (JobStatus.FAILED, "output_invalid")
    assert len(broken.requests) >= 3
    assert await quizzes(course) == 0


async def test_a_job_without_money_is_written_by_the_built_in_writer(
    course: Shelf, adapters: Adapters
):
    dear = ScriptedChatModel(script(QUESTIONS), name="m")
    router = router_over(dear)
    registry = router.registry
    price = {"input": 100, "output": 100}
    priced = {
        name: deployment.model_copy(update={"price": type(deployment.price)(**price)})
        for name, deployment in registry.deployments.items()
    }
    router.apply(replace(registry, deployments=priced))

    job = await ended(
        course, replace(adapters, router=router), replace(MACHINES, budget_micro_usd=1)
    )

    assert (job.status, dear.requests) == (JobStatus.SUCCEEDED, [])
    assert "budget" in job.result["notices"][0]["detail"]


async def test_a_question_is_written_anew_and_the_others_stay(course: Shelf, adapters: Adapters):
    job = await ended(course, adapters, MACHINES)
    before = Quiz.model_validate((await content_of(course, job, ContentKind.QUIZ)).content)
    target = before.questions[0].id
    again = await course.services.authoring.generation.regenerate(
        course.teacher.actor,
        ContentKind.QUIZ,
        UUID(job.result["id"]),
        RegenerationRequest(parts=(target,), instruction="Another one."),
    )

    done = await ended(course, adapters, again.id)

    view = await content_of(course, done, ContentKind.QUIZ)
    after = Quiz.model_validate(view.content)
    assert (done.error, view.version, view.can_undo) == (None, 2, True)
    assert after.questions[0].id == target
    assert after.questions[0] != before.questions[0]
    assert after.questions[1:] == before.questions[1:]


@pytest.mark.parametrize(
    ("instruction", "is_followed"), [("Shorter, please.", True), ("Shorter, about cycling.", False)]
)
async def test_a_shorter_section_is_shorter_and_what_cannot_be_followed_is_said(
    course: Shelf, adapters: Adapters, instruction: str, is_followed: bool
):
    job = await ended(course, adapters, replace(MACHINES, kind=JobKind.STUDY_GUIDE))
    before = (await content_of(course, job, ContentKind.STUDY_GUIDE)).content["sections"][0]
    again = await course.services.authoring.generation.regenerate(
        course.teacher.actor,
        ContentKind.STUDY_GUIDE,
        UUID(job.result["id"]),
        RegenerationRequest(parts=(before["id"],), instruction=instruction),
    )

    done = await ended(course, adapters, again.id)

    assert done.error is None
    after = (await content_of(course, done, ContentKind.STUDY_GUIDE)).content["sections"][0]
    assert (after["id"], after["heading"]) == (before["id"], before["heading"])
    assert len(after["body"].split()) < len(before["body"].split())
    notes = [note for note in done.result["notices"] if note["code"] == "instruction_not_followed"]
    assert len(notes) == (0 if is_followed else 1)


async def test_an_instruction_that_the_material_cannot_meet_is_refused_with_what_was_wished(
    course: Shelf, adapters: Adapters
):
    job = await ended(course, adapters, replace(MACHINES, kind=JobKind.FLASHCARDS))
    deck = await content_of(course, job, ContentKind.DECK)
    again = await course.services.authoring.generation.regenerate(
        course.teacher.actor,
        ContentKind.DECK,
        deck.id,
        RegenerationRequest(
            parts=(deck.content["cards"][0]["id"],),
            instruction="More examples.",
        ),
    )

    done = await ended(course, adapters, again.id)

    assert (done.status, done.error["code"]) == (JobStatus.FAILED, "cannot_regenerate")
    assert "with more examples" in done.error["message"]


async def test_parts_that_cite_a_changed_document_are_stale_and_written_anew(
    course: Shelf, adapters: Adapters
):
    job = await ended(course, adapters, replace(MACHINES, kind=JobKind.STUDY_GUIDE))
    guide = await content_of(course, job, ContentKind.STUDY_GUIDE)
    course.write({"machines.md": LEVERS.replace("heavy stone", "very heavy stone")})
    await course.ingest()
    stale = await content_of(course, job, ContentKind.STUDY_GUIDE)
    again = await course.services.authoring.generation.regenerate(
        course.teacher.actor,
        ContentKind.STUDY_GUIDE,
        guide.id,
        RegenerationRequest(parts=stale.stale_parts[:1]),
    )

    done = await ended(course, adapters, again.id)

    assert (guide.is_stale, stale.is_stale) == (False, True)
    fresh = await content_of(course, done, ContentKind.STUDY_GUIDE)
    assert stale.stale_parts[0] not in fresh.stale_parts
    assert fresh.stale_parts == stale.stale_parts[1:]
