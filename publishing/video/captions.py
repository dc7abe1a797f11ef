"""Captions, chapters and transcript of a video, from its timing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from publishing.video.timing import Cue, VideoTiming

LINE_CHARACTERS: Final = 42
"""Of a line of captions, and two lines at a time: what is read in passing on a phone."""
_CAPTION_CHARACTERS: Final = 2 * LINE_CHARACTERS
_METADATA_SPECIAL = re.compile(r"([=;#\\\n])")


@dataclass(frozen=True, slots=True)
class Caption:
    """One or two lines and when they are shown."""

    start_seconds: float
    end_seconds: float
    lines: tuple[str, ...]


def captions(timing: VideoTiming) -> tuple[Caption, ...]:
    """The captions of a video, none longer than two lines and none while another is shown.

    A sentence too long for one is divided where a clause or word ends; its time is shared by
    length.
    """
    cues = [cue for scene in timing.scenes for cue in scene.cues]
    return tuple(caption for cue in _joined(cues) for caption in _divided(cue))


def webvtt(timing: VideoTiming) -> str:
    """The captions as WebVTT."""
    blocks = [f"WEBVTT\nKind: captions\nLanguage: {timing.language}"]
    for caption in captions(timing):
        times = f"{_clock(caption.start_seconds)} --> {_clock(caption.end_seconds)}"
        blocks.append("\n".join([times, *map(_vtt_text, caption.lines)]))
    return "\n\n".join(blocks) + "\n"


def subrip(timing: VideoTiming) -> str:
    """The captions as SRT."""
    blocks = []
    for number, caption in enumerate(captions(timing), start=1):
        times = f"{_clock(caption.start_seconds, ',')} --> {_clock(caption.end_seconds, ',')}"
        lines = (line.replace("-->", "→").replace("<", "‹") for line in caption.lines)
        blocks.append("\n".join([str(number), times, *lines]))
    return "\n\n".join(blocks) + "\n"


def chapters(timing: VideoTiming) -> str:
    """The scenes as chapters in WebVTT, for a player to list."""
    blocks = ["WEBVTT\nKind: chapters"]
    for number, scene in enumerate(timing.scenes, start=1):
        times = f"{_clock(scene.start_seconds)} --> {_clock(scene.end_seconds)}"
        blocks.append(f"{number}\n{times}\n{_vtt_text(scene.heading)}")
    return "\n\n".join(blocks) + "\n"


def file_metadata(timing: VideoTiming) -> str:
    """Title and chapters in FFmpeg's form, which MP4 files get them from."""
    lines = [";FFMETADATA1", f"title={_metadata_text(timing.title)}"]
    for scene in timing.scenes:
        start, end = round(scene.start_seconds * 1000), round(scene.end_seconds * 1000)
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", f"START={start}", f"END={end}"]
        lines.append(f"title={_metadata_text(scene.heading)}")
    return "\n".join(lines) + "\n"


def transcript(timing: VideoTiming) -> str:
    """What is said, as Markdown with a heading and a time for each scene."""
    parts = [f"# {_markdown_text(timing.title)}"]
    for scene in timing.scenes:
        time = _clock(scene.start_seconds).rpartition(".")[0].removeprefix("00:")
        parts.append(f"## {time} {_markdown_text(scene.heading)}")
        for part in dict.fromkeys(cue.part for cue in scene.cues):
            said = (cue.text for cue in scene.cues if cue.part == part and cue.text)
            parts.append(_markdown_text(" ".join(said)))
    return "\n\n".join(parts) + "\n"


def _joined(cues: Sequence[Cue]) -> Iterator[Cue]:
    """Cues with text, each lasting as long as what goes on with it."""
    current: Cue | None = None
    for cue in cues:
        if current is not None and not cue.text:
            current = current.model_copy(update={"end_seconds": cue.end_seconds})
            continue
        if current is not None:
            yield current
        current = cue
    if current is not None and current.text:
        yield current


def _divided(cue: Cue) -> Iterator[Caption]:
    pieces = list(_pieces(cue.text))
    seconds = (cue.end_seconds - cue.start_seconds) / max(sum(map(len, pieces)), 1)
    start = cue.start_seconds
    for piece in pieces:
        end = start + seconds * len(piece)
        yield Caption(start, end, _lines(piece))
        start = end


def _pieces(text: str) -> Iterator[str]:
    """Text in pieces of about equal length that two lines hold."""
    while len(text) > _CAPTION_CHARACTERS:
        wanted = -(-len(text) // -(-len(text) // _CAPTION_CHARACTERS))
        cut = _cut(text, wanted, _CAPTION_CHARACTERS)
        yield text[:cut].strip()
        text = text[cut:].strip()
    if text:
        yield text


def _cut(text: str, wanted: int, limit: int) -> int:
    """Where to divide a text: after a clause or else a word near the wanted place."""
    ends = [found.end() for found in re.finditer(r"\s+", text[: limit + 1])]
    clauses = [end for end in ends if text[:end].rstrip()[-1:] in ",;:—–।"]
    near = [end for end in clauses if abs(end - wanted) <= wanted // 2] or ends
    return min(near, key=lambda end: abs(end - wanted)) if near else limit


def _lines(text: str) -> tuple[str, ...]:
    if len(text) <= LINE_CHARACTERS:
        return (text,)
    cut = _cut(text, (len(text) + 1) // 2, LINE_CHARACTERS)
    return tuple(line for line in (text[:cut].strip(), text[cut:].strip()) if line)


def _clock(seconds: float, point: str = ".") -> str:
    whole = round(seconds * 1000)
    hours, rest = divmod(whole, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{point}{rest % 1000:03}"


def _vtt_text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _metadata_text(text: str) -> str:
    return _METADATA_SPECIAL.sub(r"\\\1", text)


def _markdown_text(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#$~^])", r"\\\1", text)
