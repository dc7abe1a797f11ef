"""Files made in a process apart are those made here, and its errors are told as they were."""

from pathlib import Path

import pytest

from content.lessons import Lesson, Section
from content.questions import Quiz, ShortAnswer
from publishing import exporting
from publishing.apart import export_apart
from publishing.errors import FormatNotOfferedError
from publishing.formats import FORMATS, OFFERED

LESSON = Lesson(
    title="Falling",
    sections=(Section(id="law", heading="The law", body="It falls by $s = g t^2 / 2$."),),
)


def test_offered_formats_are_those_that_have_writers() -> None:
    written = {kind: tuple(writers) for kind, writers in exporting._WRITERS}

    assert dict(OFFERED) == written
    assert set(FORMATS) == {name for _, names in OFFERED for name in names}


def test_a_process_apart_makes_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "apart").mkdir()

    here = exporting.export(LESSON, "html", tmp_path / "here")
    apart = export_apart(LESSON, "html", tmp_path / "apart")

    assert apart.path.name == here.path.name
    assert apart.path.read_bytes() == here.path.read_bytes()
    assert (apart.media_type, apart.warnings) == (here.media_type, here.warnings)


def test_errors_of_the_process_apart_are_told_with_their_values(tmp_path: Path) -> None:
    quiz = Quiz(title="Q", questions=(ShortAnswer(id="q", stem="?", accepted=("a",)),))

    with pytest.raises(FormatNotOfferedError, match="not offered as 'epub'") as raised:
        export_apart(quiz, "epub", tmp_path)

    assert raised.value.format_name == "epub"
    assert "moodle" in raised.value.offered
