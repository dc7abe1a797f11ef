"""The quality gate with the built-in way of answering."""

import re

import pytest

from ai.embedding.onnx import OnnxEmbedder
from ai.quality.gate import QualityGate
from ai.quality.reading_level import grade
from ai.writing.brief import Brief, SourcePassage
from ai.writing.grounded import GroundedWriter
from content.base import SourceSpan
from content.cards import Deck, Flashcard
from content.lessons import Exercise, GlossaryEntry, Lesson, Objective, Section
from content.quality import QualityReport
from content.questions import (
    AnyQuestion,
    Choice,
    Cloze,
    Gap,
    Matching,
    MultipleChoice,
    Numeric,
    Ordering,
    Pair,
    Quiz,
    ShortAnswer,
    SingleChoice,
)
from content.slides import Slide, SlideDeck
from tests.ai.writing.examples import MACHINES

GATE = QualityGate()
LEVERS, PULLEYS, LOSSES = MACHINES
CITED = (LEVERS.span(0, 44),)


def single(stem: str, key: str, *wrong: str, name: str = "q1") -> SingleChoice:
    choices = (
        Choice(id="a", text=key, is_right=True),
        *(Choice(id=f"w{n}", text=text) for n, text in enumerate(wrong)),
    )
    return SingleChoice(id=name, stem=stem, choices=choices, sources=CITED)


async def report_on(*questions: AnyQuestion, **how: object) -> QualityReport:
    return await GATE.check(Quiz(title="Q", questions=questions), MACHINES, **how)


def codes(report: QualityReport, item: str | None = "q1") -> set[str]:
    return {finding.code for finding in report.of(item)}


FULCRUM = "What is the fixed point of a lever called?"


async def test_a_good_question_has_no_findings_and_passes() -> None:
    report = await report_on(single(FULCRUM, "the fulcrum", "the groove", "the moment", "the rope"))

    assert report.findings == ()
    assert report.passes("q1")
    assert report.method == "grounded"


async def test_a_wrong_key_fails_and_the_better_answer_is_named() -> None:
    report = await report_on(single(FULCRUM, "the groove", "the fulcrum", "the moment", "the rope"))

    assert codes(report) == {"wrong_key"}
    assert not report.passes("q1")
    assert "the fulcrum" in report.findings[0].detail
    assert report.failing == ("q1",)


async def test_a_question_that_the_sources_do_not_settle_is_reported() -> None:
    report = await report_on(single("Who painted the Mona Lisa?", "Leonardo", "Raphael", "Titian"))

    assert codes(report) == {"unsettled_key"}
    assert not report.passes("q1")


async def test_two_answers_that_stand_side_by_side_are_ambiguous() -> None:
    passage = LEVERS.__class__(
        **{
            **{name: getattr(LEVERS, name) for name in LEVERS.__slots__},
            "text": "A leaf takes in carbon dioxide and water to make sugar.",
            "sentence_bounds": ((0, 55),),
            "heading": ("Leaves",),
        }
    )
    question = single("What does a leaf take in to make sugar?", "carbon dioxide", "water", "gold")
    quiz = Quiz(title="Q", questions=(question.model_copy(update={"sources": ()}),))

    report = await GATE.check(quiz, [passage])

    assert "ambiguous_key" in codes(report)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (Numeric(id="q1", stem="What efficiency in % does no machine exceed?", value=100), set()),
        (
            Numeric(id="q1", stem="No machine has an efficiency above how many %?", value=80),
            {"wrong_key"},
        ),
        (ShortAnswer(id="q1", stem=FULCRUM, accepted=("fulcrum",)), set()),
        (
            ShortAnswer(id="q1", stem=FULCRUM, accepted=("groove",)),
            {"wrong_key"},
        ),
        (
            Cloze(
                id="q1",
                stem="A movable pulley {{g1}} the force that is needed.",
                gaps=(Gap(id="g1", accepted=("halves",), options=("halves", "doubles")),),
            ),
            set(),
        ),
        (
            Matching(
                id="q1",
                stem="Match.",
                pairs=(
                    Pair(left="lever", right="a wheel with a groove for a rope"),
                    Pair(left="pulley", right="a rigid bar that turns about a fixed point"),
                ),
            ),
            {"wrong_key"},
        ),
        (
            Ordering(
                id="q1",
                stem="Order.",
                items=(
                    "The turning effect of a force is called its moment.",
                    "A lever is a rigid bar that turns about a fixed point.",
                ),
            ),
            {"wrong_key"},
        ),
        (
            MultipleChoice(
                id="q1",
                stem="Which statements are right?",
                choices=(
                    Choice(
                        id="a",
                        text="A single fixed pulley changes the size of a force and not its"
                        " direction.",
                        is_right=True,
                    ),
                    Choice(id="b", text="Friction turns a part of the work into heat."),
                ),
            ),
            {"wrong_key"},
        ),
    ],
    ids=lambda value: value.kind if hasattr(value, "kind") else None,
)
async def test_each_kind_is_answered_from_the_sources(
    question: AnyQuestion, expected: set[str]
) -> None:
    report = await report_on(question.model_copy(update={"sources": CITED}))

    assert codes(report) == expected


