"""What the benchmarks ingest and ask: a given question set, else the demo course.

`BENCHMARK_PASSAGES` names a file of `{"doc_id", "title", "text"}` lines, `BENCHMARK_QUESTIONS` one
of `{"id", "question", "doc_id"}` lines.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from benchmarks.processes import CHECKOUT

PASSAGE_CHARACTERS = 900
DEMO_QUESTIONS = (
    "What is the difference between speed and velocity?",
    "How does the acceleration follow from the slope of a velocity-time graph?",
    "What does Newton's second law say about force and mass?",
    "Why is friction opposed to the motion of a body?",
    "When is momentum conserved in a collision?",
    "How is kinetic energy related to the work that was done?",
    "What determines the period of a simple pendulum?",
    "What happens at resonance to the amplitude of an oscillation?",
)


@dataclass(frozen=True, slots=True)
class Material:
    """Passages as a JSON Lines file and as rows, and questions about them.

    Attributes:
        questions_file: Questions with known answers' documents; None for the demo course.
    """

    name: str
    passages_file: Path
    rows: list[tuple[str, str]]
    questions: list[str]
    questions_file: Path | None


@contextmanager
def material() -> Iterator[Material]:
    """The given question set, or the demo course cut into passages."""
    passages = os.environ.get("BENCHMARK_PASSAGES")
    questions = os.environ.get("BENCHMARK_QUESTIONS")
    if passages and questions:
        yield Material(
            name=Path(passages).stem,
            passages_file=Path(passages),
            rows=[(line["title"], line["text"]) for line in _lines(Path(passages))],
            questions=[line["question"] for line in _lines(Path(questions))],
            questions_file=Path(questions),
        )
        return
    with TemporaryDirectory() as folder:
        file = Path(folder) / "demo.jsonl"
        rows = list(_demo_passages())
        lines = [
            {"doc_id": f"demo/{number}", "title": title, "text": text}
            for number, (title, text) in enumerate(rows)
        ]
        file.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
        yield Material("demo", file, rows, list(DEMO_QUESTIONS), None)


def _lines(file: Path) -> list[dict[str, str]]:
    return [orjson.loads(line) for line in file.read_bytes().splitlines() if line.strip()]


def _demo_passages() -> Iterator[tuple[str, str]]:
    """Titles and texts of about 900 characters, cut between paragraphs."""
    for file in sorted((CHECKOUT / "demo").glob("*/*.md")):
        text = ""
        for paragraph in file.read_text(encoding="utf-8").split("\n\n"):
            text = f"{text}\n\n{paragraph}".strip()
            if len(text) > PASSAGE_CHARACTERS:
                yield file.stem, text
                text = ""
        if text:
            yield file.stem, text
