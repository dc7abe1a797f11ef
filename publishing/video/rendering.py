"""A storyboard to a video and all that goes with it."""

import asyncio
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from content.base import Language
from content.slides import Slide, Storyboard
from publishing.errors import DiskFullError
from publishing.room import is_disk_full
from publishing.video import captions
from publishing.video.encoding import Extras, join
from publishing.video.errors import VideoTooLongError
from publishing.video.failures import first_failure
from publishing.video.languages import three_letters
from publishing.video.narration import sentences
from publishing.video.programs import Programs
from publishing.video.scene_cache import FinishedScene, SceneCache
from publishing.video.scenes import SceneMaker, Stage
from publishing.video.soundtrack import FRAMES_PER_SECOND
from publishing.video.speaking import Speaker, Voice
from publishing.video.speech import Speech
from publishing.video.timing import PlacedScene, VideoTiming, placed

MAX_NARRATION_CHARACTERS = 200_000
"""Of a whole video, which is about four hours."""

Progress = Callable[[Stage, float], None]
"""Is told the stage that was worked on last, and how much of the whole is done, 0 to 1."""

_SCENES_AT_ONCE = 3
_SHARES: dict[Stage, float] = {"narration": 0.3, "typesetting": 0.2, "encoding": 0.4}


@dataclass(frozen=True, slots=True)
class RenderedVideo:
    """A video and what goes with it: files in the scratch folder, the caller's to move.

    Attributes:
        video: MP4, 1920 by 1080, H.264 and AAC, index first, with captions and chapters inside.
        captions_vtt, captions_srt: what is said, when.
        chapters: WebVTT, a chapter per scene.
        poster: PNG, the first slide.
        transcript: Markdown.
        timing: JSON of `VideoTiming`.
        duration_seconds: of picture and sound alike.
        warnings: what could not be shown or said as it was meant.
        scenes_rendered, scenes_reused: how many were made now, and found in the cache.
    """

    video: Path
    captions_vtt: Path
    captions_srt: Path
    chapters: Path
    poster: Path
    transcript: Path
    timing: Path
    duration_seconds: float
    warnings: tuple[str, ...]
    scenes_rendered: int
    scenes_reused: int


async def render(
    storyboard: Storyboard,
    scratch_folder: Path,
    cache_folder: Path,
    speech: Speech,
    progress: Progress,
    *,
    stand_in: Speech | None = None,
) -> RenderedVideo:
    """Renders a video; scenes that were made before are taken from the cache.

    Cancelling ends all programs at once. Whatever goes wrong, finished scenes and spoken sentences
    stay in the cache, so that another try goes on from there.

    Args:
        storyboard: what is shown and said.
        scratch_folder: is made if need be; what is in it is the caller's to delete.
        cache_folder: shared by all videos, on a disk with room for `scene_cache.MAX_BYTES`.
        speech: who speaks.
        progress: is told how far it is, in this loop.
        stand_in: who speaks scenes that `speech` failed to, by its voice of the language; None to
            fail with it.

    Raises:
        NarrationError: a sentence was not spoken.
        VideoTooLongError: there is too much to say.
        DiskFullError: there is no room.
        PublishingError: a slide does not typeset, or FFmpeg failed.
    """
    _check_length(storyboard)
    try:
        scratch, cache = _prepared(scratch_folder), SceneCache(_prepared(cache_folder))
        programs = Programs()
        first = Voice(speech, storyboard.voice)
        other = None if stand_in is None else Voice(stand_in)
        speaker = Speaker(storyboard.language, first, other, cache, programs)
        maker = SceneMaker(storyboard, cache, speaker, programs)
        return await _render(maker, scratch, progress)
    except ExceptionGroup as errors:
        raise _explained(first_failure(errors)) from errors
    except OSError as error:
        raise _explained(error) from error


async def _render(maker: SceneMaker, scratch: Path, progress: Progress) -> RenderedVideo:
    storyboard = maker.storyboard
    found = {slide.id: maker.finished(slide) for slide in storyboard.slides}
    missing = [slide for slide in storyboard.slides if found[slide.id] is None]
    made = await _make(missing, maker, scratch / "scenes", _Counter(len(missing), progress))
    scenes = [found[slide.id] or made[slide.id] for slide in storyboard.slides]
    timing = _timing(storyboard, scenes)
    rendered = await _publish(scenes, timing, scratch, maker.programs, len(missing))
    await asyncio.to_thread(maker.cache.trim)
    progress("joining", 1.0)
    return rendered


