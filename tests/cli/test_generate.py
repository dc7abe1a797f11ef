"""The format of a file that `neuroshiksha generate` writes."""

from pathlib import Path

import pytest

from cli.generate import Kind, format_of


@pytest.mark.parametrize(
    ("kind", "name", "wanted"),
    [
        (Kind.LESSON, "lesson.pdf", "pdf"),
        (Kind.QUIZ, "quiz.gift", "gift"),
        (Kind.QUIZ, "quiz.xml", "moodle"),
        (Kind.QUIZ, "QUIZ.XML", "moodle"),
        (Kind.QUIZ, "quiz.zip", "zip"),  # three formats end so: which one is to be said
        (Kind.FLASHCARDS, "cards.apkg", "apkg"),
        (Kind.LESSON, "lesson.xml", "xml"),
    ],
)
def test_an_ending_stands_for_the_one_format_whose_files_end_so(
    kind: Kind, name: str, wanted: str
) -> None:
    assert format_of(kind, Path(name)) == wanted
