"""What a writer gets to read of a course: what is about the topic, and what explains it."""

import pytest

from ai.embedding.onnx import OnnxEmbedder
from ai.writing.brief import SourcePassage
from bootstrap.adapters import Adapters
from jobs.payloads import GenerationPayload
from services.generation.gathering import FOUND_PASSAGES, SourceGatherer
from storage.database import Scope
from tests.support.machines import LEVERS
from tests.support.material import Shelf, session_encoder, shelf

__all__ = ["session_encoder", "shelf"]

pytestmark = pytest.mark.server

LEAVES = "# Leaves\n\n## Colours\n\nChlorophyll is green. In autumn a maple turns red and yellow.\n"
WORDS = (
    "# Glossary\n\n**Sprocket.** A toothed wheel that drives a chain.\n\n"
    "**Tenon.** A tongue of wood that fits into a mortise.\n"
)


@pytest.fixture
def embedder(session_encoder: OnnxEmbedder) -> OnnxEmbedder:
    return session_encoder


async def gathered(
    shelf: Shelf, adapters: Adapters, payload: GenerationPayload
) -> list[SourcePassage]:
    gatherer = SourceGatherer(adapters.database, shelf.services.retrieval)
    scope = Scope(user_id=shelf.teacher.actor.user_id, course_ids=(shelf.course_id,))
    return await gatherer.gather(shelf.course_id, scope, payload)


def named(passages: list[SourcePassage], *, is_background: bool) -> set[str]:
    return {p.heading[-1] for p in passages if p.is_background is is_background}


async def test_a_topic_comes_with_the_rest_of_its_documents_and_the_glossary(
    shelf: Shelf, adapters: Adapters
):
    shelf.write({"machines.md": LEVERS, "leaves.md": LEAVES, "words.md": WORDS})
    await shelf.ingest()

    passages = await gathered(
        shelf, adapters, GenerationPayload(topic="Levers and pulleys", language="en")
    )

    assert {"Levers", "Pulleys"} <= named(passages, is_background=False)
    assert "Glossary" in named(passages, is_background=True)
    assert not named(passages, is_background=True) & named(passages, is_background=False)
    assert "Colours" not in {p.heading[-1] for p in passages}


async def test_chosen_documents_come_without_the_glossary_of_others(
    shelf: Shelf, adapters: Adapters
):
    shelf.write({"machines.md": LEVERS, "words.md": WORDS})
    await shelf.ingest()
    levers = GenerationPayload(topic="Levers and pulleys", language="en")
    machines = next(
        p.document_id for p in await gathered(shelf, adapters, levers) if not p.is_background
    )

    passages = await gathered(
        shelf, adapters, levers.model_copy(update={"document_ids": (machines,)})
    )

    assert {passage.document_id for passage in passages} == {machines}


async def test_without_a_topic_all_of_it_is_material(shelf: Shelf, adapters: Adapters):
    shelf.write({"machines.md": LEVERS, "words.md": WORDS})
    await shelf.ingest()

    passages = await gathered(shelf, adapters, GenerationPayload(language="en"))

    assert passages
    assert not named(passages, is_background=True)


async def test_all_below_a_heading_that_names_the_topic_is_material_found_or_not(
    shelf: Shelf, adapters: Adapters
):
    sections = "".join(
        f"## Part {n}\n\nWhoever counts to {n} has counted {n - 1} before it, and rests.\n\n"
        for n in range(1, 46)
    )
    shelf.write({"sprockets.md": f"# Sprockets\n\nA sprocket drives a chain.\n\n{sections}"})
    await shelf.ingest()

    passages = await gathered(shelf, adapters, GenerationPayload(topic="Sprocket", language="en"))

    assert len(named(passages, is_background=False)) > FOUND_PASSAGES
    assert not named(passages, is_background=True)
