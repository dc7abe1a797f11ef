"""Where a cited passage stands, in words."""

from typing import Any

import pytest

from services.conversation_export import place_of


@pytest.mark.parametrize(
    ("locator", "place"),
    [
        (
            {"page": 12, "heading": ["Oscillations", "The pendulum"]},
            "page 12, Oscillations › The pendulum",
        ),
        ({"slide": 3, "heading": []}, "slide 3"),
        ({"start_seconds": 125.4, "heading": [""]}, "2:05"),
        ({"line": 7, "cell": "Data!A2:C2", "heading": []}, "line 7, cell Data!A2:C2"),
        ({"heading": []}, ""),
    ],
)
def test_what_is_known_of_a_place_is_named(locator: dict[str, Any], place: str) -> None:
    assert place_of(locator) == place
