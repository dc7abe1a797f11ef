"""Hindi questions are served at least as well as by the lexical arm alone."""

from pathlib import Path

import pytest

from ai.retrieval.scoring import FusionWeights
from services.access import Permission, authorise
from services.search_filters import search_filter
from storage.database import Database, Scope
from tests.support.material import Shelf

pytestmark = pytest.mark.server

CHAPTER = Path(__file__).parents[3] / "demo/course/05-saral-lolak.md"
LEXICAL_ALONE = FusionWeights(dense=0, lexical=1, sentence=0)
BESIDE = {
    "encoder": "एनकोडर मॉडल हर चरण में वाक्य के सभी शब्दों पर ध्यान देते हैं।",
    "decoder": "डिकोडर मॉडल किसी शब्द के लिए केवल उससे पहले के शब्दों को देखते हैं।",
    "plants": "पौधे सूर्य के प्रकाश, जल और कार्बन डाइऑक्साइड से अपना भोजन बनाते हैं।",
    "water": "जल सौ डिग्री सेल्सियस पर उबलता है और शून्य डिग्री पर जमता है।",
    "moon": "चंद्रमा पृथ्वी की परिक्रमा लगभग सत्ताईस दिनों में पूरी करता है।",
    "english": "The period of a pendulum depends on its length and on gravity.",
}
QUESTIONS = {
    "डिकोडर मॉडल किन शब्दों को देखता है?": "decoder",
    "एनकोडर मॉडल का ध्यान कहाँ तक पहुँचता है?": "encoder",
    "पौधे अपना भोजन कैसे बनाते हैं?": "plants",
    "पानी या जल कितने डिग्री पर उबलता है?": "water",
    "चंद्रमा पृथ्वी की परिक्रमा कितने दिनों में करता है?": "moon",
    "सरल लोलक का आवर्तकाल किन बातों पर निर्भर करता है?": CHAPTER.name,
    "लोलक की लंबाई बढ़ाने पर आवर्तकाल का क्या होता है?": CHAPTER.name,
}


@pytest.fixture
async def bilingual(shelf: Shelf) -> Shelf:
    """A course in English that holds Hindi as well."""
    shelf.write({CHAPTER.name: CHAPTER.read_text(encoding="utf-8")})
    shelf.write_records("beside.jsonl", BESIDE)
    await shelf.ingest()
    return shelf


async def test_no_hindi_question_ranks_worse_than_by_words_alone(
    bilingual: Shelf, database: Database
):
    actor = bilingual.teacher.actor
    async with database.transaction(actor.scope) as session:
        access = await authorise(session, actor, bilingual.course_id, Permission.READ)
    scope = Scope(user_id=actor.user_id, course_ids=(bilingual.course_id,))

    async def reciprocal_rank(question: str, weights: FusionWeights | None) -> float:
        retrieve = bilingual.services.retrieval.retrieve
        found = await retrieve(scope, access, question, k=20, weights=weights)
        keys = list(dict.fromkeys(passage.document_key for passage in found.passages))
        return 1 / (keys.index(QUESTIONS[question]) + 1)

    fused = [await reciprocal_rank(question, None) for question in QUESTIONS]
    lexical = [await reciprocal_rank(question, LEXICAL_ALONE) for question in QUESTIONS]

    assert all(mixed >= alone for mixed, alone in zip(fused, lexical, strict=True))
    assert sum(fused) / len(fused) > 0.9


async def test_documents_that_declare_no_language_are_filed_by_their_script(bilingual: Shelf):
    found = await bilingual.services.retrieval.search(
        bilingual.teacher.actor,
        bilingual.slug,
        "pendulum लोलक",
        k=20,
        wanted=search_filter(language="hi"),
    )

    keys = {passage.document_key for passage in found.passages}
    assert keys == {CHAPTER.name, *BESIDE} - {"english"}
