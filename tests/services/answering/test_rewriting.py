"""Whether what a chat model wrote is still the question that was asked."""

import pytest

from services.answering.rewriting import is_faithful


@pytest.mark.parametrize(
    ("written", "question"),
    [
        ("What is the unit of power?", "And its unit?"),
        ("How far does a stone fall in 2.5 s on the moon?", "And in 2.5 s on the moon?"),
        ("शक्ति का मात्रक क्या है?", "इसका मात्रक क्या है?"),
    ],
)
def test_a_question_that_stands_by_itself_is_taken(written: str, question: str) -> None:
    assert is_faithful(written, question)


@pytest.mark.parametrize(
    ("written", "question"),
    [
        ("", "And its unit?"),
        ("How far does a stone fall on the moon?", "And in 2 s on the moon?"),
        ("I'm sorry, I cannot help with that.", "And its unit?"),
        ("The unit of power is the watt [1].", "And its unit?"),
        ("word " * 200, "And its unit?"),
    ],
    ids=["nothing", "a number lost", "a refusal", "an answer", "too long"],
)
def test_what_is_no_question_any_more_is_not(written: str, question: str) -> None:
    assert not is_faithful(written, question)
