"""Measuring retrieval: metrics worked by hand, and the ranks of documents."""

import math

import pytest

from services.errors import InvalidValueError
from services.evaluation import EvaluationQuestion, KnownKeys
from services.ranking_metrics import confidence_interval, ndcg, recall, reciprocal_rank
from tests.support.material import Shelf


def test_metrics_of_a_ranking_worked_by_hand():
    ranks = [2, None, 7]

    assert recall(ranks, 1) == 0
    assert recall(ranks, 5) == pytest.approx(1 / 3)
    assert recall(ranks, 10) == pytest.approx(2 / 3)
    assert reciprocal_rank(ranks, 10) == 0.5
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert ndcg(ranks, 10) == pytest.approx((1 / math.log2(3) + 1 / math.log2(8)) / ideal)


def test_a_perfect_ranking_has_the_best_of_every_metric():
    assert (recall([1], 1), reciprocal_rank([1], 10), ndcg([1], 10)) == (1, 1, 1)


def test_the_interval_holds_the_mean_and_is_the_same_every_time():
    values = [0.0, 1.0, 1.0, 0.5] * 20

    low, high = confidence_interval(values)

    assert low < 0.625 < high
    assert confidence_interval(values) == (low, high)


def test_the_short_form_of_a_question_names_one_document():
    question = EvaluationQuestion.model_validate({"id": "1", "question": "Q", "doc_id": "d"})

    assert [part.document for part in question.relevant] == ["d"]


def test_the_last_part_of_a_path_serves_where_it_is_unique():
    known = KnownKeys(["a/notes.md", "b/notes.md", "b/ohm.md"])

    assert known.find("ohm.md") == "b/ohm.md"
    assert known.find("a/notes.md") == "a/notes.md"
    with pytest.raises(InvalidValueError):
        known.find("notes.md")


async def test_ranks_count_documents_once_and_the_text_asked_for_must_be_there(shelf: Shelf):
    sections = "\n\n".join(f"## Part {n}\n\nThe kite number {n} flies." for n in range(4))
    shelf.write(
        {"kites.md": f"# Kites\n\n{sections}", "stones.md": "# Stones\n\nA kite is no stone."}
    )
    await shelf.ingest()
    asked = {"id": "1", "question": "kite number 3", "relevant": [{"document": "kites.md"}]}
    part = {"document": "stones.md", "contains": "is  no\nstone"}
    absent = {"document": "stones.md", "contains": "granite"}

    async def ranks(*relevant: dict) -> dict:
        question = EvaluationQuestion.model_validate(asked | {"relevant": relevant})
        metrics = await shelf.services.evaluation.evaluate_retrieval(
            shelf.teacher.actor, shelf.slug, [question]
        )
        return metrics.as_json()

    assert (await ranks(asked["relevant"][0]))["recall@1"] == 1
    second = await ranks(part)
    assert (second["recall@1"], second["mrr@10"]) == (0, 0.5)
    assert (await ranks(absent))["recall@10"] == 0


async def test_a_question_on_an_unknown_document_is_refused(shelf: Shelf):
    question = EvaluationQuestion.model_validate({"id": "1", "question": "Q", "doc_id": "no.md"})

    with pytest.raises(InvalidValueError, match=r"no\.md"):
        await shelf.services.evaluation.evaluate_retrieval(
            shelf.teacher.actor, shelf.slug, [question]
        )
