"""Whether what was found holds the answer, by words; meaning is measured by the benchmark."""

from ai.answering.answerability import ANSWERABLE, answerability, gather_evidence
from ai.chat.passage import Passage
from tests.ai.chat.examples import HINDI_WORK, MOMENTUM, WORK, passage

PASSAGES = (passage(1, WORK), passage(2, MOMENTUM))


def likely(question: str, *passages: Passage) -> float:
    return answerability(question, None, passages or PASSAGES)


def test_nothing_found_answers_nothing() -> None:
    assert answerability("What is work?", None, ()) == 0.0


def test_a_question_of_the_course_is_more_likely_answered_than_one_of_another() -> None:
    own = likely("What is the momentum of an isolated system?")
    foreign = likely("Who painted the Mona Lisa in Florence?")

    assert foreign < ANSWERABLE < own


def test_the_same_holds_in_hindi() -> None:
    hindi = passage(1, HINDI_WORK)

    own = likely("कार्य का मात्रक क्या है?", hindi)
    foreign = likely("मुग़ल साम्राज्य की राजधानी कहाँ थी?", hindi)

    assert foreign < ANSWERABLE < own


def test_a_name_that_nothing_holds_speaks_against_an_answer() -> None:
    known = gather_evidence("What is momentum?", None, PASSAGES)
    unknown = gather_evidence("What did Napoleon say of momentum?", None, PASSAGES)

    assert (known.unknown_names, unknown.unknown_names) == (0.0, 1.0)


def test_a_heading_counts_as_what_stands_below_it() -> None:
    headed = passage(1, "The SI unit is the joule.", heading=("Work",))

    assert gather_evidence("What is the unit of work?", None, [headed]).coverage == 1


def test_a_term_that_nothing_holds_weighs_most() -> None:
    assert gather_evidence("momentum wizardry", None, PASSAGES).coverage < 0.5
