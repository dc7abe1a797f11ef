"""Languages by script: what is certain is told, what is not is left to the default."""

import pytest

from ai.retrieval.languages import language_by_script


@pytest.mark.parametrize(
    ("text", "default", "language"),
    [
        ("Why does a pendulum keep time?", "en", "en"),
        ("लोलक का आवर्तकाल किन बातों पर निर्भर करता है?", "en", "hi"),
        ("pendulum का time period कितना होता है?", "en", "hi"),
        ("The word लोलक means a bob that swings to and fro.", "en", "en"),
        ("किन बातों पर", "ne", "ne"),
        ("What is a pendulum?", "hi", "en"),
        ("Où est le centre de gravité ?", "fr", "fr"),
        ("Что такое маятник?", "en", "ru"),
        ("Що таке маятник?", "uk", "uk"),
        ("振り子とは何ですか", "en", "ja"),
        ("什么是单摆", "en", "zh"),
        ("ما هو البندول؟", "en", "ar"),
        ("", "en", "en"),
        ("∑ √ π² 42", "de", "de"),
    ],
)
def test_a_script_tells_the_language_and_latin_letters_leave_the_default(
    text: str, default: str, language: str
) -> None:
    assert language_by_script(text, default) == language
