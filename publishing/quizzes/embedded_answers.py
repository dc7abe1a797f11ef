"""Gaps of Moodle's cloze texts: `{1:SHORTANSWER:=right~wrong}`.

Source: docs.moodle.org, "Embedded Answers (Cloze) question type".
"""

import html
import re
from typing import Any

from publishing.quizzes.texts import gap_sign

_GAP = re.compile(r"\{\d*:([A-Z_]+):((?:\\.|[^{}\\])*)\}", re.DOTALL)
_PERCENT = re.compile(r"%(-?\d+(?:\.\d+)?)%")
_WRITTEN = ("SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC", "NUMERICAL", "NM")
_CHOSEN = (
    "MULTICHOICE",
    "MC",
    "MULTICHOICE_S",
    "MCS",
    "MULTICHOICE_V",
    "MCV",
    "MULTICHOICE_H",
    "MCH",
)
_MARKUP = re.compile(r"<[^>]+>")


def embedded_gaps(text: str) -> tuple[str, list[dict[str, Any]]]:
    """The text with signs for its gaps, and the fields of the gaps; others stay as they are."""
    gaps: list[dict[str, Any]] = []

    def gap(found: re.Match[str]) -> str:
        fields = _fields(found[1], found[2])
        if fields is None:
            return found[0]
        gaps.append({"id": f"gap-{len(gaps) + 1}", **fields})
        return gap_sign(len(gaps) - 1)

    return _GAP.sub(gap, text), gaps


def _fields(kind: str, body: str) -> dict[str, Any] | None:
    answers = [_answer(answer) for answer in re.split(r"(?<!\\)~", body)]
    right = [text for text, share in answers if share >= 100 and text != "*"]
    if not right:
        return None
    if kind in _WRITTEN:
        if kind.startswith("N"):
            right = [text.split(":")[0] for text in right]
        return {"accepted": right}
    if kind in _CHOSEN:
        return {"accepted": right, "options": [text for text, _ in answers if text]}
    return None


def _answer(answer: str) -> tuple[str, float]:
    """What is to be written or chosen, and the share of the points it gives, in per cent."""
    share = 0.0
    answer = answer.strip()
    if answer.startswith("="):
        share, answer = 100.0, answer[1:]
    if found := _PERCENT.match(answer):
        share, answer = float(found[1]), answer[found.end() :]
        if answer.startswith("="):
            share, answer = 100.0, answer[1:]
    said = re.split(r"(?<!\\)#", answer, maxsplit=1)[0]
    plain = html.unescape(_MARKUP.sub("", said))
    return re.sub(r"\\(.)", r"\1", plain).strip(), share
