from ai.answering.extraction import ANSWERABLE, MAX_SENTENCES, MAX_STATEMENTS, extract_answer
from ai.answering.sentence_scoring import score_statements
from tests.ai.chat.examples import MOMENTUM, WORK, passage

MANY = " ".join(f"Energy of kind {word} is stored in a body of that kind." for word in (
    "heat", "light", "sound", "motion", "tension", "charge", "mass", "height"
))  # fmt: skip


def test_an_answer_is_short_however_much_would_fit() -> None:
    extraction = extract_answer(score_statements("energy stored body", None, [passage(1, MANY)]))

    sentences = sum(s.last - s.first + 1 for s in extraction.statements)
    assert 0 < len(extraction.statements) <= MAX_STATEMENTS
    assert sentences <= MAX_SENTENCES


def test_nothing_is_extracted_below_the_bar() -> None:
    scored = score_statements("Who painted the Mona Lisa?", None, [passage(1, WORK)])

    extraction = extract_answer(scored)

    assert extraction.statements == ()
    assert extraction.answerability < ANSWERABLE


def test_no_statement_at_all_is_no_answer() -> None:
    assert extract_answer([]).answerability == 0.0


def test_a_term_that_no_source_holds_lowers_the_coverage() -> None:
    passages = [passage(1, WORK), passage(2, MOMENTUM)]

    known = max(s.coverage for s in score_statements("momentum mass", None, passages))
    unknown = max(s.coverage for s in score_statements("momentum wizardry", None, passages))

    assert known == 1.0
    assert unknown < 0.5
