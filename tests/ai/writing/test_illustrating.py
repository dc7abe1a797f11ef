"""Tables and listings of the material in slides and lessons, verbatim and with their source."""

from uuid import UUID

import pytest

from ai.writing.brief import SourcePassage
from ai.writing.exhibits import find_exhibits
from ai.writing.illustrating import illustrated_deck, illustrated_lesson
from content.lessons import Lesson, Section
from content.slides import Code, Slide, SlideDeck, Storyboard, Table

TABLE = """| Time (s) | Speed (m/s) |
| --- | --- |
| 0 | 0 |
| 1 | 2.5 |
| 2 | 5 |
| 3 | 7.5 |"""
LISTING = """```python
def speed(seconds):
    return 2.5 * seconds
```"""
PRINTED = "```output\n7.5\n```"
TEXT = f"A ball rolls.\n\n{TABLE}\n\nThe same as a program:\n\n{LISTING}\n\n{PRINTED}"


def passage(text: str = TEXT, heading: str = "Rolling", chunk_id: int = 1) -> SourcePassage:
    return SourcePassage(
        document_id=UUID(int=1),
        document_version=2,
        document_title="Motion",
        chunk_id=chunk_id,
        text=text,
        char_start=100,
        heading=("Motion", heading),
    )


def deck(count: int = 3, kind: type[SlideDeck] = SlideDeck) -> SlideDeck:
    span = passage().span(0, 13)
    slides = [
        Slide(
            id=f"slide-{n}",
            heading="Rolling",
            points=("It rolls.",),
            narration=("Rolling.", "It rolls."),
            sources=(span,) if n == 1 else (),
        )
        for n in range(count)
    ]
    return kind(title="Motion", slides=tuple(slides))


def test_tables_and_listings_are_found_with_their_place():
    table, listing = find_exhibits([passage()])

    assert isinstance(table.shown, Table)
    assert table.shown.header == ("Time (s)", "Speed (m/s)")
    assert table.span.quote == TABLE
    assert TEXT[table.span.char_start - 100 : table.span.char_end - 100] == TABLE
    assert isinstance(listing.shown, Code)
    assert (listing.shown.language, listing.span.quote) == ("python", LISTING)


def test_two_columns_of_numbers_are_a_line_and_others_are_not():
    [numbers] = find_exhibits([passage(TABLE)])
    [falling] = find_exhibits([passage(TABLE.replace("| 3 |", "| 1 |"))])
    [words] = find_exhibits([passage(TABLE.replace("7.5", "fast"))])

    assert numbers.plot is not None
    assert numbers.plot.points == ((0.0, 0.0), (1.0, 2.5), (2.0, 5.0), (3.0, 7.5))
    assert (falling.plot, words.plot) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        TABLE.replace("7.5", "x" * 61),
        TABLE + "\n" + "\n".join(f"| {n} | {n} |" for n in range(4, 10)),
        "| only |\n| --- |\n| one |",
        "| a | b |\n| --- | --- |\n| 1 | |",
        "| a | b |\n| 1 | 2 |",
        LISTING.replace("return", "return " + "x" * 80),
        f"````text\n{TABLE}\n{'x' * 80}\n````",
        PRINTED,
    ],
)
def test_what_cannot_be_read_at_a_glance_is_left_where_it_is(text: str):
    assert find_exhibits([passage(text)]) == []


def test_a_slide_follows_the_one_that_cites_the_same_place():
    made = illustrated_deck(deck(6), [passage()])

    assert [slide.id for slide in made.slides[:4]] == [
        "slide-0", "slide-1", "exhibit-1", "slide-2",
    ]  # fmt: skip
    shown = made.slides[2]
    assert shown.table is not None
    assert shown.plot is not None
    assert shown.heading == "Rolling"
    assert shown.sources[0].quote == TABLE


def test_no_slide_is_added_for_another_place_nor_too_many():
    elsewhere = illustrated_deck(deck(), [passage(heading="Falling", chunk_id=2)])
    many = illustrated_deck(deck(), [passage()])

    assert len(elsewhere.slides) == 3
    assert len(many.slides) == 4


def test_scenes_that_show_something_say_what_it_is():
    board = illustrated_deck(deck(kind=Storyboard), [passage()])

    assert isinstance(board, Storyboard)
    assert board.slides[2].narration == (
        "Here is a table of the material: Time (s) and Speed (m/s).",
    )


def test_a_section_ends_with_what_its_place_shows_once():
    section = Section(
        id="s1", heading="Rolling", body="A ball rolls.", sources=(passage().span(0, 13),)
    )
    lesson = Lesson(title="Motion", sections=(section, section.model_copy(update={"id": "s2"})))

    made = illustrated_lesson(lesson, [passage()])

    first, second = made.sections
    assert first.body == f"A ball rolls.\n\n{TABLE}\n\n{LISTING}"
    assert [span.quote for span in first.sources] == ["A ball rolls.", TABLE, LISTING]
    assert second == lesson.sections[1]
