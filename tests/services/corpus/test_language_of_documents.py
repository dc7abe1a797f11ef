"""Documents in Latin script are filed under their language and found by its word forms."""

import pytest

from ai.retrieval.scoring import FusionWeights
from services.access import Permission, authorise
from services.search_filters import search_filter
from storage.database import Database, Scope
from tests.support.material import Shelf

pytestmark = pytest.mark.server

LEXICAL_ALONE = FusionWeights(dense=0, lexical=1, sentence=0)
FRENCH = (
    "# Mouvement\n\nLes chevaux accélèrent dans le champ quand ils ont peur, et ce mouvement est"
    " rapide. La vitesse augmente avec le temps."
)
ENGLISH = (
    "# Motion\n\nA body moves if its position changes with time, and the speed is the way that it"
    " covers in each second. A force acts on the body."
)


@pytest.fixture
async def mixed(shelf: Shelf) -> Shelf:
    """A course in English that holds French as well."""
    shelf.write({"mouvement.md": FRENCH, "motion.md": ENGLISH})
    await shelf.ingest()
    return shelf


async def test_documents_in_latin_script_are_filed_under_their_own_language(mixed: Shelf):
    keys = {}
    for language in ("fr", "en"):
        found = await mixed.services.retrieval.search(
            mixed.teacher.actor,
            mixed.slug,
            "motion mouvement",
            k=20,
            wanted=search_filter(language=language),
        )
        keys[language] = {passage.document_key for passage in found.passages}

    assert keys == {"fr": {"mouvement.md"}, "en": {"motion.md"}}


async def test_a_french_question_finds_other_forms_of_its_words_in_an_english_course(
    mixed: Shelf, database: Database
):
    actor = mixed.teacher.actor
    async with database.transaction(actor.scope) as session:
        access = await authorise(session, actor, mixed.course_id, Permission.READ)
    scope = Scope(user_id=actor.user_id, course_ids=(mixed.course_id,))

    found = await mixed.services.retrieval.retrieve(
        scope, access, "Que sait-on sur un cheval ?", k=5, weights=LEXICAL_ALONE
    )

    assert found.passages[0].document_key == "mouvement.md"
    assert found.passages[0].score > 0
