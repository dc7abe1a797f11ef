"""Storyboards to videos: what is in the file, what is kept, and what happens when it goes wrong."""

import asyncio
import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import psutil
import pytest
from PIL import Image, ImageChops

from content.slides import Slide, Storyboard
from publishing.video.errors import NarrationError, UnknownVoiceError, VideoTooLongError
from publishing.video.rendering import MAX_NARRATION_CHARACTERS, RenderedVideo, render
from publishing.video.timing import VideoTiming
from tests.support import mp4
from tests.support.processes import wait_until
from tests.support.voices import ToneVoice

WORK = Slide(
    id="work",
    heading="Work is $W = F s$",
    points=("No motion, no work.",),
    narration=("Work is $W = F s$. It is a product.", "Where nothing moves, none is done."),
)
UNIT = Slide(id="unit", heading="Its unit", narration=("The joule is 1 N·m.",))
BOARD = Storyboard(title="Work <& energy>", slides=(WORK, UNIT), voice="somebody")


def silent(stage: str, share: float) -> None:
    """Progress that nobody watches."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("a video's")


@pytest.fixture(scope="module")
def video(folder: Path) -> RenderedVideo:
    """The storyboard, rendered once for all tests that only look at it."""
    told: list[float] = []
    rendered = asyncio.run(
        render(BOARD, folder / "out", folder / "cache", ToneVoice(), lambda _, s: told.append(s))
    )
    assert told == sorted(told)
    assert told[-1] == 1.0
    return rendered


def timing_of(video: RenderedVideo) -> VideoTiming:
    return VideoTiming.model_validate_json(video.timing.read_bytes())


def test_picture_and_sound_are_of_the_kind_that_browsers_play(video: RenderedVideo) -> None:
    told = mp4.described(video.video)

    assert "h264 (High)" in told
    assert "yuv420p(tv, bt709, progressive), 1920x1080" in told
    assert "12.50 fps" in told
    assert "aac (LC)" in told
    assert "48000 Hz" in told
    assert "mov_text" in told
    assert "(eng)" in told


def test_the_index_comes_before_the_pictures(video: RenderedVideo) -> None:
    names = mp4.boxes(video.video)

    assert names.index("moov") < names.index("mdat")


def test_picture_and_sound_last_equally_long_without_gaps(video: RenderedVideo) -> None:
    for stream in ("v", "a"):
        packets = mp4.packets(video.video, stream)
        assert sum(duration for _, duration in packets) == pytest.approx(video.duration_seconds)
        for (start, duration), (following, _) in pairwise(packets):
            assert following == pytest.approx(start + duration, abs=1e-4)


def test_a_player_may_begin_at_least_every_two_seconds(video: RenderedVideo) -> None:
    times = [*mp4.key_frames(video.video), video.duration_seconds]

    assert times[0] == 0
    assert max(following - time for time, following in pairwise(times)) <= 2.0


def test_speech_is_as_loud_as_it_should_be_and_never_too_loud(video: RenderedVideo) -> None:
    measured = mp4.loudness(video.video)

    assert measured.integrated == pytest.approx(-16, abs=1)
    assert measured.true_peak <= -1


def test_captions_stand_while_their_words_are_heard(video: RenderedVideo) -> None:
    cues = [cue for scene in timing_of(video).scenes for cue in scene.cues]
    heard = [(end, start) for (_, end), (start, _) in pairwise(mp4.silences(video.video))]

    assert len(cues) == len(heard)
    for cue, (heard_from, heard_until) in zip(cues, heard, strict=True):
        assert cue.start_seconds == pytest.approx(heard_from, abs=0.05)
        assert cue.end_seconds == pytest.approx(heard_until, abs=0.05)


def test_captions_say_formulas_in_words(video: RenderedVideo) -> None:
    captions = video.captions_vtt.read_text(encoding="utf-8")

    assert captions.startswith("WEBVTT\n")
    assert "Work is W equals F s." in captions
    assert "$" not in captions
    assert "The joule is 1 N·m." in video.captions_srt.read_text(encoding="utf-8")


def test_units_are_spoken_in_words(video: RenderedVideo) -> None:
    [cue] = timing_of(video).scenes[1].cues

    assert cue.spoken == "The joule is 1 newton metre."


def test_chapters_transcript_and_title_name_what_is_shown(video: RenderedVideo) -> None:
    told = mp4.described(video.video)

    assert "title           : Work <& energy>" in told
    assert "title           : Work is W equals F s" in told
    assert "Work is W equals F s" in video.chapters.read_text(encoding="utf-8")
    assert "Where nothing moves" in video.transcript.read_text(encoding="utf-8")


def test_a_point_appears_with_its_words(video: RenderedVideo, tmp_path: Path) -> None:
    scene = timing_of(video).scenes[0]
    [_, reveal] = scene.reveals

    with (
        Image.open(mp4.picture(video.video, reveal.start_seconds - 0.1, tmp_path / "1")) as before,
        Image.open(mp4.picture(video.video, reveal.start_seconds + 0.1, tmp_path / "2")) as after,
    ):
        appeared = ImageChops.difference(before.convert("L"), after.convert("L"))

    spoken = next(cue for cue in scene.cues if cue.part == 1)
    assert spoken.start_seconds - 0.5 < reveal.start_seconds <= spoken.start_seconds
    assert appeared.point(lambda value: 255 if value > 90 else 0).getbbox() is not None


def test_the_poster_is_the_first_slide_whole(video: RenderedVideo) -> None:
    with Image.open(video.poster) as poster:
        assert poster.size == (1920, 1080)


async def test_a_changed_scene_alone_is_made_anew(
    folder: Path, video: RenderedVideo, tmp_path: Path
) -> None:
    changed = UNIT.model_copy(update={"narration": ("Joule, after a brewer.",)})
    board = BOARD.model_copy(update={"slides": (WORK, changed)})
    voice = ToneVoice()

    rendered = await render(board, tmp_path, folder / "cache", voice, silent)

    assert (rendered.scenes_rendered, rendered.scenes_reused) == (1, 1)
    assert voice.said == ["Joule, after a brewer."]
    assert "brewer" in rendered.captions_vtt.read_text(encoding="utf-8")


async def test_scenes_may_change_places_without_being_made_anew(
    folder: Path, video: RenderedVideo, tmp_path: Path
) -> None:
    board = BOARD.model_copy(update={"slides": (UNIT, WORK)})

    rendered = await render(board, tmp_path, folder / "cache", ToneVoice(), silent)

    assert rendered.scenes_rendered == 0
    assert rendered.duration_seconds == video.duration_seconds
    assert len(mp4.packets(rendered.video, "v")) == len(mp4.packets(video.video, "v"))


async def test_a_voice_that_dies_midway_fails_and_what_it_said_is_kept(tmp_path: Path) -> None:
    dying = ToneVoice(fails_at="joule", awaited=3)

    with pytest.raises(NarrationError, match="away"):
        await render(BOARD, tmp_path / "out", tmp_path / "cache", dying, silent)

    well = ToneVoice()
    await render(BOARD, tmp_path / "again", tmp_path / "cache", well, silent)
    assert not (tmp_path / "out" / "video.mp4").exists()
    assert well.said == ["The joule is 1 newton metre."]


async def test_another_voice_stands_in_for_one_that_dies_if_wanted(
    folder: Path, video: RenderedVideo, tmp_path: Path
) -> None:
    slide = UNIT.model_copy(update={"narration": ("The watt is 1 J/s.",)})
    board = BOARD.model_copy(update={"slides": (WORK, slide)})
    dying, other = ToneVoice(fails_at="watt"), ToneVoice("other", has_names=False)
    cache = folder / "cache"

    rendered = await render(board, tmp_path, cache, dying, silent, stand_in=other)

    assert other.said == ["The watt is 1 joule per second."]
    assert [note for note in rendered.warnings if "unit" in note and "away" in note]


async def test_what_is_no_sound_fails_and_is_asked_for_again(tmp_path: Path) -> None:
    board = BOARD.model_copy(update={"slides": (UNIT,)})
    with pytest.raises(NarrationError, match="no audio"):
        await render(board, tmp_path, tmp_path / "cache", ToneVoice(is_garbled=True), silent)

    well = ToneVoice()
    await render(board, tmp_path, tmp_path / "cache", well, silent)

    assert well.said == ["The joule is 1 newton metre."]


async def test_a_voice_that_nobody_has_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    board = BOARD.model_copy(update={"voice": "nobody"})

    with pytest.raises(UnknownVoiceError, match="nobody"):
        await render(board, tmp_path / "out", tmp_path / "cache", ToneVoice(), silent)


async def test_a_cancelled_video_leaves_no_program_running(tmp_path: Path) -> None:
    here = psutil.Process()
    others = set(here.children(recursive=True))  # servers that other tests use
    rendering = asyncio.create_task(
        render(BOARD, tmp_path / "out", tmp_path / "cache", ToneVoice(), silent)
    )
    await asyncio.to_thread(wait_until, lambda: set(here.children(recursive=True)) - others)

    rendering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await rendering

    wait_until(lambda: set(here.children(recursive=True)) <= others)
    assert not (tmp_path / "out" / "video.mp4").exists()


async def test_more_than_a_video_takes_is_refused(tmp_path: Path) -> None:
    said = ("word " * 7_000,) * 6
    slide = WORK.model_copy(update={"points": ("A point.",) * 5, "narration": said})
    board = BOARD.model_copy(update={"slides": (slide,)})

    with pytest.raises(VideoTooLongError, match=f"{MAX_NARRATION_CHARACTERS:,}"):
        await render(board, tmp_path / "out", tmp_path / "cache", ToneVoice(), silent)


async def test_hostile_text_is_shown_and_captioned_as_text(tmp_path: Path) -> None:
    slide = Slide(
        id="hostile",
        heading="-->\n; [CHAPTER] = <b>",
        points=("$\\nonsense{x}$ and \U0001f642",),
        formula="\\input{/etc/passwd}",
        narration=("--> <v>$\\frac{$ \U0001f642 #panic() \x07 \ue000", "NOTE ..."),
    )
    board = Storyboard(title="=;#\\\n--> <x>", slides=(slide,), language="xx")

    made = await render(board, tmp_path / "out", tmp_path / "cache", ToneVoice(), silent)

    captions = made.captions_vtt.read_text(encoding="utf-8")
    assert captions.count("-->") == len(captions.split("\n\n")) - 1
    assert "&lt;v&gt;" in captions
    assert "Chapter #0:1" not in mp4.described(made.video)
    assert any("does not typeset" in note for note in made.warnings)
    assert any("\U0001f642" in note for note in made.warnings)


def test_a_full_disk_is_named_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    program = """
import asyncio, json, resource, sys
from pathlib import Path
from content.slides import Storyboard
from publishing.errors import DiskFullError
from publishing.video.rendering import render
from tests.support.voices import ToneVoice
folder = Path(sys.argv[1])
board = Storyboard.model_validate_json(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))
try:
    asyncio.run(render(board, folder / "out", folder / "cache", ToneVoice(), lambda *_: None))
except DiskFullError as error:
    print(error)
"""
    board = json.dumps(BOARD.model_dump(mode="json"))

    run = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path), board],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )

    assert "no room" in run.stdout
    assert not (tmp_path / "out" / "video.mp4").exists()
    assert list((tmp_path / "cache" / "scenes").iterdir()) == []
