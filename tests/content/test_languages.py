import pytest

from content.languages import language_by_script


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What is work?", "en"),
        ("कार्य क्या है?", "hi"),
        ("Newton का नियम क्या है?", "hi"),
        ("What does कार्य mean in physics?", "en"),
        ("", "en"),
        ("42", "en"),
    ],
)
def test_the_script_tells_the_language(text: str, language: str) -> None:
    assert language_by_script(text) == language
