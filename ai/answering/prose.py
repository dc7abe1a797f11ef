"""Which sentences of a course text can be said in an answer, and which lean on their neighbours."""

import re

from ai.answering.citation_markers import MARKER

_MIN_WORDS = 4
_MIN_WORDS_LABEL = 10  # shorter ones without a full stop are headings and labels

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
# Begins with an order and is no statement about it: "State the law", not "State machines are".
_TASK = re.compile(
    r"""^(?:\(?\w\)\s*)?(?:explicitly\ |briefly\ |now\ )?
    (?:describe|derive|state|explain|define|calculate|identify|discuss|determine|compute|compare
      |list|give|find|show|solve|prove|draw|sketch|estimate|suppose|apply|use|understand|design
      |construct|write|explore|verify|evaluate|distinguish|demonstrate|justify|predict|assume
      |imagine|try|look|see)\b
    (?!(?:\W+\w+){0,4}?\W+(?:is|are|was|were|has|have|can|means|may|must)\b)
    | \([a-d]\)\s+(?:what|how|which|why|calculate|find|if)\b""",
    re.VERBOSE | re.IGNORECASE,
)
_TASK_HEADING = re.compile(
    r"\b(?:exercises?|problems?(?![- ]solving)|conceptual questions|review questions|test prep"
    r"|learning objectives|check your understanding|homework|quiz|अभ्यास|प्रश्न)\b",
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
_FORMULA = re.compile(r"\$\$.*?\$\$|(?<!\\)\$[^$]*\$", re.DOTALL)
_BULLET_LINE = re.compile(r"\s*\n\s*(?=(?:[-*+•]|\d{1,2}[.)])\s)")
_WHITE_SPACE = re.compile(r"[^\S\n]+|\n(?!(?:[-*+•]|\d{1,2}[.)])\s)")
# A reference of the source itself; `values[1]` is an index and stays.
_REFERENCE = re.compile(rf"(?<![\w\]\\]){MARKER.pattern}")
_CREDIT = re.compile(
    r"\bCC[ -]BY\b|\bcopyright\b|\ball rights reserved\b|\bcredit:|©", re.IGNORECASE
)
_BRACKETS = (("(", ")"), ("[", "]"), ("“", "”"))
# Captions, images, tables and code, with all the sentences in them.
_SET_APART = re.compile(
    r"!?\[(?:Figure|Image|Table)\b[^\]]*\]|!\[[^\]]*\](?:\([^)\s]*\))?"
    r"|^[*_>\s]*(?:Figure|Fig\.|Table|Image|चित्र|तालिका)\b[^\n:.]{0,20}[:.][^\n]*"
    r"|^\|[^\n]*|^```.*?(?:^```|\Z)",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)


def set_apart_spans(text: str) -> list[tuple[int, int]]:
    """Gives the spans of `text` that are no running prose: captions, images, tables, code."""
    return [found.span() for found in _SET_APART.finditer(text)]


def is_task_heading(heading: str) -> bool:
    """Whether what stands below `heading` asks and does not tell: exercises, objectives."""
    return bool(_TASK_HEADING.search(heading))


def without_heading(sentence: str) -> str:
    """Gives `sentence` without Markdown headings that run into it."""
    return _LEADING_HEADING.sub("", sentence.strip())


def is_list_item(sentence: str) -> bool:
    """Whether `sentence` begins with a bullet or a number."""
    return bool(_LIST_BULLET.match(sentence))


def is_statement(sentence: str, *, is_whole: bool) -> bool:
    """Whether `sentence` says something: no heading, caption, task, question, credit or label.

    Args:
        sentence: As it stands in the source.
        is_whole: False where the sentence after it goes on with it, so that it may be short.
    """
    prose = _LIST_BULLET.sub("", sentence)
    if _NOT_PROSE.match(sentence) or _TASK.search(prose) or _CREDIT.search(sentence):
        return False
    if sentence.rstrip("*_\"'”’) ").endswith(("?", "？")) or "\n|" in sentence:
        return False
    if "$" in sentence:
        return True
    is_sentence = not is_whole or _ENDS_COMPLETE.search(sentence)
    return len(prose.split()) >= (_MIN_WORDS if is_sentence else _MIN_WORDS_LABEL)


def is_formula(sentence: str) -> bool:
    """Whether `sentence` is a formula on lines of its own."""
    return sentence.startswith("$$")


def is_complete(sentence: str) -> bool:
    """Whether `sentence` ends with a full stop or the like."""
    return bool(_ENDS_COMPLETE.search(sentence))


def is_balanced(text: str) -> bool:
    """Whether emphasis, quotation marks, formulas and brackets that open also close."""
    words = _FORMULA.sub("", _LIST_BULLET.sub("", text))
    return (
        "$" not in words
        and words.count('"') % 2 == 0
        and words.count("*") % 2 == 0
        and all(words.count(opening) == words.count(closing) for opening, closing in _BRACKETS)
    )


def leans_on_predecessor(sentence: str) -> bool:
    """Whether `sentence` makes no sense without the one before it: "It", "Therefore", "where"."""
    prose = _LIST_BULLET.sub("", sentence)
    return bool(_DANGLING.match(prose)) or prose.startswith(("$$", "(")) or prose[:1].islower()


def as_said(sentence: str, *, keeps_bullet: bool) -> str:
    """Gives `sentence` as an answer says it.

    White space is folded, a leading bullet goes unless it is to be kept, and so do the source's
    own reference numbers; words, formulas and the lines of a list inside it stay as they are.
    """
    text = _REFERENCE.sub("", sentence)
    if not keeps_bullet:
        text = _LIST_BULLET.sub("", text)
    return _WHITE_SPACE.sub(" ", _BULLET_LINE.sub("\n", text)).strip()
