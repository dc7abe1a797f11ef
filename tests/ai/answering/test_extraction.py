from ai.answering.extraction import MAX_SENTENCES, MAX_STATEMENTS, chosen_statements
from ai.answering.sentence_scoring import score_statements
from tests.ai.chat.examples import MOMENTUM, WORK, passage

MANY = " ".join(f"Energy of kind {word} is stored in a body of that kind." for word in (
    "heat", "light", "sound", "motion", "tension", "charge", "mass", "height"
))  # fmt: skip


def test_an_answer_is_short_however_much_would_fit() -> None:
    said = chosen_statements(score_statements("energy stored body", None, [passage(1, MANY)]))

    sentences = sum(s.last - s.first + 1 for s in said)
    assert 0 < len(said) <= MAX_STATEMENTS
    assert sentences <= MAX_SENTENCES


def test_no_statement_at_all_is_no_answer() -> None:
    assert chosen_statements([]) == ()


def test_a_term_that_no_source_holds_lowers_the_coverage() -> None:
    passages = [passage(1, WORK), passage(2, MOMENTUM)]

    known = max(s.coverage for s in score_statements("momentum mass", None, passages))
    unknown = max(s.coverage for s in score_statements("momentum wizardry", None, passages))

    assert known == 1.0
    assert unknown < 0.5
