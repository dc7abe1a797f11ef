"""How long the built-in writer takes for twenty questions of a chapter, and for the other kinds.

The chapter is one of the demo course, read, cut and encoded beforehand, as it is when a job begins.
`BENCHMARK_CHAPTER` names another file.
"""

import asyncio
import os
import sys
import time
from collections import Counter
from pathlib import Path

from ai.embedding.onnx import OnnxEmbedder
from ai.writing.brief import Brief
from ai.writing.grounded import GroundedWriter
from benchmarks.report import write_report
from tests.support.course_passages import demo_files, passages_of_files
from tests.support.encoder import exported_encoder

QUESTIONS = 20
PROMISED_SECONDS = 10.0
RUNS = 5
OTHERS = ("lesson", "study_guide", "deck", "slides", "storyboard")


async def measure(embedder: OnnxEmbedder) -> dict[str, object]:
    """Seconds for each kind, the slowest of several runs."""
    chapter = os.environ.get("BENCHMARK_CHAPTER")
    files = [Path(chapter)] if chapter else demo_files("01", "02", "06")
    passages = passages_of_files(files, embedder)
    writer = GroundedWriter(embedder)
    seconds: dict[str, list[float]] = {}
    for _ in range(RUNS):
        for kind in ("quiz", *OTHERS):
            brief = Brief(count=QUESTIONS if kind == "quiz" else None)
            started = time.perf_counter()
            written = await getattr(writer, kind)(brief, passages)
            seconds.setdefault(kind, []).append(time.perf_counter() - started)
            if kind == "quiz":
                quiz = written
    return {
        "files": [file.name for file in files],
        "passages": len(passages),
        "questions": len(quiz.questions),
        "kinds": dict(Counter(question.kind for question in quiz.questions)),
        "slowest_seconds": {kind: round(max(each), 3) for kind, each in seconds.items()},
    }


def main(arguments: list[str]) -> int:
    """Exit status 1 when a promise is broken."""
    del arguments
    embedder = OnnxEmbedder(exported_encoder(), threads=1)
    try:
        figures = asyncio.run(measure(embedder))
    finally:
        embedder.close()
    slowest = figures["slowest_seconds"]
    taken = slowest["quiz"] if isinstance(slowest, dict) else PROMISED_SECONDS
    promises = {
        f"{QUESTIONS} questions of a chapter take less than {PROMISED_SECONDS:.0f} s": (
            taken < PROMISED_SECONDS and figures["questions"] == QUESTIONS
        )
    }
    return 0 if write_report("quiz_writing", figures, promises) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
