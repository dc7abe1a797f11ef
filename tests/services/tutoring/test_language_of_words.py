"""What the tutor says in fixed words is in the language of who asks, English or Hindi."""

from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from content.languages import SpokenLanguage
from content.questions import AnyQuestion, Numeric
from pedagogy.grading.grade import JudgedBy, grade_of
from pedagogy.grading.numeric import grade_number
from pedagogy.mastery.knowledge_tracing import Mastery
from pedagogy.mastery.levels import explanation
from pedagogy.modes.policy import ModePolicy, TutorMode
from pedagogy.modes.states import ProblemState, Turn, TutorMove, TutorState
from services.answering.support_words import low_support_words, withheld_words
from services.learning.hints import HelpWanted, helped_with, hint_text
from services.tutoring.grounded_words import WORDS
from services.tutoring.problems import Problem
from services.tutoring.server_words import opening_for, words_for

CHOICES = [{"id": "a", "text": "घड़ी", "is_right": True}, {"id": "b", "text": "तराज़ू"}]
KINDS: list[dict[str, Any]] = [
    {"kind": "single_choice", "choices": CHOICES},
    {"kind": "multiple_choice", "choices": CHOICES},
    {"kind": "numeric", "value": 9.81, "unit": "m/s"},
    {"kind": "expression", "expression": "m*v^2/2", "variables": ["m", "v"]},
    {"kind": "short_answer", "accepted": ["जड़त्व"]},
    {
        "kind": "cloze",
        "stem": "{{a}} और {{b}}",
        "gaps": [{"id": "a", "accepted": ["बल"]}, {"id": "b", "accepted": ["कार्य"]}],
    },
    {"kind": "ordering", "items": ["घोंघा", "घोड़ा"]},
    {"kind": "matching", "pairs": [{"left": "बल", "right": "N"}, {"left": "ऊर्जा", "right": "J"}]},
]
QUESTIONS: list[AnyQuestion] = [
    TypeAdapter(AnyQuestion).validate_python({"id": "q", "stem": "गति कितनी है?", **kind})
    for kind in KINDS
]
NUMERIC = QUESTIONS[2]
OPEN = ProblemState("q")


def said(move: TutorMove, question: AnyQuestion, language: SpokenLanguage) -> str:
    """The server's words at a turn about a question of a quiz."""
    turn = Turn(move, TutorState(TutorMode.EXPLAIN, OPEN))
    problem = Problem(question, "quiz")
    return words_for(turn, problem, None, problem, ModePolicy(), language)


def is_without_english(text: str) -> bool:
    """Whether no word in Latin letters stands in it that is longer than a name of a unit."""
    return not any(word.isascii() and word.isalpha() and len(word) > 2 for word in text.split())


@pytest.mark.parametrize("question", QUESTIONS, ids=[each.kind for each in QUESTIONS])
@pytest.mark.parametrize(
    "move",
    [TutorMove.POSE, TutorMove.CONFIRM, TutorMove.REFUSE_SOLUTION, TutorMove.SHOW_SOLUTION],
)
def test_the_servers_words_are_hindi_for_who_asks_in_hindi(
    move: TutorMove, question: AnyQuestion
) -> None:
    assert is_without_english(said(move, question, "hi"))
    assert said(move, question, "hi") != said(move, question, "en") or move is TutorMove.POSE


@pytest.mark.parametrize(
    ("share", "verdict"), [(0.0, "**अभी सही नहीं।**"), (0.5, "**आंशिक रूप से सही।**")]
)
def test_a_verdict_is_in_the_language_of_the_learner(share: float, verdict: str) -> None:
    grade = grade_of(share, 1.0, JudgedBy.KEY)

    assert opening_for(TutorMove.CHECK, grade, "hi") == verdict


def test_hints_of_every_rung_are_in_the_language_asked_for() -> None:
    question = NUMERIC.model_copy(update={"concepts": ("गति",)})
    hints = [hint_text(question, level, "hi") for level in (1, 2, 3, 4)]

    assert all(map(is_without_english, hints))
    assert "गति" in hints[2]


def test_a_quizs_ladder_speaks_the_language_of_its_question() -> None:
    refused, _ = helped_with(NUMERIC, OPEN, HelpWanted.SOLUTION, ModePolicy())

    assert refused.text == "हल के लिए अभी चाहिए: 2 और संकेत और आपका 1 उत्तर।"


@pytest.mark.parametrize(
    ("answer", "feedback"),
    [("9.81", "मात्रक भी लिखिए।"), ("9.81 kg", "यह मात्रक किसी और राशि का है, पूछी गई राशि का नहीं।")],
)
def test_feedback_to_an_answer_is_in_the_language_of_the_question(
    answer: str, feedback: str
) -> None:
    assert isinstance(NUMERIC, Numeric)

    assert grade_number(NUMERIC, answer).feedback == (feedback,)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("words", [low_support_words, withheld_words])
def test_notices_of_support_are_in_both_languages(words: Any, count: int) -> None:
    assert is_without_english(words(count, "hi"))
    assert "source" in words(count, "en")


@pytest.mark.parametrize(
    "mastery", [Mastery(0.25), Mastery(0.5, 1), Mastery(0.7, 4), Mastery(1, 9)]
)
def test_what_is_believed_is_said_in_both_languages(mastery: Mastery) -> None:
    assert is_without_english(explanation(mastery, "hi"))
    assert explanation(mastery, "en").startswith("You ")


def test_the_built_in_tutor_has_every_sentence_in_both_languages() -> None:
    assert all(set(each) == set(get_args(SpokenLanguage)) for each in WORDS.values())
