"""What is written on one topic speaks of it, and not of what stands beside it."""

from dataclasses import replace

from ai.writing.background import with_background
from ai.writing.brief import Brief
from ai.writing.coverage import spans_of_content
from ai.writing.grounded import GroundedWriter
from ai.writing.material import read_material
from ai.writing.on_topic import passages_on
from ai.writing.topic_names import TopicNames, kept_to_topic
from tests.ai.writing.examples import FRICTION, LEVERS, PULLEYS, source

WINCHES = source(
    "A winch winds its rope around a drum. Friction between the rope and the drum holds the load. "
    "The crank of a winch is longer than the radius of its drum. Find the pull on the crank.\n\n"
    "Worked example 1: The drum of a winch has a radius of 0.10 m. Its crank is 0.50 m long and "
    "the load weighs 200 N. What pull does the crank need?\n\n"
    "The pull is $200 \\times 0.10/0.50 = 40$ N.",
    "Winches",
    3_000,
)
LOSSES = source(FRICTION, "Friction and losses", 2_000)


def test_of_a_neighbouring_section_only_sentences_that_name_the_topic_are_kept():
    material = read_material((WINCHES, LOSSES), "en")

    kept = kept_to_topic(material, "Friction")

    below_winches = [each.text for each in kept.statements if each.passage == 0]
    assert below_winches == ["Friction between the rope and the drum holds the load."]
    assert any(each.passage == 1 for each in kept.statements)
    assert material.problems
    assert not kept.problems


def test_without_a_heading_that_names_the_topic_all_that_was_found_is_kept():
    material = read_material((WINCHES, source(LEVERS, "Levers", 0)), "en")

    assert kept_to_topic(material, "Cranks") is material


async def test_a_lesson_on_a_topic_does_not_tell_of_the_section_beside_it():
    lesson = await GroundedWriter().lesson(Brief(topic="Friction"), (WINCHES, LOSSES))

    spans = list(spans_of_content(lesson))
    quotes = {span.quote for span in spans if span.place.endswith("Winches")}
    assert spans
    assert quotes <= {"Friction between the rope and the drum holds the load."}


async def test_all_below_a_heading_that_names_the_topic_is_about_it():
    weak = replace(source(PULLEYS, "Friction of pulleys", 1_000), score=0.1)
    strong = replace(LOSSES, score=0.9)

    chosen = await passages_on("Friction", (weak, strong), None)

    assert list(chosen) == [weak, strong]


def test_a_topic_of_two_names_is_named_by_either():
    names = TopicNames("Levers and Newton's third law")

    assert names.beginnings == (("lever",), ("newton", "third", "law"))
    assert names.stand_above(source(LEVERS, "Levers", 0))
    assert names.stand_above(source(LEVERS, "Newton’s third law of motion", 0))
    assert not names.stand_above(source(LEVERS, "Newton’s first law", 0))


def test_a_term_that_the_whole_course_names_is_not_of_the_topic():
    about = tuple(
        source(f"A sprocket of {n} teeth needs a force. Each sprocket drives a chain.", "Chains", n)
        for n in (11, 13)
    )
    others = [
        source(f"A force of {n} newtons lifts the load here.", f"Hoist {n}", 100 * n)
        for n in range(1, 15)
    ]
    glossary = source(
        "Force: a push or a pull on a body\n\nSprocket: a toothed wheel of a chain\n",
        "Glossary",
        9_000,
    )

    material = with_background(read_material(about, "en"), [*others, glossary])

    assert {each.term for each in material.definitions} == {"sprocket"}
