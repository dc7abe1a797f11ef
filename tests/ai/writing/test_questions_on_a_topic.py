"""Questions on a topic that a part of the course is about, and what the rest adds to them."""

from dataclasses import replace

import pytest

from ai.quality.gate import QualityGate
from ai.quality.source_evidence import SourceEvidence
from ai.writing.background import with_background
from ai.writing.brief import Brief, SourcePassage
from ai.writing.choosing import Centrality
from ai.writing.coverage import coverage
from ai.writing.grounded import GroundedWriter
from ai.writing.key_terms import find_terms
from ai.writing.material import Material, read_material
from ai.writing.on_topic import passages_on
from ai.writing.questions.figures import find_the_number
from ai.writing.questions.sentences import complete_the_sentence
from ai.writing.questions.terms import choose_the_term, match_terms
from ai.writing.questions.workshop import Workshop
from content.questions import Cloze, Matching, Numeric, SingleChoice
from tests.ai.writing.examples import source
from tests.support.course_passages import demo_files, passages_of_files

LEVERS = source(
    "A lever turns about its fulcrum. The moment of a force grows with its distance from the "
    "fulcrum. A lever balances when the moment on both sides is equal.",
    "Levers",
    0,
)
MORE_LEVERS = source("The fulcrum of a crowbar lies near its tip.", "Crowbars", 500)
GLOSSARY = source(
    "Fulcrum: the fixed point about which a lever turns\n\n"
    "Moment: the turning effect of a force\n\n"
    "Pulley: a wheel with a groove for a rope\n\n"
    "Wedge: a body with two faces that meet at a sharp edge\n\n"
    "Gearing: the passing on of a turning by toothed wheels\n",
    "Glossary",
    1_000,
)


def workshop(*passages: SourcePassage, background: tuple[SourcePassage, ...] = ()) -> Workshop:
    material = with_background(read_material(passages, "en"), background)
    return Workshop(material, Centrality(material))


def defined(material: Material) -> set[str]:
    return {definition.term for definition in material.definitions}


@pytest.fixture(scope="module")
def course(session_encoder) -> list[SourcePassage]:
    return passages_of_files(demo_files("01", "02", "03", "04", "06"), session_encoder)


@pytest.mark.parametrize("topic", ["Friction and Newton's laws", "Energy"])
@pytest.mark.parametrize("level", ["beginner", "intermediate", "advanced"])
async def test_a_topic_of_a_chapter_yields_the_questions_asked_for(
    course, session_encoder, topic, level
):
    brief = Brief(topic=topic, level=level, count=10)

    quiz = await GroundedWriter(session_encoder).quiz(brief, course)

    assert len(quiz.questions) == 10
    assert len({question.kind for question in quiz.questions}) >= 4


@pytest.mark.parametrize("topic", ["Pendulum and energy", "Forces", "Momentum and impulse"])
async def test_what_is_written_can_be_published_as_it_is(course, session_encoder, topic):
    brief = Brief(topic=topic, level="intermediate", count=10)
    quiz = await GroundedWriter(session_encoder).quiz(brief, course)

    report = await QualityGate(session_encoder).check(quiz, course, level="intermediate")

    assert [found.detail for found in report.findings if found.severity == "fail"] == []


async def test_terms_of_a_topic_are_asked_that_only_the_glossary_explains(course, session_encoder):
    brief = Brief(topic="Friction and Newton's laws", count=12)

    quiz = await GroundedWriter(session_encoder).quiz(brief, course)

    titles = {span.document_title for question in quiz.questions for span in question.sources}
    assert "Glossary" in titles


def test_what_the_topic_names_is_defined_by_the_background():
    material = with_background(read_material((LEVERS, MORE_LEVERS), "en"), (GLOSSARY,))

    assert {"fulcrum"} <= defined(material)
    assert not {"pulley", "wedge", "gearing"} & defined(material)


def test_terms_of_the_background_are_distractors_and_never_asked():
    known = workshop(LEVERS, MORE_LEVERS, background=(GLOSSARY,))

    asked = [candidate.question for candidate in choose_the_term(known)]

    assert {term.text for term in find_terms(known.material)} >= {"pulley", "wedge", "gearing"}
    assert [question.concepts for question in asked if isinstance(question, SingleChoice)] == [
        ("fulcrum",)
    ]
    others = {choice.text for choice in asked[0].choices if not choice.is_right}
    assert others <= {"moment", "pulley", "wedge", "gearing"}


def test_a_background_in_another_language_adds_nothing():
    hindi = source("गियर: दाँतेदार पहियों से घूर्णन आगे देना", "शब्दावली", 2_000)

    material = with_background(read_material((LEVERS,), "en"), (hindi,))

    assert material.background is None


