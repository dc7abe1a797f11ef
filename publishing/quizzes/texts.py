"""All texts of a quiz as HTML, made in one start of Pandoc."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from content.questions import (
    AnyQuestion,
    Cloze,
    Matching,
    MultipleChoice,
    Ordering,
    Quiz,
    ShortAnswer,
    SingleChoice,
)
from publishing.markdown_text import paragraph_line
from publishing.pandoc import Piece, convert

_FIRST_GAP = 0xE100
_PRIVATE = re.compile(r"[\ue000-\uf8ff]")
_REFERENCE = re.compile(r"&#(5734[4-9]|573[5-9]\d|57[4-9]\d\d|5[89]\d{3}|6[0-3]\d{3});")
"""Signs of gaps, as Pandoc writes them within a formula."""
_FORMULAS = re.compile(r"<math.*?</math>|<span class=\"math.*?</span>", re.DOTALL)
_ONE_PARAGRAPH = re.compile(r"<p>((?:(?!<p>).)*)</p>", re.DOTALL)
_LABEL_TAGS = re.compile(r"<annotation.*?</annotation>|<[^>]+>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class QuizTexts:
    """The HTML of each text of a quiz.

    Attributes:
        blocks: by the Markdown it is made of.
        warnings: a sentence for each formula that is shown as its source.
    """

    blocks: Mapping[str, str]
    warnings: tuple[str, ...]

    def block(self, markdown: str) -> str:
        """Paragraphs, lists and so on; empty for an empty text."""
        return self.blocks[markdown] if markdown.strip() else ""

    def inline(self, markdown: str) -> str:
        """The same without a paragraph around it, where it is a single one."""
        html = self.block(markdown)
        found = _ONE_PARAGRAPH.fullmatch(html)
        return found[1] if found else html

    def line(self, text: str) -> str:
        """A line of plain text with formulas, without a paragraph around it."""
        return self.inline(paragraph_line(text))

    def stem(self, question: AnyQuestion) -> str:
        """What is asked; a gap of a cloze text is one character, see `gap_sign`.

        A gap within a formula, where nobody can write, follows the text instead.
        """
        html = self.block(marked_stem(question))
        if not isinstance(question, Cloze):
            return html
        moved: list[str] = []

        def outside(found: re.Match[str]) -> str:
            formula = found[0]
            for sign in _PRIVATE.findall(formula):
                if sign not in moved:
                    moved.append(sign)
                formula = formula.replace(sign, f"({moved.index(sign) + 1})")
            return formula

        html = _FORMULAS.sub(outside, html)
        return html + "".join(f"<p>({n}) {sign}</p>" for n, sign in enumerate(moved, start=1))

    def label(self, question: AnyQuestion) -> str:
        """The beginning of what is asked, as plain text, for lists of questions."""
        plain = " ".join(_LABEL_TAGS.sub(" ", self.block(marked_stem(question))).split())
        plain = _PRIVATE.sub("…", plain)
        for escaped, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
            plain = plain.replace(escaped, sign)
        return plain if len(plain) <= 80 else f"{plain[:79].rstrip()}…"


def quiz_texts(quiz: Quiz, folder: Path, *, formulas: Literal["mathml", "mathjax"]) -> QuizTexts:
    """Converts all texts of a quiz.

    Raises:
        TypesettingError, TypesettingTimedOutError, TypesetterUnavailableError: as Pandoc does.
    """
    sources = [text for text in dict.fromkeys(_texts(quiz)) if text.strip()]
    made = convert([Piece(source) for source in sources], folder, to="html5", formulas=formulas)
    blocks = (_REFERENCE.sub(lambda found: chr(int(found[1])), text) for text in made.texts)
    return QuizTexts(dict(zip(sources, blocks, strict=True)), made.warnings)


def gap_sign(number: int) -> str:
    """The character that stands for the gap of that number, from 0, in `QuizTexts.stem`."""
    return chr(_FIRST_GAP + number)


def marked_stem(question: AnyQuestion) -> str:
    """The stem with a character for each gap."""
    stem = _PRIVATE.sub("\ufffd", question.stem)
    if isinstance(question, Cloze):
        for number, gap in enumerate(question.gaps):
            stem = stem.replace("{{" + gap.id + "}}", gap_sign(number))
    return stem


def _texts(quiz: Quiz) -> Iterator[str]:
    yield quiz.introduction
    for question in quiz.questions:
        yield marked_stem(question)
        yield question.explanation
        match question:
            case SingleChoice() | MultipleChoice():
                for choice in question.choices:
                    yield from (choice.text, choice.feedback)
            case Ordering():
                yield from map(paragraph_line, question.items)
            case Matching():
                for pair in question.pairs:
                    yield from (paragraph_line(pair.left), paragraph_line(pair.right))
                yield from map(paragraph_line, question.distractors)
            case ShortAnswer():
                yield from map(paragraph_line, question.key_points)
            case _:
                pass
