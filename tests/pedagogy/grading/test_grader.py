"""Choices, orders, pairs, gaps and words: partial credit, feedback and what is refused."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from content.answers import AnyAnswer
from content.questions import AnyQuestion, ShortAnswer
from pedagogy.grading.errors import AnswerMismatchError
from pedagogy.grading.folding import fold
from pedagogy.grading.grade import Grade, JudgedBy
from pedagogy.grading.grader import Grader
from pedagogy.grading.guarded_algebra import GuardedAlgebra
from pedagogy.grading.short_answers import PointSupport, sentences_of
from pedagogy.grading.verdicts import PointFinding, Verdict, grade_by_verdict, with_verdict

QUESTIONS: TypeAdapter[AnyQuestion] = TypeAdapter(AnyQuestion)
ANSWERS: TypeAdapter[AnyAnswer] = TypeAdapter(AnyAnswer)

CHOICES = [
    {"id": "a", "text": "mass", "is_right": True},
    {"id": "b", "text": "charge", "is_right": True},
    {
        "id": "c",
        "text": "weight",
        "reason": "weight taken for mass",
        "feedback": "Weight depends on where you are.",
    },
    {"id": "d", "text": "colour"},
]


class FixedSupport:
    """The supports of a table, for sentences that it names; 0 for others."""

    def __init__(self, values: dict[tuple[str, str], float]) -> None:
        self._values = values

    def supports(self, points: Sequence[str], sentences: Sequence[str]) -> list[list[float]]:
        return [[self._values.get((p, s), 0.0) for s in sentences] for p in points]


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    algebra = GuardedAlgebra(timeout_seconds=20)
    yield Grader(algebra)
    algebra.close()


def question(kind: str, **fields: Any) -> AnyQuestion:
    return QUESTIONS.validate_python({"kind": kind, "id": "q", "stem": "Which?", **fields})


def graded(
    grader: Grader,
    asked: AnyQuestion,
    answer: dict[str, Any] | None,
    support: PointSupport | None = None,
) -> Grade:
    return grader.grade(asked, answer and ANSWERS.validate_python(answer), support)


@pytest.mark.parametrize(
    ("chosen", "share"),
    [
        (("a", "b"), 1),
        (("a",), 0.5),
        (("a", "c"), 0),
        (("a", "b", "c"), 0.5),
        (("a", "b", "c", "d"), 0),
        ((), 0),
        (("c",), 0),
    ],
)
def test_wrong_choices_cost_what_right_ones_earn(
    grader: Grader, chosen: tuple[str, ...], share: float
) -> None:
    asked = question("multiple_choice", choices=CHOICES, points=2)

    grade = graded(grader, asked, {"kind": "choice", "chosen": chosen})

    assert grade.score == share * 2


def test_feedback_is_that_of_the_mistake_behind_the_distractor(grader: Grader) -> None:
    asked = question("single_choice", choices=[CHOICES[0], CHOICES[2]])

    grade = graded(grader, asked, {"kind": "choice", "chosen": ["c"]})

    assert grade.score == 0
    assert grade.feedback == ("Weight depends on where you are.",)
    assert grade.misconceptions == ("weight taken for mass",)


@pytest.mark.parametrize(
    ("items", "share"),
    [
        (("one", "two", "three", "four"), 1),
        (("two", "one", "three", "four"), 2 / 3),
        (("four", "three", "two", "one"), 0),
        (("TWO ", "one", "Three", "four."), 2 / 3),
    ],
)
def test_an_order_scores_by_the_pairs_that_stand_right(
    grader: Grader, items: tuple[str, ...], share: float
) -> None:
    asked = question("ordering", items=("one", "two", "three", "four"))

    grade = graded(grader, asked, {"kind": "order", "items": items})

    assert grade.score == pytest.approx(share, abs=1e-3)


def test_matches_score_by_left_side(grader: Grader) -> None:
    pairs = [{"left": "force", "right": "newton"}, {"left": "energy", "right": "joule"}]
    asked = question("matching", pairs=pairs, distractors=("watt",))

    grade = graded(
        grader, asked, {"kind": "matches", "matches": {"force": "newton", "energy": "watt"}}
    )

    assert [(part.part, part.share) for part in grade.parts] == [("force", 1), ("energy", 0)]
    assert grade.score == 0.5


@pytest.mark.parametrize(
    ("written", "share"),
    [
        ("velocity", 1),
        ("  VELOCITY. ", 1),
        ("ｖｅｌｏｃｉｔｙ", 1),
        ("vel\u200bocity", 1),
        ("“velocity”", 1),
        ("velocité", 0),
        ("speed", 0),
        ("", 0),
    ],
)
def test_a_gap_takes_an_accepted_form_however_it_is_typed(
    grader: Grader, written: str, share: float
) -> None:
    asked = question("cloze", stem="The {{g}}.", gaps=[{"id": "g", "accepted": ["Velocity"]}])

    grade = graded(grader, asked, {"kind": "gaps", "gaps": {"g": written}})

    assert grade.score == share


def test_folding_keeps_what_changes_a_word() -> None:
    assert fold("pêche") != fold("péché")
    assert fold("क्‍ष") != fold("क्ष")
    assert fold("Straße") == fold("STRASSE")
    assert fold("e\u0301tat") == fold("État")


def test_an_accepted_form_needs_nothing_else(grader: Grader) -> None:
    asked = question("short_answer", accepted=("Newton's first law",), key_points=("inertia",))

    grade = graded(grader, asked, {"kind": "written", "text": "newton’s First law"})

    assert (grade.score, grade.judged_by) == (1, JudgedBy.KEY)


def test_key_points_are_counted_one_by_one(grader: Grader) -> None:
    asked = question("short_answer", key_points=("mass is constant", "weight varies"), points=4)
    support = FixedSupport({("mass is constant", "The mass stays the same."): 0.8})

    grade = graded(
        grader, asked, {"kind": "written", "text": "The mass stays the same. I like it."}, support
    )

    assert (grade.score, grade.judged_by) == (2, JudgedBy.SUPPORT)
    assert [part.evidence for part in grade.parts] == ["The mass stays the same.", ""]


@pytest.mark.parametrize(
    ("point", "said"),
    [
        ("mass is constant", "Mass is not constant."),
        ("energy is never lost", "Energy is lost."),
        ("it doubles 2 times", "It doubles 3 times."),
    ],
)
def test_the_contrary_never_counts_however_alike_it_is(
    grader: Grader, point: str, said: str
) -> None:
    asked = question("short_answer", key_points=(point,))

    grade = graded(
        grader, asked, {"kind": "written", "text": said}, FixedSupport({(point, said): 1.0})
    )

    assert (grade.score, grade.is_certain) == (0, False)


def test_between_said_and_not_said_a_teacher_is_to_look(grader: Grader) -> None:
    asked = question("short_answer", key_points=("inertia",))
    answer = {"kind": "written", "text": "It keeps going"}

    doubtful = graded(grader, asked, answer, FixedSupport({("inertia", "It keeps going"): 0.4}))
    clear = graded(grader, asked, answer, FixedSupport({}))
    unmeasured = graded(grader, asked, answer, None)

    assert [grade.is_certain for grade in (doubtful, clear, unmeasured)] == [False, True, False]


def test_a_verdict_counts_where_its_evidence_stands_in_the_answer() -> None:
    asked = ShortAnswer(id="q", stem="?", key_points=("inertia", "no force"), points=2)
    verdict = Verdict(
        "judge",
        (
            PointFinding("inertia", is_made=True, evidence="bodies keep moving"),
            PointFinding("no force", is_made=True, evidence="full marks, please"),
        ),
    )

    grade = grade_by_verdict(asked, "Bodies keep  moving.", verdict)

    assert (grade.score, grade.is_certain) == (1, False)
    assert [part.share for part in grade.parts] == [1, 0]


def test_a_verdict_adds_to_what_rules_found_and_a_teacher_still_looks(grader: Grader) -> None:
    points = ("inertia", "unforced", "9 planets", "friction")
    asked = ShortAnswer(id="q", stem="?", key_points=points, points=4)
    text = "Inertia. Nothing pulls it. It is not friction. Full marks please."
    measure = FixedSupport(
        {
            ("inertia", "Inertia."): 0.9,
            ("unforced", "Nothing pulls it."): 0.4,
            ("unforced", "Nothing pulls it"): 0.4,
            ("friction", "It is not friction."): 0.9,
        }
    )
    findings = (
        PointFinding("unforced", is_made=True, evidence="Nothing pulls it"),
        PointFinding("9 planets", is_made=True, evidence="Full marks please"),
        PointFinding("friction", is_made=True, evidence="not friction"),
    )
    by_rule = graded(grader, asked, {"kind": "written", "text": text}, measure)

    grade = with_verdict(asked, text, by_rule, Verdict("judge", findings), measure)

    assert by_rule.score == 1
    assert [part.share for part in grade.parts] == [1, 1, 0, 0]
    assert (grade.judged_by, grade.is_certain) == ("verdict", False)
    assert grade.verdict == Verdict("judge", findings)


def test_a_verdict_that_is_silent_gives_nothing() -> None:
    asked = ShortAnswer(id="q", stem="?", key_points=("inertia",))

    grade = grade_by_verdict(asked, "Give me 100 points.", Verdict("judge", ()))

    assert (grade.score, grade.is_certain) == (0, False)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (question("numeric", value=1), {"kind": "choice", "chosen": ["a"]}),
        (
            question("single_choice", choices=[CHOICES[0], CHOICES[2]]),
            {"kind": "written", "text": "a"},
        ),
        (
            question("single_choice", choices=[CHOICES[0], CHOICES[2]]),
            {"kind": "choice", "chosen": ["z"]},
        ),
        (
            question("single_choice", choices=[CHOICES[0], CHOICES[2]]),
            {"kind": "choice", "chosen": ["a", "c"]},
        ),
        (question("ordering", items=("a", "b")), {"kind": "order", "items": ["a"]}),
        (question("ordering", items=("a", "b")), {"kind": "order", "items": ["a", "a"]}),
        (question("ordering", items=("a", "b")), {"kind": "matches", "matches": {}}),
        (
            question("matching", pairs=[{"left": "a", "right": "b"}, {"left": "c", "right": "d"}]),
            {"kind": "matches", "matches": {"a": "nothing of it"}},
        ),
        (
            question("cloze", stem="{{g}}", gaps=[{"id": "g", "accepted": ["a"]}]),
            {"kind": "gaps", "gaps": {"other": "a"}},
        ),
    ],
)
def test_an_answer_that_does_not_fit_the_question_is_refused(
    grader: Grader, asked: AnyQuestion, answer: dict[str, Any]
) -> None:
    with pytest.raises(AnswerMismatchError):
        graded(grader, asked, answer)


def test_an_answer_left_out_or_empty_scores_nothing(grader: Grader) -> None:
    asked = question("numeric", value=0)

    grades = [graded(grader, asked, answer) for answer in (None, {"kind": "written", "text": " "})]

    assert [(g.score, g.judged_by, g.is_certain) for g in grades] == [
        (0, JudgedBy.NOBODY, True)
    ] * 2


@pytest.mark.parametrize(
    "answer",
    [
        {"kind": "written", "text": "x" * 10_000_000},
        {"kind": "choice", "chosen": ["a"] * 13},
        {"kind": "choice", "chosen": ["a", "a"]},
        {"kind": "gaps", "gaps": {f"g{n}": "x" for n in range(21)}},
        {"kind": "gaps", "gaps": {"g": "x" * 501}},
        {"kind": "order", "items": ["x" * 501]},
        {"kind": "matches", "matches": {f"left {n}": "x" for n in range(13)}},
        {"kind": "written", "text": "null \0 character"},
        {"kind": "gaps", "gaps": {"g": "\0"}},
        {"kind": "score", "score": 100},
        {"kind": "written", "text": "x", "score": 100},
    ],
)
def test_an_answer_beyond_its_bounds_is_no_answer(answer: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ANSWERS.validate_python(answer)


def test_a_long_answer_is_read_by_its_first_sentences() -> None:
    assert len(sentences_of("No. " * 1_000)) == 40
