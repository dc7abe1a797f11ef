"""Measuring retrieval: metrics worked by hand, and the ranks of documents."""

import math

import pytest

from services.answer_evaluation import evaluate_answers, holds_answer
from services.errors import InvalidValueError
from services.evaluation import Arm, EvaluationQuestion, KnownKeys
from services.ranking_metrics import confidence_interval, ndcg, recall, reciprocal_rank
from services.run_comparison import EarlierRun, compare_runs
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


async def test_each_arm_ranks_alone(shelf: Shelf):
    shelf.write(
        {
            "cars.md": "# Cars\n\nAn automobile burns petrol to turn its wheels.",
            "words.md": "# Words\n\nThe word vehicle has seven letters.",
        }
    )
    await shelf.ingest()
    question = EvaluationQuestion.model_validate(
        {"id": "1", "question": "What fuel does a vehicle run on?", "doc_id": "cars.md"}
    )

    async def first(arm: Arm) -> float:
        metrics = await shelf.services.evaluation.evaluate_retrieval(
            shelf.teacher.actor, shelf.slug, [question], arm=arm
        )
        return metrics.means["recall@1"]

    assert await first("dense") == 1
    assert await first("lexical") == 0


async def test_answers_are_judged_by_their_quotes(shelf: Shelf):
    shelf.write({"kites.md": "# Kites\n\nThe first kite was flown in Weifang by Mozi."})
    await shelf.ingest()
    asked = [
        {"id": "1", "question": "Where was the first kite flown?", "answers": ["weifang"]},
        {"id": "2", "question": "Who flew the first kite?", "answers": ["nobody at all"]},
        {"id": "3", "question": "A question without known answers"},
    ]
    questions = [
        EvaluationQuestion.model_validate({**line, "doc_id": "kites.md"}) for line in asked
    ]

    metrics = await evaluate_answers(
        shelf.services.answering, shelf.teacher.actor, shelf.slug, questions
    )

    assert (metrics.questions, metrics.failed) == (2, 0)
    assert (metrics.means["quoted"], metrics.means["silent"]) == (0.5, 0)


def test_a_known_answer_is_found_whatever_its_case_and_white_space():
    assert holds_answer("It was  the\nGreat Wall.", ["great wall"])
    assert not holds_answer("It was a wall.", ["great wall", " "])


def test_a_run_is_no_better_than_itself():
    ranks = {"a": [1], "b": [3], "c": [None]}

    compared = compare_runs(ranks, 10, EarlierRun(k=10, ranks=ranks))

    assert (compared.difference, compared.p_value, compared.is_significant) == (0, 1, False)
    assert "do not differ significantly" in compared.in_words()


def test_the_paired_test_agrees_with_all_permutations_counted_by_hand():
    """Six questions, all better by the same: of 2^6 exchanges, two are as extreme."""
    now = {str(n): [1] for n in range(6)}
    before = {str(n): [2] for n in range(6)}

    compared = compare_runs(now, 10, EarlierRun(k=10, ranks=before))

    assert compared.p_value == pytest.approx(2 / 2**6)
    assert compared.difference == pytest.approx(1 - 1 / math.log2(3))
    assert (compared.better, compared.worse) == (6, 0)


def test_a_clear_difference_is_significant_and_a_small_one_is_not():
    """Twenty questions better and none worse is no chance; three better and two worse is."""
    before = {str(n): [2] for n in range(40)}
    better = before | {str(n): [1] for n in range(20)}
    mixed = before | {str(n): [1] for n in range(3)} | {str(n): [3] for n in range(3, 5)}

    clear = compare_runs(better, 10, EarlierRun(k=10, ranks=before))
    small = compare_runs(mixed, 10, EarlierRun(k=10, ranks=before))

    assert clear.is_significant
    assert clear.interval[0] > 0
    assert "significantly better" in clear.in_words()
    assert not small.is_significant


def test_runs_that_cannot_be_compared_are_refused():
    ranks = {"a": [1]}

    with pytest.raises(InvalidValueError, match="5 documents"):
        compare_runs(ranks, 10, EarlierRun(k=5, ranks=ranks))
    with pytest.raises(InvalidValueError, match="none of these"):
        compare_runs(ranks, 10, EarlierRun(k=10, ranks={"b": [1]}))


async def test_questions_of_one_id_are_refused(shelf: Shelf):
    question = EvaluationQuestion.model_validate({"id": "1", "question": "Q", "doc_id": "no.md"})

    with pytest.raises(InvalidValueError, match="'1'"):
        await shelf.services.evaluation.evaluate_retrieval(
            shelf.teacher.actor, shelf.slug, [question, question]
        )
