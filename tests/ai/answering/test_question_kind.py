import pytest

from ai.answering.question_kind import is_aside, looks_like_answer, question_kind


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What is work?", "definition"),
        ("Define momentum.", "definition"),
        ("Why is the sky blue?", "cause"),
        ("How does a lever work?", "manner"),
        ("How many planets are there?", "quantity"),
        ("When did Newton live?", "time"),
        ("In which year did it end?", "time"),
        ("Who discovered gravity?", "person"),
        ("Where is the Nile?", "place"),
        ("Compare heat with work.", "open"),
        ("कार्य क्या है?", "definition"),
        ("आकाश नीला क्यों है?", "cause"),
    ],
)
def test_a_question_tells_what_it_asks_for(question: str, kind: str) -> None:
    assert question_kind(question) == kind


def test_a_definition_speaks_of_the_subject_before_it_defines() -> None:
    assert looks_like_answer("definition", "Work is the transfer of energy.", ("work",))
    assert not looks_like_answer("definition", "Energy is lost when work is done.", ("work",))


def test_a_number_answers_how_many() -> None:
    assert looks_like_answer("quantity", "There are eight planets.", ())
    assert not looks_like_answer("quantity", "There are planets.", ())


def test_sentences_about_the_text_are_asides() -> None:
    assert is_aside("To see this, let us consider the figure.")
    assert not is_aside("Work is the transfer of energy.")
