"""What a writer by rules understands of an instruction, and whether a version is as wished."""

import pytest

from ai.writing.instructions import Instruction, Wish, about_the_same, says, shortened
from content.lessons import Section
from content.questions import Choice, SingleChoice


def section(body: str, heading: str = "Levers") -> Section:
    return Section(id="s", heading=heading, body=body)


LONG = "A lever turns about the fulcrum.\n\nIts effectiveness increases considerably with length."
SHORT = "A lever turns about the fulcrum."


@pytest.mark.parametrize(
    ("text", "wishes", "is_whole"),
    [
        ("", (), True),
        ("Another one.", (), True),
        ("Please make it shorter and simpler", (Wish.SHORTER, Wish.SIMPLER), True),
        ("More details", (Wish.LONGER,), True),
        ("harder", (Wish.HARDER,), True),
        ("with an example", (Wish.EXAMPLES,), True),
        ("shorter, with an example from sport", (Wish.SHORTER, Wish.EXAMPLES), False),
        ("about cycling", (), False),
        ("सरल भाषा में लिखें", (Wish.SIMPLER,), True),
        ("छोटा करें", (Wish.SHORTER,), True),
    ],
)
def test_an_instruction_is_read(text: str, wishes: tuple[Wish, ...], is_whole: bool):
    read = Instruction.read(text)

    assert (read.wishes, read.is_whole) == (wishes, is_whole)


@pytest.mark.parametrize(
    ("wish", "before", "after"),
    [
        (Wish.SHORTER, LONG, SHORT),
        (Wish.LONGER, SHORT, LONG),
        (Wish.SIMPLER, LONG, SHORT),
        (Wish.HARDER, SHORT, LONG),
        (Wish.EXAMPLES, SHORT, f"{SHORT} A seesaw, for example, is one."),
    ],
)
def test_a_wish_is_met_by_what_can_be_measured(wish: Wish, before: str, after: str):
    instruction = Instruction((wish,), is_whole=True)

    assert instruction.is_met(section(after), section(before))
    assert not instruction.is_met(section(before), section(after))
    assert not instruction.is_met(section(before), section(before))


def test_the_level_of_a_question_counts_before_its_words():
    choices = (Choice(id="a", text="Yes", is_right=True), Choice(id="b", text="No"))
    easy = SingleChoice(id="q", stem="Is it, considerably generalised, so?", choices=choices)
    hard = easy.model_copy(update={"stem": "Is it?", "difficulty": "advanced"})

    assert Instruction((Wish.SIMPLER,), is_whole=True).is_met(easy, hard)


def test_what_is_said_is_neither_the_id_nor_the_sources():
    assert says(section(SHORT)) == f"Levers\n{SHORT}"


def test_candidates_under_the_same_heading_are_about_the_same():
    same, other = section(SHORT), section(SHORT, "Pulleys")

    assert about_the_same([other, same], section(LONG)) == [same]
    assert about_the_same([other], section(LONG)) == [other]


def test_a_part_is_cut_at_its_paragraphs_or_points():
    cut = shortened(section(LONG))
    points = shortened(section("- One.\n- Two.\n- Three."))

    assert cut is not None
    assert cut.body == SHORT
    assert points is not None
    assert points.body == "- One.\n- Two."
    assert shortened(section(SHORT)) is None
