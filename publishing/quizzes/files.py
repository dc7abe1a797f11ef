"""Quizzes in each format that they are offered in."""

from collections.abc import Callable
from pathlib import Path

from content.questions import Quiz
from publishing.quizzes.csv_table import write_csv
from publishing.quizzes.gift import write_gift
from publishing.quizzes.h5p import write_h5p
from publishing.quizzes.moodle import write_moodle
from publishing.quizzes.qti import write_qti21, write_qti30
from publishing.written import Written


def write_json(quiz: Quiz, folder: Path) -> Written:
    """The value itself, keys included, which can be read in again without loss."""
    path = folder / "quiz.json"
    path.write_text(quiz.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return Written(path)


WRITERS: dict[str, Callable[[Quiz, Path], Written]] = {
    "json": write_json,
    "qti21": write_qti21,
    "qti30": write_qti30,
    "moodle": write_moodle,
    "gift": write_gift,
    "h5p": write_h5p,
    "csv": write_csv,
}
