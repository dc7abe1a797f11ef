"""What the built-in writer puts on slides: whole points, and no promise that is not kept."""

import pytest

from ai.writing.brief import Brief
from ai.writing.extractive_slides import short_point
from ai.writing.grounded import GroundedWriter
from ai.writing.headings import clean_heading
from tests.ai.writing.examples import source


async def test_the_opening_names_only_what_has_a_slide(motion_passages):
    storyboard = await GroundedWriter().storyboard(Brief(length="short"), motion_passages)

    opening, *scenes = storyboard.slides
    assert set(opening.points) <= {scene.heading for scene in scenes}


@pytest.mark.parametrize(
    ("statement", "point"),
    [
        (
            "The mass has dropped out: a heavy block and a light block begin to slide at the same"
            " angle, which is called the angle of repose of the two surfaces in contact.",
            "The mass has dropped out: a heavy block and a light block begin to slide at the same"
            " angle.",
        ),
        (
            "Mass is the same everywhere; weight depends on the place. Third-law partners act on"
            " different bodies and never cancel one another.",
            "Mass is the same everywhere; weight depends on the place.",
        ),
    ],
)
def test_a_point_keeps_as_much_as_can_be_read(statement: str, point: str):
    assert short_point(statement) == point


def test_a_place_does_not_repeat_the_title_of_its_document():
    passage = source("A lever turns about its fulcrum.", "Levers", 0)

    assert passage.span(0, 10).place == "Levers"


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Introduction to Dynamics: Newton's Laws", "Dynamics: Newton's Laws"),
        ("1.2 An introduction to the heap", "Heap"),
        ("iPhone sensors", "iPhone sensors"),
        ("Introduction", "Introduction"),
    ],
)
def test_a_heading_is_called_by_what_it_introduces(heading: str, name: str):
    assert clean_heading(heading) == name
