"""Questions that lean on the ones before, and how they read by themselves."""

import pytest

from ai.questions.follow_ups import depends_on_history, standalone_question, subject_of


@pytest.mark.parametrize(
    "question",
    [
        "Why?",
        "And on the moon?",
        "What about friction",
        "How is it measured?",
        "What is that?",
        "Explain again",
        "An example?",
        "इसका मात्रक क्या होता है?",
        "यह क्या है?",
    ],
)
def test_a_follow_up_depends_on_history(question: str) -> None:
    assert depends_on_history(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is the period of a pendulum?",
        "How does kinetic energy depend on speed?",
        "What is power?",
        "Who was Newton?",
        "Define inertia",
        "शक्ति क्या है?",
        "ऊर्जा का मात्रक क्या होता है?",
    ],
)
def test_a_whole_question_does_not(question: str) -> None:
    assert not depends_on_history(question)
    assert standalone_question(question, ["What is work?"]) == question


@pytest.mark.parametrize(
    ("earlier", "question", "standalone"),
    [
        (["What is power?"], "How is it measured?", "How is power measured?"),
        (["What is power?"], "And its unit?", "And power's unit?"),
        (["What is work?", "What is power?"], "And its unit?", "And power's unit?"),
        (["What is work in physics?"], "And its unit?", "And the unit? (work in physics)"),
        (["What is power?", "Why?"], "How is that measured?", "How is power measured?"),
        (["संवेग क्या है?"], "इसका मात्रक क्या है?", "संवेग का मात्रक क्या है?"),
        (["What is gravity?"], "And on the moon?", "What is gravity? And on the moon?"),
        (["What is power?"], "Why?", "What is power? Why?"),
        (
            ["What is friction?"],
            "Why does this force act?",
            "What is friction? Why does this force act?",
        ),
        (
            ["What is momentum?"],
            "Is it true that it is conserved?",
            "What is momentum? Is it true that it is conserved?",
        ),
        ([r"What is \frac{1}{2}?"], "How is it read?", r"How is \frac{1}{2} read?"),
    ],
)
def test_a_follow_up_names_what_it_leans_on(
    earlier: list[str], question: str, standalone: str
) -> None:
    assert standalone_question(question, earlier) == standalone


def test_without_earlier_questions_a_follow_up_stays_as_it_is() -> None:
    assert standalone_question("And its unit?", []) == "And its unit?"


def test_the_subject_is_what_is_left_without_the_words_of_asking() -> None:
    assert subject_of("What is the SI unit of work?") == "SI unit of work"
    assert subject_of("Why?") == ""
    assert subject_of("कार्य का मात्रक क्या है?") == "कार्य का मात्रक"