async def test_the_background_is_neither_on_the_topic_nor_left_unused():
    background = replace(GLOSSARY, is_background=True)

    chosen = await passages_on("levers", (LEVERS, background), None)
    quiz = await GroundedWriter().quiz(Brief(topic="levers"), (LEVERS, MORE_LEVERS, background))

    assert background not in chosen
    assert background.chunk_id not in coverage(quiz, (LEVERS, MORE_LEVERS, background)).unused


def test_only_what_speaks_of_a_word_bears_out_that_it_stands_in_a_sentence():
    passage = source(
        "The world use of energy resources grows with the economy. Energy resources are the key "
        "limiting factors of economic growth. A mass is a measure of inertia. Coal resources too "
        "were limiting factors of the growth of the economy.",
        "Resources",
        0,
    )
    evidence = SourceEvidence(read_material((passage,), "en").readable)
    changed = "{} resources are the key limiting factors of economic growth."

    of_mass = evidence.support_elsewhere(changed.format("Mass"), "mass", 0, 1, 1)
    of_coal = evidence.support_elsewhere(changed.format("Coal"), "coal", 0, 1, 1)

    assert of_mass < 0.5 < of_coal


def test_the_verb_of_a_term_is_no_gap():
    passage = source(
        "The work of a force is its size times the distance. The gas pushes the rocket forwards, "
        "which works in empty space as well as in thick air.",
        "Rockets",
        0,
    )

    gaps = [
        candidate.question.gaps[0].accepted[0]
        for candidate in complete_the_sentence(workshop(passage, GLOSSARY))
        if isinstance(candidate.question, Cloze)
    ]

    assert "works" not in gaps


def test_a_law_is_defined_by_what_it_says():
    passage = source(
        "Hooke's law: the force of a spring is proportional to its stretch.\n\n"
        "Newton's third law states that forces come in pairs of equal size.",
        "Springs",
        0,
    )

    definitions = {d.term: d.meaning for d in read_material((passage,), "en").definitions}

    assert definitions["Hooke's law"] == "The force of a spring is proportional to its stretch."
    assert definitions["Newton's third law"] == "Forces come in pairs of equal size."


def test_one_law_under_two_names_is_matched_once():
    passage = source(
        "- Newton's second law: the net force equals mass times acceleration\n"
        "- Newton's second law of motion: the acceleration is proportional to the net force\n"
        "- Inertia: the tendency of a body to stay as it is\n"
        "- Weight: the pull of gravity on a body\n"
        "- Friction: what hinders surfaces from sliding over one another\n",
        "Glossary",
        0,
    )

    matching = [c.question for c in match_terms(workshop(passage))]

    assert matching
    for question in matching:
        assert isinstance(question, Matching)
        assert sum("second law" in pair.left for pair in question.pairs) <= 1


def test_a_result_within_a_formula_is_a_number_to_find():
    passage = source(
        "Worked example 2.1: a car sets off. A car of mass 1200 kg reaches 15 m/s in 6.0 s. "
        "What net force acts on it?\n\n"
        "The acceleration is $15/6.0 = 2.5$ m/s², so the net force on the car is "
        "$1200 \\times 2.5 = 3000$ N.",
        "Forces",
        0,
    )

    numbers = [c.question for c in find_the_number(workshop(passage))]

    assert [q.value for q in numbers if isinstance(q, Numeric)] == [3000.0]
    assert numbers[0].stem.endswith("(Answer in N.)")


def test_below_headings_named_solution_stands_an_example_and_no_statement():
    title = "Calculating the Work of a Push"
    asked = source("A trunk is pushed by 120 N over 2.0 m. What work is done?", title, 0)
    solved = replace(
        source("The work done on the trunk is the force times the way, 240 J.", "x", 100),
        heading=("Simple machines", title, "Solution"),
    )

    material = read_material((asked, solved), "en")

    assert len(material.problems) == 1
    assert not material.statements


def test_what_a_picture_shows_is_no_statement():
    described = source(
        "A brown car with velocity V 1 and mass m 1 moves toward a tan car of velocity V 2. The "
        "system of interest has a total momentum equal to the sum of p 1 and p 2.",
        "Collisions",
        0,
    )

    assert not read_material((described,), "en").statements


def test_a_note_in_a_list_is_no_definition():
    items = (
        "- Class: a blueprint for objects of one kind",
        "- Convention: constants have names in all capitals",
        '- Object: a single instance of a class, made by its "template."',
        "- Property: a shorter way of writing this code",
    )
    text = "\n".join(items)
    bounds = tuple((text.index(item), text.index(item) + len(item)) for item in items)
    passage = replace(source(text, "Classes", 0), sentence_bounds=bounds)

    definitions = {d.term: d.meaning for d in read_material((passage,), "en").definitions}

    assert definitions.keys() == {"class", "object"}
    assert definitions["object"].endswith('"template."')
