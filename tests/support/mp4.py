"""Looks into MP4 files with FFmpeg and by their boxes, as ffprobe would, which wheels leave out."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from publishing.video.programs import encoder


@dataclass(frozen=True)
class Loudness:
    """Of EBU R 128: integrated in LUFS, true peak in dBTP."""

    integrated: float
    true_peak: float


def described(video: Path) -> str:
    """What FFmpeg says of the file: streams, duration, chapters."""
    return _ffmpeg("-i", str(video), "-map", "0:v", "-c", "copy", "-f", "null", "-")


def boxes(video: Path) -> list[str]:
    """The names of the outermost boxes, in order."""
    return list(_boxes(video.read_bytes()))


def packets(video: Path, stream: str) -> list[tuple[float, float]]:
    """Start and duration in seconds of each packet of a stream, such as `v` or `a`."""
    told = _ffmpeg("-i", str(video), "-map", f"0:{stream}", "-c", "copy", "-f", "framecrc", "-")
    base = re.search(r"#tb 0: (\d+)/(\d+)", told)
    assert base
    unit = int(base[1]) / int(base[2])
    rows = re.findall(r"^0,\s*-?\d+,\s*(-?\d+),\s*(\d+),", told, re.MULTILINE)
    return [(int(start) * unit, int(duration) * unit) for start, duration in rows]


def key_frames(video: Path) -> list[float]:
    """When pictures stand that need no other."""
    told = _ffmpeg(
        *("-skip_frame", "nokey", "-i", str(video), "-map", "0:v", "-vf", "showinfo"),
        *("-fps_mode", "passthrough", "-f", "null", "-"),
    )
    return [float(time) for time in re.findall(r"pts_time:([\d.]+)", told)]


def loudness(video: Path) -> Loudness:
    """How loud the sound is."""
    told = _ffmpeg(
        *("-i", str(video), "-map", "0:a"),
        *("-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"),
    )
    integrated = re.findall(r"I:\s+(-?[\d.]+) LUFS", told)[-1]
    return Loudness(float(integrated), float(re.findall(r"Peak:\s+(-?[\d.]+) dBFS", told)[-1]))


def silences(video: Path) -> list[tuple[float, float]]:
    """Where there is no sound for a quarter of a second, start and end; the last may be open."""
    told = _ffmpeg(
        *("-i", str(video), "-map", "0:a", "-af", "silencedetect=noise=-50dB:d=0.25"),
        *("-f", "null", "-"),
    )
    starts = re.findall(r"silence_start: (-?[\d.]+)", told)
    ends = re.findall(r"silence_end: ([\d.]+)", told)
    return [(float(start), float(end)) for start, end in zip(starts, ends, strict=False)]


def picture(video: Path, seconds: float, target: Path) -> Path:
    """The picture shown at a time, as PNG."""
    _ffmpeg(
        "-y", "-ss", f"{seconds}", "-i", str(video), "-frames:v", "1", "-f", "apng", str(target)
    )
    return target


def _boxes(content: bytes) -> Iterator[str]:
    at = 0
    while at + 8 <= len(content):
        yield content[at + 4 : at + 8].decode("latin-1")
        at += int.from_bytes(content[at : at + 4]) or len(content)


def _ffmpeg(*arguments: str) -> str:
    finished = subprocess.run(
        [encoder(), "-hide_banner", "-nostdin", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return finished.stderr + finished.stdout
