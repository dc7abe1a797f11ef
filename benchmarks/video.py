"""P11: wall time from storyboard to MP4 over playing time, and after one scene was changed."""

import argparse
import asyncio
import re
import resource
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

import psutil

from benchmarks.memory import PeakMemory
from benchmarks.report import write_report
from connectors.espeak import EspeakSpeech
from content.slides import Code, Plot, Slide, Storyboard, Table
from publishing.video.rendering import RenderedVideo, render

SHARE_LIMIT = 0.2
MEMORY_LIMIT_MB = 800.0
SCENES = 10
COURSE = Path(__file__).parents[1] / "demo"
MIB_IN_MB = 2**20 / 1e6
_CHARACTERS_PER_MINUTE = 840
"""Of the built-in voice, pauses included."""
_SKIPPED = ("#", "|", "!", "-", "*", ">", "`", "$$", "1.", "<")


def storyboard(minutes: float) -> Storyboard:
    """Ten scenes of that length together, told in the words of the demo course."""
    paragraphs = _paragraphs(round(minutes * _CHARACTERS_PER_MINUTE))
    parts = [paragraphs[number::SCENES] for number in range(SCENES)]
    slides = tuple(_slide(number, said[:9]) for number, said in enumerate(parts))
    return Storyboard(title="Motion, forces and energy", slides=slides)


async def measure(minutes: float, folder: Path) -> dict[str, float]:
    """Times and memory of a whole video, of the same with one scene changed, and of no change."""
    speech, first = EspeakSpeech(), storyboard(minutes)
    cpu_before = _cpu_seconds()
    with PeakMemory(psutil.Process()) as memory:
        whole, whole_seconds = await _timed(first, folder, speech)
    cpu_seconds = _cpu_seconds() - cpu_before
    playing = whole.duration_seconds
    changed, changed_seconds = await _timed(_with_a_change(first), folder, speech)
    _, unchanged_seconds = await _timed(first, folder, speech)
    assert (whole.scenes_rendered, changed.scenes_rendered) == (SCENES, 1)
    return {
        "playing_seconds": playing,
        "whole_seconds": round(whole_seconds, 2),
        "whole_share": round(whole_seconds / playing, 4),
        "whole_processor_seconds": round(cpu_seconds, 2),
        "one_changed_seconds": round(changed_seconds, 2),
        "one_changed_share_of_whole": round(changed_seconds / whole_seconds, 4),
        "nothing_changed_seconds": round(unchanged_seconds, 2),
        "peak_mb": round(memory.peak_mib * MIB_IN_MB, 1),
        "video_mb": round(whole.video.stat().st_size / 1e6, 1),
    }


async def _timed(
    board: Storyboard, folder: Path, speech: EspeakSpeech
) -> tuple[RenderedVideo, float]:
    shutil.rmtree(folder / "scratch", ignore_errors=True)
    began = perf_counter()
    rendered = await render(
        board, folder / "scratch", folder / "cache", speech, lambda _stage, _share: None
    )
    return rendered, perf_counter() - began


def _cpu_seconds() -> float:
    """Of this process and of all that it has started and that have ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def _with_a_change(board: Storyboard) -> Storyboard:
    slide = board.slides[4]
    said = ("This sentence is new.", *slide.narration[1:])
    changed = slide.model_copy(update={"narration": said})
    return board.model_copy(update={"slides": (*board.slides[:4], changed, *board.slides[5:])})


def _paragraphs(characters: int) -> list[str]:
    """Different paragraphs of the demo course, of so many characters together."""
    taken: list[str] = []
    for paragraph in _all_paragraphs():
        if sum(map(len, taken)) >= characters:
            return taken
        taken.append(paragraph[: characters - sum(map(len, taken))])
    raise SystemExit("The demo course has not enough to say for so long a video.")


def _all_paragraphs() -> Iterator[str]:
    files = [*sorted(COURSE.glob("course/*.md")), *sorted(COURSE.glob("sources/*.md"))]
    for file in files:
        for paragraph in file.read_text(encoding="utf-8").split("\n\n"):
            text = " ".join(paragraph.split())
            is_english = text.isascii() or not re.search("[\u0900-\u097f]", text)
            if len(text) > 60 and is_english and not text.startswith(_SKIPPED):
                yield text


def _slide(number: int, said: Sequence[str]) -> Slide:
    heading = f"Part {number + 1}: what moves, and why"
    return Slide(
        id=f"scene-{number + 1}",
        heading=heading,
        points=tuple(" ".join(part.split()[:9]).replace("$", "") for part in said[1:]),
        narration=tuple(said),
        formula="x(t) = x_0 + v_0 t + \\frac{1}{2} a t^2" if number % 2 == 0 else "",
        code=_CODE if number == 3 else None,
        table=_TABLE if number == 5 else None,
        plot=_PLOT if number == 7 else None,
    )


_CODE = Code(language="python", text="def fall(height):\n    return (2 * height / 9.8) ** 0.5\n")
_TABLE = Table(header=("time", "speed"), rows=(("$1\\,s$", "9.8 m/s"), ("$2\\,s$", "19.6 m/s")))
_PLOT = Plot(x_label="time", y_label="way", points=tuple((x / 10, x * x / 20) for x in range(60)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; exit status 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="playing time, about")
    minutes = parser.parse_args(arguments).minutes
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure(minutes, Path(folder)))
    is_kept = write_report(
        "video",
        figures,
        {
            f"P11: text to MP4 in at most {SHARE_LIMIT:g} of the playing time": (
                figures["whole_share"] <= SHARE_LIMIT
            ),
            f"P11: one changed scene of ten in at most {SHARE_LIMIT:g} of the whole": (
                figures["one_changed_share_of_whole"] <= SHARE_LIMIT
            ),
            f"P11: memory at most {MEMORY_LIMIT_MB:g} MB": figures["peak_mb"] <= MEMORY_LIMIT_MB,
        },
    )
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