class _Counter:
    """Adds up what is done of all scenes."""

    def __init__(self, scenes: int, progress: Progress) -> None:
        self._scenes = max(scenes, 1)
        self._done = 0.0
        self._progress = progress

    def __call__(self, stage: Stage) -> None:
        self._done += _SHARES[stage] / self._scenes
        self._progress(stage, min(self._done, sum(_SHARES.values())))


async def _make(
    slides: Sequence[Slide], maker: SceneMaker, folder: Path, counter: _Counter
) -> dict[str, FinishedScene]:
    slots = asyncio.Semaphore(_SCENES_AT_ONCE)

    async def make(number: int, slide: Slide) -> FinishedScene:
        async with slots:
            return await maker.make(slide, folder / str(number), counter)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = {
                slide.id: group.create_task(make(number, slide))
                for number, slide in enumerate(slides)
            }
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {slide_id: task.result() for slide_id, task in tasks.items()}


async def _publish(
    scenes: Sequence[FinishedScene],
    timing: VideoTiming,
    scratch: Path,
    programs: Programs,
    rendered: int,
) -> RenderedVideo:
    files = await asyncio.to_thread(_write_texts, timing, scratch)
    poster = scratch / "poster.png"
    await asyncio.to_thread(shutil.copyfile, scenes[0].slide, poster)
    joining = scratch / "joining"
    joining.mkdir(exist_ok=True)
    (joining / "metadata.txt").write_text(captions.file_metadata(timing), encoding="utf-8")
    extras = Extras(joining / "metadata.txt", files["captions.srt"], three_letters(timing.language))
    # Under its name it is whole.
    video = scratch / "video.mp4"
    await join([scene.reel for scene in scenes], extras, joining / "video.mp4", joining, programs)
    (joining / "video.mp4").replace(video)
    await asyncio.to_thread(shutil.rmtree, joining)
    return RenderedVideo(
        video=video,
        captions_vtt=files["captions.vtt"],
        captions_srt=files["captions.srt"],
        chapters=files["chapters.vtt"],
        poster=poster,
        transcript=files["transcript.md"],
        timing=files["timing.json"],
        duration_seconds=timing.duration_seconds,
        warnings=tuple(dict.fromkeys(note for scene in scenes for note in scene.stored.warnings)),
        scenes_rendered=rendered,
        scenes_reused=len(scenes) - rendered,
    )


def _write_texts(timing: VideoTiming, folder: Path) -> dict[str, Path]:
    texts = {
        "captions.vtt": captions.webvtt(timing),
        "captions.srt": captions.subrip(timing),
        "chapters.vtt": captions.chapters(timing),
        "transcript.md": captions.transcript(timing),
        "timing.json": timing.model_dump_json(indent=1),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {name: folder / name for name in texts}


def _timing(storyboard: Storyboard, scenes: Sequence[FinishedScene]) -> VideoTiming:
    at = 0.0
    places: list[PlacedScene] = []
    for slide, scene in zip(storyboard.slides, scenes, strict=True):
        heading = _plain(slide.heading, storyboard.language)
        places.append(placed(scene.stored.timing, slide.id, heading, at))
        at += scene.stored.timing.duration_seconds
    return VideoTiming(
        title=_plain(storyboard.title, storyboard.language),
        language=storyboard.language,
        duration_seconds=round(at, 3),
        frames_per_second=FRAMES_PER_SECOND,
        scenes=tuple(places),
    )


def _plain(line: str, language: Language) -> str:
    """A heading without markup, formulas in words."""
    return " ".join(one.shown for one in sentences(line, language) if one.shown) or line


def _prepared(folder: Path) -> Path:
    """A folder that is there, by its whole path, as programs run in others."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def _check_length(storyboard: Storyboard) -> None:
    characters = sum(len(part) for slide in storyboard.slides for part in slide.narration)
    if characters > MAX_NARRATION_CHARACTERS:
        raise VideoTooLongError(characters, MAX_NARRATION_CHARACTERS)


def _explained(error: Exception) -> Exception:
    if isinstance(error, OSError) and is_disk_full(error):
        return DiskFullError()
    return error
