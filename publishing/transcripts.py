"""A conversation as Markdown: questions quoted, answers as they are, citations as footnotes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from publishing.markdown_text import closed, one_line


@dataclass(frozen=True, slots=True)
class Footnote:
    """A source that an answer cites.

    Attributes:
        n: the number it is cited by.
        place: where it stands in the document, in words; may be empty.
        quotes: verbatim.
    """

    n: int
    document_title: str
    place: str
    quotes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Marker:
    """Where an answer cites sources: a range of its code points, and their numbers."""

    char_start: int
    char_end: int
    numbers: Sequence[int]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question, or an answer with its citations.

    Attributes:
        note: what else there is to say of it, say that it was stopped.
    """

    role: Literal["user", "assistant"]
    text: str
    markers: Sequence[Marker] = ()
    footnotes: Sequence[Footnote] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """A conversation to be published."""

    title: str
    course: str
    began_at: datetime
    turns: Sequence[Turn]


def markdown(transcript: Transcript) -> str:
    """The conversation as one Markdown text, with footnotes after each answer.

    A footnote says document, place and quote; its label is `[^turn-n]`.
    """
    began = f"{transcript.began_at:%Y-%m-%d %H:%M %Z}".strip()
    parts = [f"# {one_line(transcript.title)}", f"{one_line(transcript.course)}, {began}"]
    for number, turn in enumerate(transcript.turns, start=1):
        parts += _question(turn) if turn.role == "user" else _answer(number, turn)
    return "\n\n".join(parts) + "\n"


def _question(turn: Turn) -> list[str]:
    lines = turn.text.strip().splitlines() or [""]
    return ["\n".join(f"> {line}".rstrip() for line in lines)]


def _answer(number: int, turn: Turn) -> list[str]:
    parts = [closed(_with_references(number, turn).strip())]
    if turn.note is not None:
        parts.append(f"*{one_line(turn.note)}*")
    cited = {n for marker in turn.markers for n in marker.numbers}
    parts += [_footnote(number, note) for note in turn.footnotes if note.n in cited]
    return [part for part in parts if part]


def _with_references(number: int, turn: Turn) -> str:
    """The answer's text with references to footnotes instead of its markers."""
    known = {note.n for note in turn.footnotes}
    said, end = "", 0
    for marker in turn.markers:
        references = "".join(f"[^{number}-{n}]" for n in marker.numbers if n in known)
        said += turn.text[end : marker.char_start].rstrip(" \t") + references
        end = marker.char_end
    return said + turn.text[end:]


def _footnote(number: int, note: Footnote) -> str:
    place = f", {one_line(note.place)}" if note.place else ""
    quotes = " … ".join(f"“{one_line(quote)}”" for quote in note.quotes)
    said = f": {quotes}" if quotes else ""
    return f"[^{number}-{note.n}]: {one_line(note.document_title)}{place}{said}"