async def test_a_question_that_names_its_key_fails() -> None:
    stem = "A lever turns about its fulcrum. What is the fixed point of a lever called?"

    report = await report_on(single(stem, "fulcrum", "groove", "rope"))

    assert codes(report) == {"key_in_stem"}


async def test_a_question_that_names_all_its_choices_does_not_show_its_key() -> None:
    stem = "Which one changes the direction of a force only: a fixed pulley or a movable pulley?"

    report = await report_on(single(stem, "a fixed pulley", "a movable pulley"))

    assert "key_in_stem" not in codes(report)


async def test_a_choice_that_stands_for_the_others_is_reported() -> None:
    report = await report_on(single(FULCRUM, "the fulcrum", "the groove", "None of these"))

    assert codes(report) == {"key_stands_out"}
    assert report.passes("q1")


async def test_a_question_asked_twice_is_reported_on_the_second() -> None:
    first = single(FULCRUM, "the fulcrum", "the groove", "the moment")
    again = single(
        "How is the fixed point of a lever called?", "the fulcrum", "rope", "bar", name="q2"
    )

    report = await report_on(first, again)

    assert codes(report, "q1") == set()
    assert codes(report, "q2") == {"duplicate"}


async def test_questions_that_differ_in_a_number_are_not_the_same(
    session_encoder: OnnxEmbedder,
) -> None:
    questions = tuple(
        Numeric(id=f"q{n}", stem=f"What is {n} newton times 2 metres in joules?", value=2 * n)
        for n in (3, 4)
    )

    report = await QualityGate(session_encoder).check(
        Quiz(title="Q", questions=questions), MACHINES
    )

    assert not [finding for finding in report.findings if finding.code == "duplicate"]


async def test_an_item_without_a_source_fails() -> None:
    deck = Deck(title="D", cards=(Flashcard(id="c1", front="Lever?", back="A rigid bar."),))

    report = await GATE.check(deck, MACHINES)

    assert codes(report, "c1") == {"no_source"}


async def test_a_quote_that_stands_there_no_more_fails() -> None:
    span = CITED[0].model_copy(update={"quote": "A lever is a soft bar."})
    deck = Deck(
        title="D",
        cards=(Flashcard(id="c1", front="Lever?", back="A rigid bar.", sources=(span,)),),
    )

    report = await GATE.check(deck, MACHINES)

    assert "source_not_verbatim" in codes(report, "c1")


def lesson(body: str, *, serves: tuple[str, ...] = ()) -> Lesson:
    return Lesson(
        title="Levers",
        objectives=(Objective(id="goal-1", text="Draw electric circuits."),),
        sections=(Section(id="s1", heading="Levers", body=body, objectives=serves, sources=CITED),),
    )


async def test_facts_that_their_sources_do_not_bear_out_are_reported_by_section() -> None:
    body = "A lever balances when both turning effects are equal. Levers were invented in Paris."

    report = await GATE.check(lesson(body), MACHINES)

    facts = [finding for finding in report.of("s1") if finding.code == "unsupported_fact"]
    assert len(facts) == 1
    assert "Paris" in facts[0].detail


