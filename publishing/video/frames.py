"""The pictures of a scene: its slide, once for each number of points that it shows."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from content.slides import SlideDeck
from publishing.errors import DiskFullError
from publishing.room import says_disk_full
from publishing.video.errors import VideoError
from publishing.video.programs import Programs


@dataclass(frozen=True, slots=True)
class Frames:
    """Pictures of 1920 by 1080, and what could not be shown in them."""

    pictures: tuple[Path, ...]
    warnings: tuple[str, ...]


async def typeset_frames(
    deck: SlideDeck, points_shown: Sequence[int], folder: Path, programs: Programs
) -> Frames:
    """The pictures of a deck of one slide, one for each number of points.

    They are made in a process of its own, which whoever is cancelled takes with him.

    Raises:
        VideoError: the slide does not typeset; the message says why.
    """
    request = {"deck": deck.model_dump(mode="json"), "points_shown": list(points_shown)}
    (folder / "frames.json").write_text(json.dumps(request), encoding="utf-8")
    program = [sys.executable, "-m", "publishing.video.frames_process"]
    await programs.run("The typesetter", program, folder)
    answer = json.loads((folder / "frames-made.json").read_text(encoding="utf-8"))
    if says_disk_full(answer["problem"]):
        raise DiskFullError
    if answer["problem"]:
        raise VideoError(f"Slide {deck.slides[0].id} does not typeset: {answer['problem']}")
    return Frames(tuple(map(Path, answer["pictures"])), tuple(answer["warnings"]))
