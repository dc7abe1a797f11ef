"""`neuroshiksha generate` on the demo course: each kind becomes a file that its reader opens."""

import os
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from pptx import Presentation

from bootstrap.home import CHECKOUT
from bootstrap.processes import python_command
from publishing.importing import import_questions
from tests.support import mp4
from tests.support.encoder import exported_encoder

pytestmark = [pytest.mark.server, pytest.mark.long]

COURSE = "how-things-move"
Generate = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def generate(
    tmp_path_factory: pytest.TempPathFactory,
    own_database_url: str,
    redis_url: str,
    redis_cache_url: str,
) -> Generate:
    """The command over an installation that has the demo course."""
    home = tmp_path_factory.mktemp("home")
    (home / "models").mkdir()
    (home / "models" / "all-MiniLM-L6-v2").symlink_to(exported_encoder().graph.parent)
    environment = {
        **os.environ,
        "NEUROSHIKSHA_HOME": str(home),
        "DATABASE_URL": own_database_url,
        "REDIS_URL": redis_url,
        "REDIS_CACHE_URL": redis_cache_url,
    }

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            python_command("cli.main", *map(str, arguments)),
            env=environment,
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            timeout=500,
            check=False,
        )

    loaded = run("demo", "load")
    assert loaded.returncode == 0, loaded.stderr
    return lambda *arguments: run("generate", *arguments, "--course", COURSE)


def is_pdf(file: Path) -> bool:
    with pypdfium2.PdfDocument(file) as document:
        return len(document) > 0


def is_epub(file: Path) -> bool:
    with zipfile.ZipFile(file) as archive:
        return archive.read("mimetype") == b"application/epub+zip"


def is_package_of_cards(file: Path) -> bool:
    with zipfile.ZipFile(file) as archive:
        return any(name.startswith("collection.anki2") for name in archive.namelist())


def is_question_bank(file: Path) -> bool:
    read = import_questions(file)
    return len(read.quiz.questions) >= 5 and not read.failures


def is_presentation(file: Path) -> bool:
    return len(Presentation(str(file)).slides) > 3


def is_video(file: Path) -> bool:
    told = mp4.described(file)
    return "Video: h264" in told and "Audio: aac" in told and len(mp4.key_frames(file)) > 3


@pytest.mark.parametrize(
    ("kind", "name", "opens", "more"),
    [
        ("lesson", "lesson.pdf", is_pdf, ()),
        ("study-guide", "guide.epub", is_epub, ()),
        ("quiz", "quiz.gift", is_question_bank, ("--count", 6)),
        ("quiz", "quiz.xml", is_question_bank, ("--count", 6)),
        ("quiz", "quiz.zip", is_question_bank, ("--count", 6, "--format", "qti21")),
        ("flashcards", "cards.apkg", is_package_of_cards, ()),
        ("slides", "slides.pptx", is_presentation, ()),
        ("video", "video.mp4", is_video, ("--length", "short")),
    ],
)
def test_each_kind_becomes_a_file_that_its_reader_opens(
    generate: Generate,
    tmp_path: Path,
    kind: str,
    name: str,
    opens: Callable[[Path], bool],
    more: tuple[object, ...],
):
    out = tmp_path / name

    run = generate(kind, "--topic", "Friction and Newton's laws", "--out", out, *more)

    assert run.returncode == 0, run.stderr
    assert f"{out} (" in run.stdout
    assert "built-in writer" in run.stderr
    assert opens(out)


def test_a_topic_that_the_course_does_not_hold_is_exit_code_1_with_the_reason(
    generate: Generate, tmp_path: Path
):
    run = generate("quiz", "--topic", "The French Revolution", "--out", tmp_path / "quiz.gift")

    assert run.returncode == 1
    assert "topic_not_in_course" in run.stderr
    assert not (tmp_path / "quiz.gift").exists()


def test_a_format_that_the_kind_does_not_have_is_exit_code_2_before_any_work(
    generate: Generate, tmp_path: Path
):
    run = generate("quiz", "--topic", "Friction", "--out", tmp_path / "quiz.pptx")

    assert run.returncode == 2
    assert "gift" in run.stderr
    assert "Job " not in run.stderr
