"""Pictures to the film of a scene, and scenes to the video, which is not encoded again."""

import asyncio
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from publishing.video.programs import Programs
from publishing.video.soundtrack import FRAMES_PER_SECOND

_KEY_FRAME_EVERY = 25
"""Pictures, which are 2 seconds."""
# Chosen by measurement: "superfast" makes files half as large as "ultrafast" for 1.4 times its
# time, and slower ones gain nothing on pictures that stand still. No B-frames and little looking
# ahead, since nothing moves: half the memory.
_H264 = (
    *("-c:v", "libx264", "-preset", "superfast", "-tune", "stillimage", "-crf", "20"),
    *("-profile:v", "high", "-level:v", "4.0", "-pix_fmt", "yuv420p", "-bf", "0"),
    *("-g", str(_KEY_FRAME_EVERY), "-keyint_min", str(_KEY_FRAME_EVERY), "-sc_threshold", "0"),
    *("-x264-params", "rc-lookahead=10:sync-lookahead=0", "-threads", "1"),
)
_RATE = "25/2"
_TICKS_PER_SECOND = 12_800
_CONVERTED = (
    "scale=in_range=pc:out_range=tv:out_color_matrix=bt709,format=yuv420p,"
    "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709"
)


@dataclass(frozen=True, slots=True)
class Showing:
    """A picture and how long it is shown, in pictures of the film."""

    picture: Path
    count: int


@dataclass(frozen=True, slots=True)
class Reel:
    """The film and the sound of a scene, equally long."""

    film: Path
    aac: Path


@dataclass(frozen=True, slots=True)
class Extras:
    """What a video file carries beside picture and sound.

    Attributes:
        metadata: title and chapters in FFmpeg's form.
        captions: SRT.
        language: ISO 639-2 code of the sound.
    """

    metadata: Path
    captions: Path
    language: str


async def encode_film(
    showings: Sequence[Showing], target: Path, folder: Path, programs: Programs
) -> None:
    """Makes the film of pictures of 1920 by 1080 that stand still, 12.5 a second.

    Of each picture two seconds are encoded, which then are repeated for as long as it is shown.

    Raises:
        EncodingError: FFmpeg failed.
        DiskFullError: there is no room.
    """
    await _encode_stills([showing.picture for showing in showings], folder, programs)
    playlist = ["ffconcat version 1.0"]
    for number, showing in enumerate(showings):
        start = number * _KEY_FRAME_EVERY
        for count in _takes(showing.count):
            playlist += ["file stills.mp4", f"inpoint {_seconds(start)}"]
            playlist.append(f"outpoint {_seconds(start + count)}")
    (folder / "film.ffconcat").write_text("\n".join(playlist), encoding="utf-8")
    arguments = [
        *("-loglevel", "error", "-f", "concat", "-safe", "0", "-i", "film.ffconcat"),
        *("-c", "copy", "-video_track_timescale", str(_TICKS_PER_SECOND)),
        *("-f", "mp4", f"file:{target}"),
    ]
    await programs.ffmpeg(arguments, folder)
    (folder / "stills.mp4").unlink()


async def _encode_stills(pictures: Sequence[Path], folder: Path, programs: Programs) -> None:
    """Two seconds of each picture, one after the other; each begins with a key frame."""
    playlist = ["ffconcat version 1.0"]
    for picture in pictures:
        playlist += [f"file {_quoted(picture)}", f"duration {_seconds(_KEY_FRAME_EVERY)}"]
    # FFmpeg holds the last picture only if it is named once more.
    playlist.append(f"file {_quoted(pictures[-1])}")
    (folder / "pictures.ffconcat").write_text("\n".join(playlist), encoding="utf-8")
    arguments = [
        *("-loglevel", "error", "-filter_threads", "1"),
        *("-f", "concat", "-safe", "0", "-i", "pictures.ffconcat"),
        *("-vf", f"{_CONVERTED},fps={_RATE}"),
        *("-frames:v", str(_KEY_FRAME_EVERY * len(pictures))),
        *_H264,
        *("-video_track_timescale", str(_TICKS_PER_SECOND), "-an", "-f", "mp4", "stills.mp4"),
    ]
    await programs.ffmpeg(arguments, folder)


def _takes(count: int) -> list[int]:
    """So many pictures in pieces of at most two seconds and at least two pictures.

    Two key frames may not follow each other at once: encoded apart, they bear the same number.
    """
    whole, rest = divmod(count, _KEY_FRAME_EVERY)
    if rest == 1 and whole:
        return [_KEY_FRAME_EVERY] * (whole - 1) + [_KEY_FRAME_EVERY - 1, 2]
    return [_KEY_FRAME_EVERY] * whole + ([rest] if rest else [])


def _seconds(pictures: int) -> str:
    return f"{pictures / FRAMES_PER_SECOND:.2f}"


async def join(
    reels: Sequence[Reel], extras: Extras, target: Path, folder: Path, programs: Programs
) -> None:
    """Joins scenes into an MP4 whose index comes first, without encoding anything again.

    Raises:
        EncodingError: FFmpeg failed.
        DiskFullError: there is no room.
    """
    await asyncio.to_thread(_join_sound, [reel.aac for reel in reels], folder / "sound.aac")
    playlist = ["ffconcat version 1.0", *(f"file {_quoted(reel.film)}" for reel in reels)]
    (folder / "scenes.ffconcat").write_text("\n".join(playlist), encoding="utf-8")
    arguments = [
        *("-loglevel", "error"),
        *("-f", "concat", "-safe", "0", "-i", "scenes.ffconcat"),
        *("-f", "aac", "-i", "sound.aac"),
        *("-f", "srt", "-i", f"file:{extras.captions}"),
        *("-f", "ffmetadata", "-i", f"file:{extras.metadata}"),
        *("-map", "0:v:0", "-map", "1:a:0", "-map", "2:s:0", "-map_metadata", "3"),
        *("-map_chapters", "3", "-c:v", "copy", "-c:a", "copy", "-c:s", "mov_text"),
        *(
            "-bsf:a",
            "aac_adtstoasc",
            "-movflags",
            "+faststart",
            "-video_track_timescale",
            str(_TICKS_PER_SECOND),
        ),
        *("-metadata:s:a:0", f"language={extras.language}"),
        *("-metadata:s:s:0", f"language={extras.language}"),
        *("-f", "mp4", f"file:{target}"),
    ]
    await programs.ffmpeg(arguments, folder)
    (folder / "sound.aac").unlink()


def _join_sound(pieces: Sequence[Path], target: Path) -> None:
    with target.open("wb") as sound:
        for path in pieces:
            with path.open("rb") as piece:
                shutil.copyfileobj(piece, sound)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "'\\''") + "'"