async def test_explanations_terms_solutions_and_the_summary_are_held_against_their_sources() -> (
    None
):
    invented = "Napoleon weighed the moon with a spring balance."
    quiz = await report_on(
        single(FULCRUM, "the fulcrum", "the groove").model_copy(update={"explanation": invented})
    )
    lesson = Lesson(
        title="Levers",
        objectives=(Objective(id="o", text="Say what a lever is."),),
        sections=(Section(id="s", heading="Levers", body=LEVERS.text[:44], sources=CITED),),
        exercises=(
            Exercise(id="e", problem="How far?", solution=f"3 + 4 = 7. {invented}", sources=CITED),
        ),
        glossary=(
            GlossaryEntry(term="fulcrum", definition=invented, sources=CITED),
            GlossaryEntry(term="lever", definition="a rigid bar"),
        ),
        summary=f"- {LEVERS.text[:44]}\n- {invented}",
        summary_sources=CITED,
    )

    found = (await GATE.check(lesson, MACHINES)).findings

    assert [(f.code, f.severity) for f in quiz.of("q1")] == [("unsupported_fact", "warn")]
    told = {(f.item_id, f.code, f.severity, f.detail.split(":")[0]) for f in found}
    assert told == {
        ("e", "unsupported_fact", "warn", "the solution"),
        (None, "unsupported_fact", "fail", "the term “fulcrum”"),
        (None, "no_source", "warn", "the term “lever” names no place in the material"),
        (None, "unsupported_fact", "fail", "the summary"),
    }


async def test_a_lesson_without_objectives_is_reported() -> None:
    section = Section(id="s", heading="Levers", body=LEVERS.text[:44], sources=CITED)

    report = await GATE.check(Lesson(title="Levers", sections=(section,)), MACHINES)

    assert codes(report, None) == {"missing_objective"}


async def test_an_objective_that_nothing_serves_is_reported() -> None:
    body = "A lever is a rigid bar that turns about a fixed point."

    missing = await GATE.check(lesson(body), MACHINES)
    served = await GATE.check(lesson(body, serves=("goal-1",)), MACHINES)

    assert codes(missing, "goal-1") == {"missing_objective"}
    assert served.findings == ()


async def test_objectives_that_no_question_is_about_are_reported_on_the_whole() -> None:
    objectives = [
        Objective(id="o1", text="Name the fixed point of a lever."),
        Objective(id="o2", text="Draw electric circuits."),
    ]

    report = await report_on(
        single(FULCRUM, "the fulcrum", "the groove", "the moment"), objectives=objectives
    )

    assert [f.detail for f in report.of(None)] == [
        "nothing serves the objective “Draw electric circuits.”"
    ]


async def test_slides_may_open_without_a_source() -> None:
    deck = SlideDeck(
        title="D",
        slides=(
            Slide(id="s1", heading="Levers", points=("What they are",)),
            Slide(id="s2", heading="Balance", points=("Equal effects",)),
        ),
    )

    report = await GATE.check(deck, MACHINES)

    assert report.failing == ("s2",)


async def test_a_text_too_hard_for_its_level_is_reported() -> None:
    sentence = (
        "Thermodynamically irreversible transformations invariably necessitate "
        "disproportionately sophisticated characterisations of macroscopically "
        "indistinguishable configurations throughout representative ensembles. "
    )

    report = await GATE.check(lesson(sentence * 5, serves=("goal-1",)), MACHINES)

    assert "reading_level" in codes(report, "s1")


async def test_languages_without_a_formula_are_skipped_and_it_is_said() -> None:
    quiz = Quiz(
        title="Q",
        language="hi",
        questions=(ShortAnswer(id="q1", stem="लीवर क्या है?", accepted=("छड़",), sources=CITED),),
    )

    report = await GATE.check(quiz, MACHINES)

    assert [(each.check, "hi" in each.reason) for each in report.skipped] == [
        ("reading_level", True)
    ]
    assert "reading_level" not in report.checks


def test_the_reading_grade_is_the_published_formula() -> None:
    text = "The cat sat on the mat. " * 12

    found = grade(text)

    letters_per_hundred = 17 / 6 * 100
    sentences_per_hundred = 100 / 6
    assert found == pytest.approx(
        0.0588 * letters_per_hundred - 0.296 * sentences_per_hundred - 15.8
    )


def test_a_short_text_has_no_grade() -> None:
    assert grade("The cat sat on the mat.") is None


async def test_what_the_built_in_writer_writes_mostly_passes(
    motion_passages: list[SourcePassage], session_encoder: OnnxEmbedder
) -> None:
    quiz = await GroundedWriter(session_encoder).quiz(Brief(count=20), motion_passages)

    report = await QualityGate(session_encoder).check(quiz, motion_passages)

    assert len(report.failing) <= 2


async def test_findings_come_in_the_order_of_the_items() -> None:
    faulty = single(FULCRUM, "the groove", "the fulcrum", "the moment", name="q2")
    first = single("Who painted the Mona Lisa?", "Leonardo", "Raphael", "Titian")

    report = await report_on(first, faulty)

    assert [finding.item_id for finding in report.findings] == ["q1", "q2"]
    assert isinstance(CITED[0], SourceSpan)
    assert re.match(r"\w+", report.method)
