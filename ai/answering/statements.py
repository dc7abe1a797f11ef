"""What of a passage can be said on its own: sentences, with the neighbours they lean on."""

import re
from dataclasses import dataclass

from ai.answering.citation_markers import MARKER
from ai.chat.passage import Passage

_MAX_JOINED = 3
_MIN_WORDS = 4
_MIN_WORDS_LABEL = 10  # shorter ones without a full stop are headings and labels
_MAX_CHARACTERS = 700

_LEADING_HEADING = re.compile(r"^(?:#{1,6}[^\n]*\n\s*)+")
_LIST_BULLET = re.compile(r"^(?:[-*+•]|\(?\d{1,2}[.)])\s+")
_NOT_PROSE = re.compile(
    r"""^(?:
        \#{1,6}\s | !\[ | \[?(?:Figure|Fig\.|Table|Image|चित्र|तालिका)\b[^.]{0,20}[:.\]]
        | \*(?:Figure|Table)\b | \*\*(?:Problem|Solution|Exercise|Example)\b | \| | ``` | <
        | (?:Learning\ Objectives|Exercises?|Problems?|Check\ Your\ Understanding|Hint)\b
        | By\ the\ end\ of\ this\ (?:section|chapter|module)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_TASK = re.compile(
    r"^(?:\w\)\s*)?(?:describe|derive|state|explain|define|calculate|identify|discuss|determine|compute"
    r"|compare|list|give|find|show|solve|prove|draw|sketch|estimate|suppose|apply|use)\b",
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r"""^\W*(?:
        (?:this|that|these|those|it|its|they|their|them|he|she|his|her|him|such|however|therefore
        |thus|hence|moreover|furthermore|nevertheless|nonetheless|consequently|but|and|or|so|also
        |then|otherwise|instead|similarly|likewise|conversely|accordingly|additionally|meanwhile
        |finally|second|third|both|neither|where|which)\b
        |in\ (?:contrast|addition|other\ words|this|that|these|such|turn)\b
        |on\ the\ other\ hand\b|for\ (?:example|instance|this|these)\b|as\ a\ result\b
        |the\ (?:latter|former|same|above|following|other)\b
        |(?:यह|ये|वह|वे|इस|इसका|इसके|इसकी|इसे|इससे|इन|इनका|उस|उसका|उनका|लेकिन|परन्तु|किन्तु|इसलिए|अतः|और|तब)(?=\s)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_ENDS_COMPLETE = re.compile(r"[.!?।][\"'”’)\]*_]*$")
# A reference of the source itself; `values[1]` is an index and stays.
_REFERENCE = re.compile(rf"(?<![\w\]\\]){MARKER.pattern}")
_FORMULA = re.compile(r"\$\$.*?\$\$|(?<!\\)\$[^$]*\$", re.DOTALL)
_BULLET_LINE = re.compile(r"\s*\n\s*(?=(?:[-*+•]|\d{1,2}[.)])\s)")
_WHITE_SPACE = re.compile(r"[^\S\n]+|\n(?!(?:[-*+•]|\d{1,2}[.)])\s)")


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """Consecutive sentences of one passage that can be read without the rest.

    Attributes:
        passage: Where it stands.
        core: Index of the sentence it was made for.
        first: Index of its first sentence, at most `core`.
        last: Index of its last sentence, at least `core`.
    """

    passage: Passage
    core: int
    first: int
    last: int

    @property
    def text(self) -> str:
        """The statement, verbatim."""
        bounds = self.passage.sentence_bounds
        return self.passage.text[bounds[self.first][0] : bounds[self.last][1]]

    def cited_markdown(self) -> str:
        """The statement as it is said in an answer, its source's number after each sentence.

        White space is folded, headings, bullets and the source's own reference numbers go;
        words and formulas stay as they are.
        """
        marker = f" [{self.passage.n}]"
        pieces: list[str] = []
        for index in range(self.first, self.last + 1):
            piece = _said(_sentence(self.passage, index))
            is_end = index == self.last or _ENDS_COMPLETE.search(piece)
            pieces.append(piece + marker if is_end else piece)
        return " ".join(pieces)


def statements_of(passage: Passage) -> list[Statement]:
    """Gives a statement for every sentence of `passage` that can be said on its own.

    Left out are headings, captions, tables, exercises, questions, fragments, and sentences that
    lean on what the passage does not show.
    """
    statements: list[Statement] = []
    for core in range(len(passage.sentence_bounds)):
        if not _is_quotable(passage, core):
            continue
        statement = _with_neighbours(passage, core)
        if statement is not None and len(statement.text) <= _MAX_CHARACTERS:
            statements.append(statement)
    return statements


def _sentence(passage: Passage, index: int) -> str:
    start, end = passage.sentence_bounds[index]
    return _LEADING_HEADING.sub("", passage.text[start:end].strip())


def _is_quotable(passage: Passage, index: int) -> bool:
    sentence = _sentence(passage, index)
    prose = _LIST_BULLET.sub("", sentence)
    if _NOT_PROSE.match(sentence) or _TASK.match(prose) or "\n|" in sentence:
        return False
    if sentence.rstrip("*_\"'”’) ").endswith(("?", "？")) or not _is_balanced(prose):
        return False
    if "$" in sentence:
        return True
    is_sentence = _ENDS_COMPLETE.search(sentence) or not _is_finished(passage, index)
    return len(prose.split()) >= (_MIN_WORDS if is_sentence else _MIN_WORDS_LABEL)


def _is_balanced(sentence: str) -> bool:
    """Whether quotation marks, formulas and brackets that open also close."""
    words = _FORMULA.sub("", sentence)
    pairs = (("(", ")"), ("[", "]"), ("“", "”"))
    return (
        "$" not in words
        and words.count('"') % 2 == 0
        and all(words.count(opening) == words.count(closing) for opening, closing in pairs)
    )


def _with_neighbours(passage: Passage, core: int) -> Statement | None:
    """Joins what stands before a leaning sentence and after an unfinished one."""
    first = last = core
    while _leans_on_predecessor(passage, first):
        first -= 1
        if last - first >= _MAX_JOINED or not _is_joinable(passage, first):
            return None
    while not _is_finished(passage, last):
        last += 1
        if last - first >= _MAX_JOINED or not _is_joinable(passage, last):
            return None
    return Statement(passage, core, first, last)


def _leans_on_predecessor(passage: Passage, index: int) -> bool:
    sentence = _LIST_BULLET.sub("", _sentence(passage, index))
    if _DANGLING.match(sentence) or sentence.startswith("$$"):
        return True
    return sentence[:1].islower()


def _is_finished(passage: Passage, index: int) -> bool:
    """Whether the sentence ends here, and not in a formula or a clause on the next line."""
    sentence = _sentence(passage, index).rstrip()
    if sentence.endswith((":", ",")):
        return False
    if _ENDS_COMPLETE.search(sentence) or index + 1 >= len(passage.sentence_bounds):
        return True
    following = _sentence(passage, index + 1)
    return not (following.startswith("$$") or following[:1].islower())


def _is_joinable(passage: Passage, index: int) -> bool:
    if not 0 <= index < len(passage.sentence_bounds):
        return False
    sentence = _sentence(passage, index)
    return sentence.startswith("$$") or _is_quotable(passage, index)


def _said(sentence: str) -> str:
    """One sentence as an answer says it; the lines of a list stay lines."""
    text = _LIST_BULLET.sub("", _REFERENCE.sub("", sentence))
    return _WHITE_SPACE.sub(" ", _BULLET_LINE.sub("\n", text)).strip()
