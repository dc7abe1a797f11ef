"""Slides hold together: tables are whole, narration fits the points, scenes are narrated."""

import pytest
from pydantic import ValidationError

from content.slides import Slide, Storyboard, Table


def test_a_row_without_all_its_cells_is_refused() -> None:
    with pytest.raises(ValidationError, match="as many cells"):
        Table(header=("a", "b"), rows=(("1",),))


def test_narration_has_at_most_one_part_per_point_and_one_for_the_heading() -> None:
    Slide(id="s1", heading="Force", points=("one",), narration=("first", "second"))

    with pytest.raises(ValidationError, match="at most one part"):
        Slide(id="s1", heading="Force", points=("one",), narration=("1", "2", "3"))


def test_a_scene_without_narration_is_refused() -> None:
    with pytest.raises(ValidationError, match="scene s1 has no narration"):
        Storyboard(title="Mute", slides=(Slide(id="s1", heading="Force"),))
