"""A course to be published in tests."""

from pathlib import Path

from publishing.courses.course import Attachment, CoursePackage
from tests.publishing.lessons import hostile_lesson, physics_lesson, study_guide
from tests.publishing.quizzes import hindi_quiz, hostile_quiz, physics_quiz


def whole_course(folder: Path) -> CoursePackage:
    notes = folder / "notes.TXT"
    notes.write_text("Notes.")
    return CoursePackage(
        id="https://school.example/courses/7",
        title="Physics & <more>",
        language="en",
        lessons=(physics_lesson(), study_guide(), hostile_lesson()),
        quizzes=(physics_quiz(), hindi_quiz(), hostile_quiz()),
        files=(Attachment("../../Notes", notes),),
    )
