"""SubRip and WebVTT subtitles: spoken text with the time at which it is said."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ingestion.document import BlockKind, ParsedDocument
from ingestion.errors import DamagedDocumentError
from ingestion.normalisation import normalise, on_one_line
from ingestion.readers.source import Source

_TIMING: Final = re.compile(
    r"^\s*(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{1,3})\s*-->\s*(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
)
_MARKUP: Final = re.compile(r"</?[a-zA-Z0-9.:_ -]*>|\{\\[^}]*\}")
_SENTENCE_END: Final = re.compile(r"""[.!?\u2026\u0964\u3002]["'\u201d)]*\Z""")
# About half a minute of speech: long enough to make sense, short enough to jump to.
_PARAGRAPH_CHARACTERS: Final = 400
_MAX_PARAGRAPH_CHARACTERS: Final = 900
_PAUSE_SECONDS: Final = 4.0


@dataclass(frozen=True, slots=True)
class _Cue:
    start_seconds: float
    end_seconds: float
    text: str


def read_subtitles(source: Source) -> Iterator[ParsedDocument]:
    """Yield the spoken text, its cues joined into paragraphs that begin at a known second.

    Raises:
        DamagedDocumentError: No line gives a time.
    """
    cues = list(_cues(normalise(source.text())))
    if not cues:
        reason = "no line gives a time such as 00:00:05,850 --> 00:00:07,713; export it again"
        raise DamagedDocumentError(source.key, reason)
    builder = source.builder()
    for paragraph in _paragraphs(cues):
        builder.place(start_seconds=paragraph[0].start_seconds)
        builder.add(BlockKind.PARAGRAPH, " ".join(cue.text for cue in paragraph))
    yield builder.build()


def _cues(text: str) -> Iterator[_Cue]:
    for part in re.split(r"\n\s*\n", text):
        lines = part.split("\n")
        for position, line in enumerate(lines):
            if (timing := _TIMING.match(line)) is not None:
                spoken = on_one_line(
                    html.unescape(_MARKUP.sub("", " ".join(lines[position + 1 :])))
                )
                if spoken:
                    groups = timing.groups()
                    yield _Cue(_seconds(groups[:4]), _seconds(groups[4:]), spoken)
                break


def _seconds(groups: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = (group or "0" for group in groups)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(fraction.ljust(3, "0")) / 1000


def _paragraphs(cues: list[_Cue]) -> Iterator[list[_Cue]]:
    paragraph: list[_Cue] = []
    length = 0
    for cue in cues:
        if paragraph and _is_complete(paragraph[-1], cue, length):
            yield paragraph
            paragraph, length = [], 0
        paragraph.append(cue)
        length += len(cue.text) + 1
    yield paragraph


def _is_complete(last: _Cue, following: _Cue, length: int) -> bool:
    if following.start_seconds - last.end_seconds >= _PAUSE_SECONDS:
        return True
    if length >= _MAX_PARAGRAPH_CHARACTERS:
        return True
    return length >= _PARAGRAPH_CHARACTERS and _SENTENCE_END.search(last.text) is not None
